//! A method that cannot fail.

use rpc_runtime::{Context, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> u64;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> u64 {
        1
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
