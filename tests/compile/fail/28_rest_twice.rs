//! The remaining arguments twice.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(rest)] filters: serde_json::Map<String, serde_json::Value>,
        #[arg(rest)] others: serde_json::Map<String, serde_json::Value>,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(
        &self,
        _: Context,
        _: serde_json::Map<String, serde_json::Value>,
        _: serde_json::Map<String, serde_json::Value>,
    ) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
