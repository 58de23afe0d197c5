//! A setter that would be taken for the sending.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call_or_cast)]
    async fn ping(&self, ctx: Context, #[arg(default)] call: u8) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: u8) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
