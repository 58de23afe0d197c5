//! Arguments may have any name, also those that generated code uses itself.
#![deny(warnings)]

use rpc_runtime::{Context, RemoteError, rpc_manager};

/// Names of the client, of its requests, of the dispatcher and of Python.
#[rpc_manager(client = NamesApi, topic = "names", version = "1.0")]
#[allow(clippy::too_many_arguments)]
pub trait Names {
    /// In the call itself, and one of them in the destination.
    #[rpc(call, to = client)]
    async fn positional(
        &self,
        request_context: Context,
        context: u32,
        ctx: u32,
        args: u32,
        method: u32,
        self_: u32,
        request: u32,
        client: String,
        transport: u32,
        incoming: u32,
        manager: u32,
        pin: u32,
        version: u32,
        timeout: u32,
    ) -> Result<u32, RemoteError>;

    /// As setters.
    #[rpc(cast)]
    async fn settable(
        &self,
        _: Context,
        #[arg(default)] ctx: u32,
        #[arg(default)] args: u32,
        #[arg(default = 7)] request: u32,
        #[arg(default = "x")] into_future: String,
        #[arg(default)] sent: Option<u32>,
    ) -> Result<(), RemoteError>;

    /// In the parameters that are not sent, in conditions and in routes.
    #[rpc(call, to(request: &str, self_: u8) = format!("{request}{self_}"), expected(RemoteError { .. }))]
    async fn derived(
        &self,
        ctx: Context,
        #[arg(from(client: &str, result: u8) = result + client.len() as u8)] manager: u8,
        #[cfg(all())] incoming: u8,
        #[arg(fixed = 1)] error: u8,
        args: u8,
    ) -> Result<(), RemoteError>;

    /// The context under another name than usual, and a body that uses it.
    #[rpc(call)]
    async fn with_body(&self, args: Context, ctx: u32) -> Result<u32, RemoteError> {
        let _ = args;
        Ok(ctx)
    }
}

/// Items of the user's with names that a careless expansion would import.
#[allow(dead_code)]
mod items {
    pub struct Client;
    pub struct Method;
    pub struct Outcome;
    pub struct Option;
    pub struct Result;
}

fn main() {}
