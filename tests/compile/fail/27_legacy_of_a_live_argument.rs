//! A removed argument that is still there.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.4")]
pub trait VolumeManager {
    #[rpc(call, legacy(force = true, until = "3.4"))]
    async fn ping(&self, ctx: Context, force: bool) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: bool) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
