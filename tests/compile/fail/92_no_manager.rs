//! Something that does not implement the trait, by value and shared.

use std::sync::Arc;

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(topic = "volume", version = "1.0")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

struct Other;

fn main() {
    let _ = VolumeApi::endpoint(Manager);
    let _ = VolumeApi::endpoint(Other);
    let _ = VolumeApi::endpoint(Arc::new(Other));
}
