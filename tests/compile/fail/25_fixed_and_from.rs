//! A constant that is worked out.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Volume {
    id: u32,
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(fixed = 3, from(volume: &Volume) = volume.id)] volume_id: u32,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: u32) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
