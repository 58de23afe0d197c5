//! Misspelt keys.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, tpoic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(cal)]
    async fn ping(&self, ctx: Context, #[arg(nmae = "id")] volume: u64) -> Result<(), RemoteError>;
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
