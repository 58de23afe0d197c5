//! Generated code names everything by its full path.
#![no_implicit_prelude]
#![deny(warnings)]

use ::rpc_runtime::{Context, RpcException, rpc_manager};
use ::std::option::Option;
use ::std::result::Result;
use ::std::string::String;

/// Both forms of an exception.
#[derive(Debug, RpcException)]
#[exception(module = "names")]
pub enum Failure {
    Named {
        name: String,
    },
    Positional(String, u32),
    Plain,
    #[exception(other)]
    Other(::rpc_runtime::RemoteError),
}

impl ::std::fmt::Display for Failure {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.write_str("failed")
    }
}

impl ::std::error::Error for Failure {}

/// A method of each kind.
#[rpc_manager(client = PlainApi, topic = "plain", version = "1.2", error = Failure)]
pub trait Plain {
    #[rpc(call, to = host)]
    async fn call(
        &self,
        ctx: Context,
        host: String,
        #[arg(since = "1.1", old = drop)] a: Option<u32>,
        #[arg(since = "1.2", old = error_if_set)] b: Option<u32>,
        #[arg(since = "1.2", old = with(older))] c: u32,
        #[arg(since = "1.2", old = error_if_set, default = 5)] d: u32,
    ) -> Result<u32, Failure>;

    #[rpc(cast)]
    async fn cast(&self, ctx: Context, #[arg(default = "x")] x: String) -> Result<(), Failure>;

    #[rpc(cast, fanout)]
    async fn fanout(&self, ctx: Context) -> Result<(), Failure>;
}

fn older(c: &u32) -> u32 {
    *c
}

fn main() {}
