//! A conversion that takes its argument by value.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Host(String);

fn strip_cluster(host: Host) -> String {
    host.0
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.5")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(since = "3.5", old = with(strip_cluster))] host: Host,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: Host) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
