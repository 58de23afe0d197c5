//! A cast that returns something.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(cast)]
    async fn ping(&self, ctx: Context) -> Result<u64, RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> Result<u64, RemoteError> {
        Ok(1)
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
