//! `from`, `fixed`, `rest`: where the value of an argument comes from.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use rpc_runtime::{Context, RemoteError, Server, Target, Transport, Version, rpc_manager};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::peer::Peer;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Volume {
    id: u32,
    name: String,
}

#[rpc_manager(client = VolumeApi, topic = "compute", version = "6.3")]
pub trait VolumeManager {
    /// The object's id and, since later, the object.
    #[rpc(call)]
    async fn attach(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id)] volume_id: u32,
        mountpoint: String,
        #[arg(since = "6.3", old = drop)] volume: Option<Volume>,
    ) -> Result<(), RemoteError>;

    /// Two arguments of one parameter, and one of two.
    #[rpc(call)]
    async fn detach(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id)] volume_id: u32,
        #[arg(from(volume: &Volume) = &volume.name)] name: String,
        #[arg(from(volume: &Volume, suffix: &str) = format!("{}-{suffix}", volume.name))] label: String,
        #[arg(from(host: Option<&str>) = host.map(str::to_owned))] host_name: Option<String>,
    ) -> Result<(), RemoteError>;

    /// What every client says in the same way.
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(fixed = "rpc")] by: String,
        #[arg(fixed = true, since = "6.2", old = drop, default = false)] want_objects: bool,
        #[arg(fixed = Some(3), since = "6.1", old = drop)] depth: Option<u8>,
    ) -> Result<(), RemoteError>;

    /// Filters whose names nobody knows.
    #[rpc(call)]
    async fn find(
        &self,
        ctx: Context,
        host: String,
        #[arg(rest)] filters: Map<String, Value>,
    ) -> Result<(), RemoteError>;

    /// The same, optional and of one type.
    #[rpc(call)]
    async fn stop(
        &self,
        ctx: Context,
        host: String,
        #[arg(rest, default)] limits: HashMap<String, u32>,
    ) -> Result<(), RemoteError>;
}

#[tokio::test]
async fn values_from_other_parameters() {
    let (transport, mut peer) = Peer::one().await;
    let api = VolumeApi::new(&transport);
    let ctx = Context::new();
    let volume = Volume { id: 7, name: "v".to_owned() };

    api.attach(&ctx, &volume, "/dev/vdb").await.unwrap();
    let args = json!({"volume_id": 7, "mountpoint": "/dev/vdb", "volume": {"id": 7, "name": "v"}});
    assert_eq!(peer.next().await.content(), ("6.3".to_owned(), "attach".to_owned(), args));
    api.pinned(Version::new(6, 2)).attach(&ctx, &volume, "/dev/vdb").await.unwrap();
    let args = json!({"volume_id": 7, "mountpoint": "/dev/vdb"});
    assert_eq!(peer.next().await.content(), ("6.0".to_owned(), "attach".to_owned(), args));

    api.detach(&ctx, &volume, "copy", Some("h")).await.unwrap();
    let args = json!({"volume_id": 7, "name": "v", "label": "v-copy", "host_name": "h"});
    assert_eq!(peer.next().await.args, args);
}

#[tokio::test]
async fn fixed_values() {
    let (transport, mut peer) = Peer::one().await;
    let api = VolumeApi::new(&transport);
    let ctx = Context::new();
    for (pin, args) in [
        ((6, 3), json!({"by": "rpc", "want_objects": true, "depth": 3})),
        ((6, 1), json!({"by": "rpc", "depth": 3})),
        ((6, 0), json!({"by": "rpc"})),
    ] {
        api.pinned(Version::new(pin.0, pin.1)).ping(&ctx).await.unwrap();
        assert_eq!(peer.next().await.args, args);
    }
    assert_eq!(VolumeApi::INTERFACE.method("ping").unwrap().arg("by").unwrap().fixed, Some("\"rpc\""));
}

#[tokio::test]
async fn the_remaining_arguments() {
    let (transport, mut peer) = Peer::one().await;
    let api = VolumeApi::new(&transport);
    let ctx = Context::new();
    let mut filters = Map::from_iter([("state".to_owned(), json!("up")), ("size".to_owned(), json!([1, 2]))]);
    api.find(&ctx, "h", &filters).await.unwrap();
    assert_eq!(peer.next().await.args, json!({"host": "h", "state": "up", "size": [1, 2]}));
    api.stop(&ctx, "h").await.unwrap();
    assert_eq!(peer.next().await.args, json!({"host": "h"}));
    api.stop(&ctx, "h").limits(HashMap::from([("cpu".to_owned(), 2)])).await.unwrap();
    assert_eq!(peer.next().await.args, json!({"host": "h", "cpu": 2}));

    filters.insert("host".to_owned(), json!("other"));
    let refused = api.find(&ctx, "h", &filters).await.unwrap_err();
    assert_eq!(refused.to_string(), "find: the remaining arguments have host, which is one of its own");
    peer.nothing_more();
}

#[derive(Default)]
struct Served(Mutex<Vec<Value>>);

impl Served {
    fn note(&self, what: Value) -> Result<(), RemoteError> {
        self.0.lock().unwrap().push(what);
        Ok(())
    }
}

impl VolumeManager for Served {
    async fn attach(
        &self,
        _: Context,
        id: u32,
        mountpoint: String,
        volume: Option<Volume>,
    ) -> Result<(), RemoteError> {
        self.note(json!([id, mountpoint, volume]))
    }

    async fn detach(
        &self,
        _: Context,
        id: u32,
        name: String,
        label: String,
        host: Option<String>,
    ) -> Result<(), RemoteError> {
        self.note(json!([id, name, label, host]))
    }

    async fn ping(
        &self,
        _: Context,
        by: String,
        want_objects: bool,
        depth: Option<u8>,
    ) -> Result<(), RemoteError> {
        self.note(json!([by, want_objects, depth]))
    }

    async fn find(&self, _: Context, host: String, filters: Map<String, Value>) -> Result<(), RemoteError> {
        self.note(json!([host, filters]))
    }

    async fn stop(&self, _: Context, host: String, limits: HashMap<String, u32>) -> Result<(), RemoteError> {
        self.note(json!([host, limits.into_iter().collect::<BTreeMap<_, _>>()]))
    }
}

#[tokio::test]
async fn the_server_has_what_the_wire_has() {
    let transport = Transport::connect("memory://").await.unwrap();
    let manager = Arc::new(Served::default());
    let _server = Server::builder(&transport, Target::new("compute").with_server("host1"))
        .endpoint(VolumeApi::endpoint(Arc::clone(&manager)))
        .start()
        .await
        .unwrap();
    let api = VolumeApi::new(&transport);
    let older = api.pinned(Version::new(6, 0));
    let ctx = Context::new();
    let volume = Volume { id: 7, name: "v".to_owned() };
    api.attach(&ctx, &volume, "/m").await.unwrap();
    older.attach(&ctx, &volume, "/m").await.unwrap();
    api.ping(&ctx).await.unwrap();
    older.ping(&ctx).await.unwrap();
    api.find(&ctx, "h", Map::from_iter([("a".to_owned(), json!(1))])).await.unwrap();
    api.stop(&ctx, "h").limits(HashMap::from([("cpu".to_owned(), 2)])).await.unwrap();
    assert_eq!(
        *manager.0.lock().unwrap(),
        [
            json!([7, "/m", {"id": 7, "name": "v"}]),
            json!([7, "/m", null]),
            json!(["rpc", true, 3]),
            json!(["rpc", false, null]),
            json!(["h", {"a": 1}]),
            json!(["h", {"cpu": 2}]),
        ]
    );
}
