//! A downgrade that takes something else.

use rpc_runtime::{Context, RemoteError, rpc_manager};

fn older(args: Vec<u8>) -> Vec<u8> {
    args
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.4")]
pub trait VolumeManager {
    #[rpc(call, downgrade(until = "3.4", with = older))]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
