//! Arguments of types that cannot be encoded or decoded: one error each, whatever the client and the server do with them.

use rpc_runtime::{Context, RemoteError, rpc_manager};

pub struct Handle;

#[derive(Default)]
pub struct Options;

#[derive(serde::Serialize)]
pub struct Report;

#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.1", fake = FakeVolumes)]
pub trait VolumeManager {
    #[rpc(call)]
    async fn ping(
        &self,
        ctx: Context,
        handle: Handle,
        handles: Option<Vec<Handle>>,
        #[arg(default, since = "3.1", old = error_if(is_set))] options: Options,
        report: Report,
    ) -> Result<(), RemoteError>;

    #[rpc(call, manual)]
    async fn open(&self, ctx: Context, handle: Handle) -> Result<(), RemoteError>;
}

fn is_set(_: &Options) -> bool {
    true
}

struct Manager;

impl VolumeManager for Manager {
    async fn ping(
        &self,
        _: Context,
        _: Handle,
        _: Option<Vec<Handle>>,
        _: Options,
        _: Report,
    ) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn open(&self, _: Context, _: Handle) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = VolumeApi::endpoint(Manager);
    let _ = VolumeApi::endpoint(FakeVolumes::default());
    let _ = |api: VolumeApi, ctx: Context| api.ping(&ctx, Handle, None, Report).options(Options);
}
