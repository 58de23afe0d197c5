//! Nova's `rebuild_instance` got arguments in 6.1 and 6.2 without defaults: a 6.0 conductor does not send them. It is the
//! third time on this method.

use rpc_runtime::{Context, RemoteError, rpc_manager};
use serde_json::Value;

#[rpc_manager(client = ComputeApi, topic = "compute", version = "6.2")]
pub trait ComputeManager {
    #[rpc(cast, to(host: &str) = host)]
    async fn rebuild_instance(
        &self,
        ctx: Context,
        instance: Value,
        #[arg(since = "6.1", old = error_if_set)] reimage_boot_volume: bool,
        #[arg(since = "6.2", old = error_if_set)] target_state: String,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl ComputeManager for Manager {
    async fn rebuild_instance(&self, _: Context, _: Value, _: bool, _: String) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = ComputeApi::endpoint(Manager);
}
