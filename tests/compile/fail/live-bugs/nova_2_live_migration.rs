//! Nova's `live_migration` got `migration` in 4.2, and its client sent it to older servers, which do not know it.

use rpc_runtime::{Context, RemoteError, rpc_manager};
use serde_json::Value;

#[rpc_manager(client = ComputeApi, topic = "compute", version = "4.2")]
pub trait ComputeManager {
    #[rpc(cast, to(host: &str) = host)]
    async fn live_migration(
        &self,
        ctx: Context,
        instance: Value,
        #[arg(since = "4.2")] migration: Option<Value>,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl ComputeManager for Manager {
    async fn live_migration(&self, _: Context, _: Value, _: Option<Value>) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = ComputeApi::endpoint(Manager);
}
