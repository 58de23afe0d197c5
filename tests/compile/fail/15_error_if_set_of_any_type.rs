//! An argument that must not be set, of a type that is always set.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Size(u64);

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.1")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(since = "3.1", old = error_if_set)] size: Size,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: Size) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
