//! A method without the context.

use rpc_runtime::{RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
