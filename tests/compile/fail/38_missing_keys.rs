//! None of the mandatory keys.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager()]
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

fn main() {
    let _ = Manager;
}
