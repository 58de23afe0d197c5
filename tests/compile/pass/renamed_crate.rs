//! The runtime under another name: a facade crate that re-exports it.
#![deny(warnings)]

mod facade {
    pub mod rpc {
        pub use rpc_runtime::*;
    }
}

use facade::rpc::object::{Field, Origin, Project};
use facade::rpc::{Context, RpcException, VersionedObject, rpc_manager};

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "facade", crate = crate::facade::rpc)]
#[error("failed")]
pub struct Failed;

const FACADE: Project = Project::new("facade");

#[derive(Default, VersionedObject)]
#[object(project = FACADE, version = "1.0", crate = crate::facade::rpc)]
pub struct Object {
    #[object(default = 1)]
    pub n: Field<u32>,
    #[object(origin)]
    pub origin: Origin,
}

#[rpc_manager(client = FacadeApi, topic = "facade", version = "1.0", crate = crate::facade::rpc, error = Failed)]
pub trait Facade {
    #[rpc(call)]
    async fn ping(&self, ctx: Context, a: String, #[arg(default = 1)] n: u32) -> Result<u32, Failed>;
}

fn main() {}
