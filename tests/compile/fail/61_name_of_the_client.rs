//! Methods by names that the client needs itself.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn new(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(cast)]
    async fn with(&self, ctx: Context, _options: u64) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn new(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn with(&self, _: Context, _: u64) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
