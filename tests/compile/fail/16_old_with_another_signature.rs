//! Functions of policies that take their arguments by value, or return something else.

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Host(String);

fn strip_cluster(host: Host) -> String {
    host.0
}

fn has_any(hosts: &Option<Vec<Host>>) -> bool {
    hosts.is_some()
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.5")]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        #[arg(since = "3.5", old = with(strip_cluster))] host: Host,
        #[arg(since = "3.5", old = error_if(has_any))] hosts: Option<Vec<Host>>,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context, _: Host, _: Option<Vec<Host>>) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
