//! A constant that a caller would have to set.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.4")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(fixed = true, default, since = "3.4", old = error_if_set)] want_objects: bool,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: bool) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
