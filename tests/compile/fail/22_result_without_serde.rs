//! A result of a type that cannot be encoded.

use rpc_runtime::{Context, RemoteError, rpc_manager};

pub struct Handle;

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> Result<Handle, RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> Result<Handle, RemoteError> {
        Ok(Handle)
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
