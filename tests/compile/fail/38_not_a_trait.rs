//! The attribute on something else than a trait.

use rpc_runtime::rpc_manager;

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub struct VolumeManager;

fn main() {
    let _ = VolumeManager;
}
