//! A method that is not meant to be called remotely.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;

    async fn volume_stats(&self) -> u64;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn volume_stats(&self) -> u64 {
        1
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
    let _ = async |api: VolumeApi, ctx: Context| api.ping(&ctx).await;
}
