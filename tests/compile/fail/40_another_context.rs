//! A first parameter that is not the context.

use rpc_runtime::{RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0", fake = FakeVolumes)]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, volume: u64) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: u64) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
    let _ = VolumeApi::endpoint(FakeVolumes::default());
}
