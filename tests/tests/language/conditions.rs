//! `#[cfg]` on arguments: an argument that is not there is not there anywhere.

use std::sync::Arc;

use rpc_runtime::{Context, RemoteError, Server, Target, rpc_manager};
use serde_json::json;

use super::peer::Peer;

#[rpc_manager(client = ComputeApi, topic = "compute", version = "6.1")]
pub trait ComputeManager {
    #[rpc(call, to = host)]
    async fn stop(
        &self,
        ctx: Context,
        host: String,
        #[cfg(test)] force: bool,
        #[cfg(not(test))] absent: NoSuchType,
        #[cfg(test)]
        #[arg(since = "6.1", old = drop, default = 3)]
        retries: u8,
        #[cfg(not(test))]
        #[arg(default)]
        also_absent: NoSuchType,
    ) -> Result<u8, RemoteError>;
}

struct Served;

impl ComputeManager for Served {
    async fn stop(&self, _: Context, _: String, force: bool, retries: u8) -> Result<u8, RemoteError> {
        Ok(if force { retries } else { 0 })
    }
}

#[tokio::test]
async fn conditional_arguments() {
    let (transport, mut peer) = Peer::one().await;
    let ctx = Context::new();
    let api = ComputeApi::new(&transport);
    // The peer answers with null.
    let _ = api.stop(&ctx, "host1", true).retries(5).await;
    assert_eq!(peer.next().await.args, json!({"host": "host1", "force": true, "retries": 5}));

    let _server = Server::builder(&transport, Target::new("compute").with_server("host2"))
        .endpoint(ComputeApi::endpoint(Arc::new(Served)))
        .start()
        .await
        .unwrap();
    assert_eq!(api.stop(&ctx, "host2", true).await.unwrap(), 3);
    let names: Vec<&str> = ComputeApi::INTERFACE.methods[0].args.iter().map(|arg| arg.name).collect();
    assert_eq!(names, ["host", "force", "retries"]);
}
