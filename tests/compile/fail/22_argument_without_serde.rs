//! An argument of a type that cannot be encoded.

use rpc_runtime::{Context, RemoteError, rpc_manager};

pub struct Handle;

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context, handle: Handle) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: Handle) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
