//! Keys without a value, with one too many, or one of another kind.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = "VolumeApi", topic = volume, version = "3.20")]
pub trait VolumeManager {
    #[rpc(call = true, since)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(old = later, since = "3.1")] volume: u64,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: u64) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = Manager;
}
