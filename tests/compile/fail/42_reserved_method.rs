//! Names that oslo.messaging keeps for itself.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn _do_cleanup(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(call)]
    async fn target(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(call, name = "oslo_ping")]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn _do_cleanup(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn target(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn ping(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
