//! Keys given twice, also in two attributes.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", topic = "volumes", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call, since = "3.1", since = "3.2")]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(default)]
        #[arg(default)]
        volume: u64,
    ) -> Result<(), RemoteError>;
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
