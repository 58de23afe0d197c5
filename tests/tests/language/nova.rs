//! An interface in the shape of nova's, with what its methods have in common said once: a default `to`,
//! `profiles`, `legacy` with parameters of its own, `required`, names of releases as they are.

use std::time::Duration;

use rpc_runtime::{
    Context, PinError, Recorder, RouteRequest, RpcError, RpcException, Sent, Target, Transport, Version,
    VersionPin, rpc_manager,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Instance {
    uuid: String,
    host: Option<String>,
}

impl Instance {
    fn host(&self) -> Result<&str, String> {
        self.host.as_deref().ok_or_else(|| format!("no host has instance {}", self.uuid))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Migration {
    id: u32,
    dest_compute: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RequestSpec {
    ram: u32,
}

impl RequestSpec {
    fn to_legacy_dict(&self) -> Value {
        json!({"memory_mb": self.ram})
    }
}

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "nova.exception")]
pub(crate) enum ComputeError {
    #[error("pre-check error")]
    MigrationPreCheckError,
    #[error("instance not found")]
    InstanceNotFound,
}

fn long_rpc_timeout() -> Duration {
    Duration::from_secs(1800)
}

fn rpc_response_timeout() -> Duration {
    Duration::from_secs(60)
}

/// What has to be finished although the service stops has a topic of its own since 6.5.
fn alternate(request: &RouteRequest<'_>) -> Result<Target, String> {
    let has_both = request.pin.is_none_or(|pin| pin >= Version::new(6, 5));
    let topic = if has_both { "compute-alt" } else { request.topic };
    Ok(request.destination.into_iter().fold(Target::new(topic), Target::with_server))
}

#[rpc_manager(
    client = ComputeApi,
    topic = "compute",
    version("6.5", "5.13"),
    aliases(train = "5.3", zed = "6.1", 2023.1 = "6.2", "2025.1-epoxy" = "6.4", 2026 = "6.5"),
    history("6.5" = "a topic of its own for what takes long"),
    to = instance.host(),
    profiles(
        long(timeout = long_rpc_timeout(), monitor = rpc_response_timeout()),
        checks(expected(ComputeError::MigrationPreCheckError)),
    ),
    error = ComputeError,
)]
#[expect(clippy::too_many_arguments, reason = "the arguments are those of the messages")]
pub trait ComputeManager {
    #[rpc(cast)]
    async fn start_instance(&self, ctx: Context, instance: Instance) -> Result<(), ComputeError>;

    #[rpc(call, profile = long)]
    async fn reserve_block_device_name(
        &self,
        ctx: Context,
        instance: Instance,
        device: Option<String>,
    ) -> Result<(), ComputeError>;

    /// Its own timeout, and expected errors from both.
    #[rpc(
        call,
        to(host: &str) = host,
        route = alternate,
        profile(long, checks),
        timeout = Duration::from_secs(7200),
        expected(ComputeError::InstanceNotFound),
        legacy(block_migration = None, until = "6.0"),
    )]
    async fn pre_live_migration(
        &self,
        ctx: Context,
        instance: Instance,
        disk: String,
    ) -> Result<(), ComputeError>;

    /// The caller has the request spec, which 6.0 does not want any more.
    #[rpc(
        call,
        to = &migration.dest_compute,
        profile = long,
        legacy(request_spec(request_spec: &RequestSpec) = request_spec, until = "6.0"),
        legacy(
            host(instance_host: Option<&str>) = instance_host,
            both(instance_host: Option<&str>) = format!("{instance_host:?} {}", instance.uuid),
            until = "5.9"
        ),
    )]
    async fn finish_snapshot_based_resize_at_dest(
        &self,
        ctx: Context,
        instance: Instance,
        migration: Migration,
    ) -> Result<(), ComputeError>;

    /// What is optional only because older peers leave it out is given by every caller.
    #[rpc(cast, to(host: &str) = host)]
    async fn unshelve_instance(
        &self,
        ctx: Context,
        instance: Instance,
        #[arg(since = "5.2", old = drop, required)] request_spec: Option<RequestSpec>,
        #[arg(since = "5.5", old = drop, required)] node: Option<String>,
        #[arg(since = "5.7", old = error_if_set, required)] networks: Option<Vec<String>>,
        #[arg(since = "6.1", old = error_if_set, default = false, required)] force: bool,
        #[arg(since = "6.3", old = drop, required)] priority: Option<u8>,
        #[arg(default = true, required)] clean_shutdown: bool,
    ) -> Result<(), ComputeError>;

    #[rpc(cast, to(host: &str) = host)]
    async fn prep_resize(
        &self,
        ctx: Context,
        #[arg(was("instance_type", until = "6.0"))] flavor: u32,
        #[arg(since = "5.1", old = with(RequestSpec::to_legacy_dict))] request_spec: RequestSpec,
    ) -> Result<(), ComputeError>;

    #[rpc(call, until = "6.0")]
    async fn get_rdp_console(&self, ctx: Context, instance: Instance) -> Result<(), ComputeError>;

    /// Whoever has time.
    #[rpc(call, to = any)]
    async fn list_hosts(&self, ctx: Context) -> Result<(), ComputeError>;

    #[rpc(cast, fanout)]
    async fn refresh(&self, ctx: Context) -> Result<(), ComputeError>;
}

