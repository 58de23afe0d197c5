//! A method with parameters for types.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping<T: Send>(&self, ctx: Context, value: T) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping<T: Send>(&self, _: Context, _: T) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
