//! Two methods with one name on the wire.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.20")]
pub trait VolumeManager {
    #[rpc(call, name = "failover_host")]
    async fn failover(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(call)]
    async fn failover_host(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn failover(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn failover_host(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