struct Scene {
    api: ComputeApi,
    pin: VersionPin,
    recorder: Recorder,
    instance: Instance,
}

impl Scene {
    fn new() -> Self {
        let (transport, recorder) = Transport::recording();
        let pin = VersionPin::unpinned();
        let api = ComputeApi::new(&transport).pinned(&pin);
        Self {
            api,
            pin,
            recorder,
            instance: Instance { uuid: "i".to_owned(), host: Some("host1".to_owned()) },
        }
    }

    /// The one message of a call, at a pin.
    async fn sent<T, E: std::fmt::Debug>(
        &self,
        pin: Option<(u32, u32)>,
        send: impl Future<Output = Result<T, E>>,
    ) -> Sent {
        match pin {
            Some((major, minor)) => self.pin.set(Version::new(major, minor)),
            None => self.pin.clear(),
        }
        send.await.unwrap();
        let [sent] = self.recorder.take().try_into().unwrap();
        sent
    }
}

fn version_and_args(sent: Sent) -> (String, Value) {
    (sent.target.version().unwrap().to_string(), Value::Object(sent.args))
}

#[tokio::test]
async fn the_destination_of_the_trait() {
    let scene = Scene::new();
    let Scene { api, instance, recorder, .. } = &scene;
    recorder.answer(&()).unwrap();
    let ctx = Context::new();
    for pin in [None, Some((6, 0)), Some((5, 0))] {
        // Each request is made when it is polled, so that it has the pin.
        let start = async { api.start_instance(&ctx, instance).await };
        assert_eq!(scene.sent(pin, start).await.target.server(), Some("host1"));
        let any = async { api.list_hosts(&ctx).await };
        assert_eq!(scene.sent(pin, any).await.target.server(), None);
        let all = async { api.refresh(&ctx).await };
        assert!(scene.sent(pin, all).await.target.is_fanout());
        let own = async { api.prep_resize(&ctx, "host2", 7, RequestSpec { ram: 1 }).await };
        assert_eq!(scene.sent(pin, own).await.target.server(), Some("host2"));
    }
    let console = async { api.get_rdp_console(&ctx, instance).await };
    assert_eq!(scene.sent(Some((5, 13)), console).await.target.server(), Some("host1"));

    scene.pin.clear();
    let nowhere = Instance { host: None, ..instance.clone() };
    let refused = api.start_instance(&ctx, nowhere).await.unwrap_err();
    assert!(matches!(refused, RpcError::BadArgument { .. }));
    assert_eq!(refused.to_string(), "start_instance: no host has instance i");
    assert!(scene.recorder.take().is_empty());
}

#[tokio::test]
async fn profiles() {
    let scene = Scene::new();
    let Scene { api, instance, recorder, .. } = &scene;
    recorder.answer(&()).unwrap();
    let ctx = Context::new();
    let secs = |secs| Some(Duration::from_secs(secs));
    let reserve = async { api.reserve_block_device_name(&ctx, instance, None).await };
    let sent = scene.sent(None, reserve).await;
    assert_eq!((sent.timeout, sent.monitor), (secs(1800), secs(60)));
    // The method's own goes before.
    let migrate = async { api.pre_live_migration(&ctx, "host2", instance, "d").await };
    let sent = scene.sent(None, migrate).await;
    assert_eq!((sent.timeout, sent.monitor), (secs(7200), secs(60)));

    let method = |name: &str| ComputeApi::INTERFACE.method(name).unwrap();
    assert_eq!(
        method("pre_live_migration").expected,
        ["ComputeError::InstanceNotFound", "ComputeError::MigrationPreCheckError"]
    );
    assert!(method("reserve_block_device_name").expected.is_empty());
    assert!(method("start_instance").timeout.is_none());
}

#[tokio::test]
async fn parameters_for_older_servers_alone() {
    let scene = Scene::new();
    let Scene { api, instance, recorder, .. } = &scene;
    recorder.answer(&()).unwrap();
    let ctx = Context::new();
    let migration = Migration { id: 3, dest_compute: "host2".to_owned() };
    let spec = RequestSpec { ram: 512 };
    let (sent_instance, sent_migration) = (json!(instance), json!(migration));
    for (pin, stamped, older) in [
        (None, "6.0", json!({})),
        (Some((6, 0)), "6.0", json!({})),
        (Some((5, 13)), "5.9", json!({"request_spec": {"ram": 512}})),
        (Some((5, 8)), "5.0", json!({"request_spec": {"ram": 512}, "host": "h", "both": "Some(\"h\") i"})),
    ] {
        // After the arguments, in the order of their first mention.
        let finish = async {
            api.finish_snapshot_based_resize_at_dest(&ctx, instance, &migration, &spec, Some("h")).await
        };
        let sent = scene.sent(pin, finish).await;
        assert_eq!(sent.target.server(), Some("host2"));
        let mut args = older;
        args["instance"] = sent_instance.clone();
        args["migration"] = sent_migration.clone();
        assert_eq!(version_and_args(sent), (stamped.to_owned(), args), "{pin:?}");
    }
    for (pin, topic, older) in [
        (None, "compute-alt", json!({})),
        (Some((6, 4)), "compute", json!({})),
        (Some((5, 13)), "compute", json!({"block_migration": null})),
    ] {
        let migrate = async { api.pre_live_migration(&ctx, "host2", instance, "d").await };
        let sent = scene.sent(pin, migrate).await;
        assert_eq!((sent.target.topic(), sent.target.server()), (topic, Some("host2")));
        let mut args = older;
        args["instance"] = sent_instance.clone();
        args["disk"] = json!("d");
        assert_eq!(Value::Object(sent.args), args, "{pin:?}");
    }
}

