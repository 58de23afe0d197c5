//! Each mistake is reported, and the sound method stays callable.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call, since = "3.21")]
    async fn create(&self, ctx: Context, volume: &str) -> Result<(), RemoteError>;

    #[rpc(fanout)]
    async fn update(&self, ctx: Context, (a, b): (u64, u64)) -> Result<(), RemoteError>;

    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn create(&self, _: Context, _: &str) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn update(&self, _: Context, _: (u64, u64)) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn ping(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
    let _ = async |api: VolumeApi, ctx: Context| api.ping(&ctx).await;
}
