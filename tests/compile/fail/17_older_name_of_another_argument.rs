//! An older name that another argument has.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.4")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        host: String,
        #[arg(was("host", until = "3.4"))] backend: String,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: String, _: String) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
