//! Handlers and requests can be spawned on a runtime with several threads.
#![deny(warnings)]

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = SendApi, topic = "send", version = "1.0")]
pub trait Sends {
    #[rpc(call)]
    async fn ping(&self, ctx: Context, #[arg(default)] n: u32) -> Result<u32, RemoteError>;
}

fn assert_send<T: Send>(_: T) {}

pub fn client(api: &SendApi, ctx: &Context) {
    assert_send(async { api.ping(ctx).n(1).await });
}

pub fn handler<M: Sends>(manager: &M) {
    assert_send(manager.ping(Context::new(), 1));
}

fn main() {}
