//! The runtime under another name: a facade crate that re-exports it.
#![deny(warnings)]

mod facade {
    pub mod rpc {
        pub use rpc_runtime::*;
    }
}

use facade::rpc::object::{Field, Origin, Project};
use facade::rpc::{Context, RpcException, RpcNotification, VersionedObject, rpc_manager};

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

/// Events of every form.
#[derive(RpcNotification)]
#[notification(version = "1.1", crate = crate::facade::rpc)]
pub enum Event {
    #[event(type = "whole", priority = info, since = "1.1")]
    Whole(u8),
    #[event(type = "{members}.x", priority = info)]
    Members { members: u8, name: String },
    #[event(type = "object", priority = info, object)]
    Object(Box<Object>),
}

#[rpc_manager(client = FacadeApi, fake = FakeFacade, topic = "facade", version = "1.0", crate = crate::facade::rpc, error = Failed)]
pub trait Facade {
    #[rpc(call)]
    async fn ping(&self, ctx: Context, a: String, #[arg(default = 1)] n: u32) -> Result<u32, Failed>;
}

fn main() {}
