//! Callers of a deprecated method are warned, generated code is not.
#![deny(warnings)]

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = OldApi, topic = "old", version = "1.0")]
pub trait Old {
    #[rpc(call)]
    #[deprecated = "use `modern`"]
    async fn ancient(&self, ctx: Context, #[arg(default)] a: u32) -> Result<(), RemoteError>;
}

struct Server;

impl Old for Server {
    async fn ancient(&self, _: Context, _: u32) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = OldApi::endpoint(Server);
    // An expectation that is not met is a warning, and warnings are errors here.
    #[expect(deprecated)]
    let _ = |api: OldApi, ctx: Context| drop(api.ancient(&ctx));
}
