//! `by_name`: methods whose parameters are given by their names.

use rpc_runtime::{Context, Kind, RemoteError, Transport, Version, VersionPin, rpc_manager};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Instance {
    uuid: String,
    host: String,
}

/// Some of the 17 arguments of nova's.
#[rpc_manager(
    client = ComputeApi,
    topic = "compute",
    version("6.2", "5.13"),
    to(host: Option<&str>) = host.unwrap_or(&instance.host),
)]
#[expect(clippy::too_many_arguments, reason = "the arguments are those of the messages")]
pub trait ComputeManager {
    #[rpc(cast, by_name)]
    async fn rebuild_instance(
        &self,
        ctx: Context,
        instance: Instance,
        image_ref: String,
        orig_image_ref: String,
        injected_files: Vec<String>,
        #[arg(name = "recreate")] evacuate: bool,
        scheduled_node: Option<String>,
        limits: Option<u32>,
        #[arg(from(metadata: &[(&str, &str)]) = metadata.len())] orig_sys_metadata: usize,
        #[arg(default = false)] preserve_ephemeral: bool,
        #[arg(since("6.0", "5.12"), old = drop)] accel_uuids: Option<Vec<String>>,
        #[arg(since = "6.1", old = error_if_set)] reimage_boot_volume: Option<bool>,
        #[arg(since = "6.2", old = drop, required)] target_state: Option<String>,
    ) -> Result<(), RemoteError>;

    /// The names are one struct, the ways to send it are as for others.
    #[rpc(call_or_cast, by_name, to = any)]
    async fn stop(&self, ctx: Context, r#type: String, args: u8) -> Result<(), RemoteError>;
}

#[tokio::test]
async fn each_by_its_name_at_every_pin() {
    let (transport, recorder) = Transport::recording();
    let pin = VersionPin::unpinned();
    let api = ComputeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    let instance = Instance { uuid: "i".to_owned(), host: "host1".to_owned() };
    let nodes = Some("node1".to_owned());
    let files = ["a".to_owned()];
    // In any order, and once for several requests.
    let args = ComputeApiRebuildInstanceArgs {
        orig_image_ref: "old",
        image_ref: "new",
        instance: &instance,
        host: None,
        evacuate: true,
        limits: 7,
        scheduled_node: &nodes,
        injected_files: &files[..],
        accel_uuids: None,
        metadata: &[("a", "b")][..],
        reimage_boot_volume: None::<bool>,
        target_state: "stopped",
    };
    for (version, stamped, late) in [
        (None, "6.2", json!({"accel_uuids": null, "reimage_boot_volume": null, "target_state": "stopped"})),
        (Some((6, 1)), "6.1", json!({"accel_uuids": null, "reimage_boot_volume": null})),
        (Some((6, 0)), "6.0", json!({"accel_uuids": null})),
        (Some((5, 13)), "5.12", json!({"accel_uuids": null})),
        (Some((5, 11)), "5.0", json!({})),
    ] {
        match version {
            Some((major, minor)) => pin.set(Version::new(major, minor)),
            None => pin.clear(),
        }
        api.rebuild_instance(&ctx, args).preserve_ephemeral(true).await.unwrap();
        let [sent] = recorder.take().try_into().unwrap();
        let mut expected = late;
        for (name, value) in [
            ("instance", json!(instance)),
            ("image_ref", json!("new")),
            ("orig_image_ref", json!("old")),
            ("injected_files", json!(["a"])),
            ("recreate", json!(true)),
            ("scheduled_node", json!("node1")),
            ("limits", json!(7)),
            ("orig_sys_metadata", json!(1)),
            ("preserve_ephemeral", json!(true)),
        ] {
            expected[name] = value;
        }
        assert_eq!(Value::Object(sent.args), expected, "{version:?}");
        assert_eq!(sent.target.version().unwrap().to_string(), stamped);
        assert_eq!(sent.target.server(), Some("host1"));
    }

    pin.set(Version::new(6, 0));
    let args = ComputeApiRebuildInstanceArgs { reimage_boot_volume: Some(true), ..args };
    let refused = api.rebuild_instance(&ctx, args).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "argument reimage_boot_volume of rebuild_instance needs version 6.1 but the client is pinned to 6.0"
    );
}

#[tokio::test]
async fn call_or_cast() {
    let (transport, recorder) = Transport::recording();
    recorder.answer(&()).unwrap();
    let api = ComputeApi::new(&transport);
    let ctx = Context::new();
    api.stop(&ctx, ComputeApiStopArgs { r#type: "SOFT", args: 1 }).call().await.unwrap();
    api.stop(&ctx, ComputeApiStopArgs { args: 2, r#type: String::from("HARD") }).cast().await.unwrap();
    let [call, cast] = recorder.take().try_into().unwrap();
    assert_eq!((call.kind, Value::Object(call.args)), (Kind::Call, json!({"type": "SOFT", "args": 1})));
    assert_eq!((cast.kind, Value::Object(cast.args)), (Kind::Cast, json!({"type": "HARD", "args": 2})));
}

/// All methods that take three and more.
#[rpc_manager(client = VolumeApi, topic = "volume", version = "1.0", by_name = 3)]
pub trait VolumeManager {
    #[rpc(cast)]
    async fn two(&self, ctx: Context, a: u8, b: u8, #[arg(default)] c: u8) -> Result<(), RemoteError>;

    #[rpc(cast, to(host: &str) = host)]
    async fn three(&self, ctx: Context, a: u8, b: u8) -> Result<(), RemoteError>;

    /// Where one of them may not be there, they are in their order.
    #[rpc(cast)]
    async fn conditional(&self, ctx: Context, a: u8, b: u8, #[cfg(unix)] c: u8) -> Result<(), RemoteError>;
}

/// All methods that take two and more.
#[rpc_manager(client = BackupApi, topic = "backup", version = "1.0", by_name)]
pub trait BackupManager {
    #[rpc(cast)]
    async fn one(&self, ctx: Context, a: u8) -> Result<(), RemoteError>;

    #[rpc(cast)]
    async fn two(&self, ctx: Context, a: u8, b: u8) -> Result<(), RemoteError>;
}

#[tokio::test]
async fn for_all_methods_with_so_many_parameters() {
    let (transport, recorder) = Transport::recording();
    let (volumes, backups) = (VolumeApi::new(&transport), BackupApi::new(&transport));
    let ctx = Context::new();
    volumes.two(&ctx, 1, 2).await.unwrap();
    volumes.three(&ctx, VolumeApiThreeArgs { host: "host1", b: 2, a: 1 }).await.unwrap();
    volumes.conditional(&ctx, 1, 2, 3).await.unwrap();
    backups.one(&ctx, 1).await.unwrap();
    backups.two(&ctx, BackupApiTwoArgs { b: 2, a: 1 }).await.unwrap();
    let sent = recorder.take();
    assert_eq!(sent[1].target.server(), Some("host1"));
    let args: Vec<Value> = sent.into_iter().map(|sent| Value::Object(sent.args)).collect();
    assert_eq!(
        args,
        [
            json!({"a": 1, "b": 2, "c": 0}),
            json!({"a": 1, "b": 2}),
            json!({"a": 1, "b": 2, "c": 3}),
            json!({"a": 1}),
            json!({"a": 1, "b": 2}),
        ]
    );
}
