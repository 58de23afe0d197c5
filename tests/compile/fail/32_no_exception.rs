//! An error that is no exception.

use rpc_runtime::{Context, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> Result<(), std::io::Error>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> Result<(), std::io::Error> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
