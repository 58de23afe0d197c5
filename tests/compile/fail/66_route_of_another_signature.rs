//! A route that takes something else.

use rpc_runtime::{Context, RemoteError, rpc_manager};

fn by_host(host: &str) -> Result<rpc_runtime::Target, String> {
    Ok(rpc_runtime::Target::new(host))
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0")]
pub trait VolumeManager {
    #[rpc(call, route = by_host)]
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
