//! `was` and `legacy`: names and arguments that were given up.

use std::sync::{Arc, Mutex};

use rpc_runtime::{Context, RemoteError, Server, Target, Transport, Version, VersionPin, rpc_manager};
use serde_json::json;

use super::peer::Peer;

#[rpc_manager(client = VolumeApi, topic = "compute", version("6.1", "5.9"))]
pub trait VolumeManager {
    /// Renamed within a major.
    #[rpc(call, was("failover_host", until = "5.8"))]
    async fn failover(
        &self,
        ctx: Context,
        #[arg(default)] backend: Option<String>,
    ) -> Result<(), RemoteError>;

    /// An argument renamed and another removed with the new major.
    #[rpc(call, legacy(request_spec = name.len(), force = None, until = "6.0"), legacy(hint = "x", until = "6.1"))]
    async fn resize(
        &self,
        ctx: Context,
        name: String,
        #[arg(was("instance_type", until = "6.0"))] flavor: u32,
    ) -> Result<(), RemoteError>;
}

#[tokio::test]
async fn older_servers_get_older_names() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = VolumeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    for (version, stamped, method) in
        [((6, 1), "6.0", "failover"), ((5, 8), "5.8", "failover"), ((5, 7), "5.0", "failover_host")]
    {
        pin.set(Version::new(version.0, version.1));
        api.failover(&ctx).backend("b").await.unwrap();
        assert_eq!(
            peer.next().await.content(),
            (stamped.to_owned(), method.to_owned(), json!({"backend": "b"}))
        );
    }
    for (version, stamped, args) in [
        ((6, 1), "6.1", json!({"name": "abc", "flavor": 7})),
        ((6, 0), "6.0", json!({"name": "abc", "flavor": 7, "hint": "x"})),
        (
            (5, 9),
            "5.0",
            json!({"name": "abc", "instance_type": 7, "hint": "x", "request_spec": 3, "force": null}),
        ),
    ] {
        pin.set(Version::new(version.0, version.1));
        api.resize(&ctx, "abc", 7).await.unwrap();
        assert_eq!(peer.next().await.content(), (stamped.to_owned(), "resize".to_owned(), args));
    }
}

/// A client of the time before the renaming.
#[rpc_manager(client = OlderApi, topic = "compute", version = "5.0")]
pub trait OlderManager {
    #[rpc(call)]
    async fn failover_host(&self, ctx: Context, backend: Option<String>) -> Result<(), RemoteError>;

    #[rpc(call)]
    async fn resize(
        &self,
        ctx: Context,
        name: String,
        instance_type: u32,
        hint: String,
        request_spec: u32,
    ) -> Result<(), RemoteError>;
}

#[derive(Default)]
struct Served(Mutex<Vec<String>>);

impl VolumeManager for Served {
    async fn failover(&self, _: Context, backend: Option<String>) -> Result<(), RemoteError> {
        self.0.lock().unwrap().push(format!("failover {backend:?}"));
        Ok(())
    }

    async fn resize(&self, _: Context, name: String, flavor: u32) -> Result<(), RemoteError> {
        self.0.lock().unwrap().push(format!("resize {name} {flavor}"));
        Ok(())
    }
}

#[tokio::test]
async fn servers_take_both() {
    let transport = Transport::connect("memory://").await.unwrap();
    let manager = Arc::new(Served::default());
    let _server = Server::builder(&transport, Target::new("compute").with_server("host1"))
        .endpoint(VolumeApi::endpoint(Arc::clone(&manager)))
        .start()
        .await
        .unwrap();
    let ctx = Context::new();
    let older = OlderApi::new(&transport);
    older.failover_host(&ctx, "b").await.unwrap();
    older.resize(&ctx, "abc", 7, "x", 3).await.unwrap();
    let api = VolumeApi::new(&transport);
    api.failover(&ctx).await.unwrap();
    api.resize(&ctx, "abc", 8).await.unwrap();
    assert_eq!(
        *manager.0.lock().unwrap(),
        ["failover Some(\"b\")", "resize abc 7", "failover None", "resize abc 8"]
    );
}
