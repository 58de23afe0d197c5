//! Whoever uses what is deprecated is warned, generated code is not.
#![deny(warnings)]

use rpc_runtime::{Context, RemoteError, rpc_manager};
use serde::{Deserialize, Serialize};

#[rpc_manager(client = OldApi, fake = FakeOld, topic = "old", version = "1.0")]
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

/// A whole interface.
#[rpc_manager(client = OlderApi, topic = "older", version = "1.0")]
#[deprecated(note = "use `Old`")]
pub trait Older {
    #[rpc(call_or_cast)]
    async fn stop(&self, ctx: Context, #[arg(default)] a: u32) -> Result<(), RemoteError>;

    #[rpc(call)]
    async fn ping(&self, ctx: Context, name: String) -> Result<u8, RemoteError>;
}

#[expect(deprecated)]
impl Older for Server {
    async fn stop(&self, _: Context, _: u32) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn ping(&self, _: Context, _: String) -> Result<u8, RemoteError> {
        Ok(1)
    }
}

/// A type of arguments and results.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[deprecated = "use a newer one"]
pub struct Flavor;

/// The trait says that it knows.
#[rpc_manager(client = FlavorApi, topic = "flavors", version = "1.2")]
#[expect(deprecated, reason = "older services have no other type")]
pub trait Flavors {
    #[rpc(call, to(host: &Flavor) = to(host))]
    async fn get(
        &self,
        ctx: Context,
        flavor: Flavor,
        #[arg(default = Flavor)] set: Flavor,
        #[arg(since = "1.1", old = drop)] late: Option<Flavor>,
        #[arg(since = "1.2", old = error_if_set, default)] later: Flavor,
        #[arg(from(of: &Flavor) = of.clone())] derived: Flavor,
        #[arg(fixed = Flavor)] fixed: Flavor,
    ) -> Result<Option<Flavor>, RemoteError>;
}

#[allow(deprecated)]
fn to(_: &Flavor) -> &'static str {
    "host1"
}

fn main() {
    let _ = OldApi::endpoint(Server);
    // An expectation that is not met is a warning, and warnings are errors here.
    #[expect(deprecated)]
    let _ = |api: OldApi, ctx: Context| drop(api.ancient(&ctx));
    #[expect(deprecated)]
    let _ = |transport| OlderApi::new(transport);
    let _ = |api: FlavorApi| api;
}