#[tokio::test]
async fn required_by_callers_and_optional_for_older_peers() {
    let scene = Scene::new();
    let Scene { api, instance, .. } = &scene;
    let ctx = Context::new();
    let spec = RequestSpec { ram: 512 };
    for (pin, networks, force, stamped, args) in [
        (
            None,
            vec!["n".to_owned()],
            true,
            "6.3",
            json!({"request_spec": {"ram": 512}, "node": "n1", "networks": ["n"], "force": true, "priority": 9}),
        ),
        (
            Some((6, 1)),
            vec!["n".to_owned()],
            true,
            "6.1",
            json!({"request_spec": {"ram": 512}, "node": "n1", "networks": ["n"], "force": true}),
        ),
        (
            Some((5, 13)),
            vec!["n".to_owned()],
            false,
            "5.7",
            json!({"request_spec": {"ram": 512}, "node": "n1", "networks": ["n"]}),
        ),
        (Some((5, 6)), vec![], false, "5.5", json!({"request_spec": {"ram": 512}, "node": "n1"})),
        (Some((5, 2)), vec![], false, "5.2", json!({"request_spec": {"ram": 512}})),
        (Some((5, 1)), vec![], false, "5.0", json!({})),
    ] {
        let unshelve = async {
            api.unshelve_instance(&ctx, "host2", instance, &spec, "n1", &networks, force, 9, false).await
        };
        let mut args = args;
        args["instance"] = json!(instance);
        args["clean_shutdown"] = json!(false);
        let sent = scene.sent(pin, unshelve).await;
        assert_eq!(version_and_args(sent), (stamped.to_owned(), args), "{pin:?}");
    }
    for (pin, networks, force, needed) in [
        (
            (6, 0),
            vec![],
            true,
            "argument force of unshelve_instance needs version 6.1 but the client is pinned to 6.0",
        ),
        (
            (5, 6),
            vec!["n".to_owned()],
            false,
            "argument networks of unshelve_instance needs version 5.7 but the client is pinned to 5.6",
        ),
    ] {
        scene.pin.set(Version::new(pin.0, pin.1));
        let sent =
            api.unshelve_instance(&ctx, "host2", instance, &spec, "n1", networks, force, 9, true).await;
        assert_eq!(sent.unwrap_err().to_string(), needed);
    }
    let unshelve = ComputeApi::INTERFACE.method("unshelve_instance").unwrap();
    assert!(unshelve.arg("node").unwrap().required && !unshelve.arg("instance").unwrap().required);
}

#[tokio::test]
async fn what_older_servers_know_in_another_form() {
    let scene = Scene::new();
    let ctx = Context::new();
    for (pin, stamped, args) in [
        (None, "6.0", json!({"flavor": 7, "request_spec": {"ram": 1}})),
        (Some((5, 13)), "5.1", json!({"instance_type": 7, "request_spec": {"ram": 1}})),
        (Some((5, 0)), "5.0", json!({"instance_type": 7, "request_spec": {"memory_mb": 1}})),
    ] {
        let resize = async { scene.api.prep_resize(&ctx, "host2", 7, RequestSpec { ram: 1 }).await };
        let sent = scene.sent(pin, resize).await;
        assert_eq!(version_and_args(sent), (stamped.to_owned(), args), "{pin:?}");
    }
}

#[test]
fn releases_as_they_are() {
    for (release, version) in [
        ("train", (5, 3)),
        ("zed", (6, 1)),
        ("2023.1", (6, 2)),
        ("2025.1-epoxy", (6, 4)),
        ("2026", (6, 5)),
        ("6.3", (6, 3)),
    ] {
        assert_eq!(ComputeApi::pin(release).unwrap().get(), Some(Version::new(version.0, version.1)));
    }
    let unknown = ComputeApi::pin("2024.1").unwrap_err();
    assert!(matches!(unknown, PinError::OtherMajor { .. }));
    assert_eq!(
        unknown.to_string(),
        "ComputeManager cannot be pinned to 2024.1: it has the versions up to 6.5 and 5.13, and the releases \
         train, zed, 2023.1, 2025.1-epoxy, 2026"
    );
}
