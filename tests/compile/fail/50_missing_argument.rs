//! A call without one of the arguments, and one with an unknown.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context, volume: u64, #[arg(default)] force: bool) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: u64, _: bool) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
    let _ = async |api: VolumeApi, ctx: Context| {
        let _ = api.ping(&ctx).await;
        let _ = api.ping(&ctx, 1).froce(true).await;
        let _ = api.ping(&ctx, '1').await;
    };
}
