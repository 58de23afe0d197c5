//! One client parameter with two types.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Volume {
    id: u32,
}

pub struct Snapshot {
    id: u32,
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id)] volume_id: u32,
        #[arg(from(volume: &Snapshot) = volume.id)] snapshot_id: u32,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: u32, _: u32) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
