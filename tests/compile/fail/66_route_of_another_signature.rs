//! Routes that take or return something else.

use rpc_runtime::{Context, RemoteError, RouteRequest, Target, rpc_manager};

fn by_host(host: &str) -> Result<Target, String> {
    Ok(Target::new(host))
}

fn by_topic(request: &RouteRequest<'_>) -> Target {
    Target::new(request.topic)
}

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.0", route = by_topic)]
pub trait VolumeManager {
    #[rpc(call, route = by_host)]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(call, route = by_topic)]
    async fn find(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn find(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
}
