//! The runtime under another name: a facade crate that re-exports it.
#![deny(warnings)]

mod facade {
    pub mod rpc {
        pub use rpc_runtime::*;
    }
}

use facade::rpc::{Context, RpcException, rpc_manager};

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "facade", crate = crate::facade::rpc)]
#[error("failed")]
pub struct Failed;

#[rpc_manager(client = FacadeApi, topic = "facade", version = "1.0", crate = crate::facade::rpc, error = Failed)]
pub trait Facade {
    #[rpc(call)]
    async fn ping(&self, ctx: Context, a: String, #[arg(default = 1)] n: u32) -> Result<u32, Failed>;
}

fn main() {}
