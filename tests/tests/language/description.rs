//! `INTERFACE`: what documentation, comparisons and other languages learn of a method.

use rpc_runtime::object::{Field, Origin, Project};
use rpc_runtime::{
    Context, ExceptionArg, ExceptionClass, RemoteError, RpcException, VersionedObject, rpc_manager,
};
use serde_json::{Value, json};

const CINDER: Project = Project::new("cinder");

#[derive(Debug, Clone, Default, VersionedObject)]
#[object(project = CINDER, version = "1.9")]
pub(crate) struct Volume {
    pub(crate) id: Field<String>,
    #[object(origin)]
    pub(crate) origin: Origin,
}

#[derive(Debug, RpcException)]
#[exception(module = "cinder.exception", code = 500)]
pub(crate) enum VolumeError {
    #[exception(message = "Volume %(volume_id)s could not be found.", code = 404)]
    VolumeNotFound {
        #[exception(name = "volume_id")]
        id: u64,
        message: Option<String>,
    },
    #[exception(module = "builtins", class = "ValueError")]
    Invalid(String, Vec<u8>),
    #[exception(other)]
    Other(RemoteError),
}

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "cinder.exception")]
#[error("the service is too old")]
pub(crate) struct ServiceTooOld;

type Volumes = Result<Vec<Volume>, VolumeError>;

#[rpc_manager(client = VolumeApi, topic = "cinder-volume", version("3.20", "2.5"), history("3.20" = "x"))]
pub(crate) trait VolumeManager {
    #[rpc(call, to(host: &str, pool: Option<&str>) = place(host, pool), until = "3.0")]
    async fn get(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id.get().cloned().unwrap_or_default())] volume_id: String,
        #[arg(from(size: u8) = u64::from(size))] size: u64,
    ) -> Result<Option<Volume>, VolumeError>;

    #[rpc(call)]
    async fn list(&self, ctx: Context) -> Volumes;

    #[rpc(call, legacy(host(host: &str) = host, until = "3.0"))]
    async fn count(&self, ctx: Context) -> Result<u64, ServiceTooOld>;

    #[rpc(cast, fanout)]
    async fn reload(&self, ctx: Context) -> Result<(), RemoteError>;
}

fn place(host: &str, pool: Option<&str>) -> String {
    pool.map_or_else(|| host.to_owned(), |pool| format!("{host}#{pool}"))
}

#[test]
fn results_errors_and_destinations() {
    let [get, list, count, reload] = VolumeApi::INTERFACE.methods else { panic!() };
    assert_eq!([get, list, count, reload].map(|it| it.result), ["Option<Volume>", "Volumes", "u64", "()"]);
    let class = |method: &rpc_runtime::Method| method.object.map(|class| class().name);
    assert_eq!([get, list, count, reload].map(class), [Some("Volume"), Some("Volume"), None, None]);

    assert_eq!(get.errors, list.errors);
    let [not_found, invalid] = get.errors else { panic!("{:?}", get.errors) };
    assert_eq!(
        (not_found.module, not_found.class, not_found.code),
        ("cinder.exception", "VolumeNotFound", Some(404))
    );
    assert_eq!(not_found.message, Some("Volume %(volume_id)s could not be found."));
    let arg = |arg: &ExceptionArg| (arg.name, arg.ty);
    let args = |class: &ExceptionClass| class.args.iter().map(arg).collect::<Vec<_>>();
    assert_eq!(args(not_found), [(Some("volume_id"), "u64"), (Some("message"), "Option<String>")]);
    // A class of another module has no code of the enum's.
    assert_eq!((invalid.module, invalid.class, invalid.code), ("builtins", "ValueError", None));
    assert_eq!(args(invalid), [(None, "String"), (None, "Vec<u8>")]);
    assert!(get.other_errors && reload.other_errors && !count.other_errors);
    assert_eq!((count.errors[0].class, reload.errors.len()), ("ServiceTooOld", 0));

    assert_eq!(get.to, Some("place(host, pool)"));
    let params = [("host", "&str"), ("pool", "Option<&str>"), ("volume", "&Volume")];
    assert_eq!((get.params, count.params), (&params[..], &[("host", "&str")][..]));
    assert_eq!((count.to, reload.to), (None, None));
}

#[test]
fn as_json() {
    let description = serde_json::to_value(VolumeApi::INTERFACE).unwrap();
    let get = &description["methods"][0];
    assert_eq!(
        [&get["name"], &get["until"], &get["result"], &get["objects"][0]["name"], &get["to"]],
        ["get", "3.0", "Option<Volume>", "Volume", "place(host, pool)"]
    );
    let invalid = json!({
        "module": "builtins",
        "class": "ValueError",
        "code": null,
        "message": null,
        "args": [{"name": null, "ty": "String"}, {"name": null, "ty": "Vec<u8>"}],
    });
    assert_eq!((&get["errors"][1], &get["other_errors"]), (&invalid, &Value::Bool(true)));
}
