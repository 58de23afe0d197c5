//! A name that is given up later than now.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.4", history("3.4" = "something else"))]
pub trait VolumeManager {
    #[rpc(call, was("pong", until = "3.8"))]
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
