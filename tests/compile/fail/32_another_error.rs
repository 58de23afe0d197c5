//! An error that is not the one of the trait.

use rpc_runtime::{Context, RemoteError, RpcException, rpc_manager};

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "cinder.exception")]
#[error("failed")]
pub struct VolumeError;

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0", error = VolumeError)]
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
    let _ = VolumeApi::endpoint(Manager);
}
