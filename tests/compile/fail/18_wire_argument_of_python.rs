//! An argument by the name of a Python endpoint's own parameter.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context, ctxt: u64) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: u64) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
