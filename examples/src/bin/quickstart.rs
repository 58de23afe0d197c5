//! The framework in one file: a trait, its server and its client in one process.
#![allow(clippy::print_stdout, missing_docs)]

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{CallError, Context, RpcException, Server, Target, Transport, VersionPin, rpc_manager};

/// What the manager can raise: `greeter.exception.Asleep(name)` to a Python caller.
#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "greeter.exception")]
#[error("{0} is asleep")]
pub struct Asleep(String);

/// The interface. The attribute makes the client `GreeterApi` and the dispatcher from it.
#[rpc_manager(client = GreeterApi, topic = "greeter", version = "1.2", error = Asleep)]
pub trait Greeter {
    #[rpc(call)]
    async fn greet(
        &self,
        ctx: Context,
        name: String,
        #[arg(default = 1)] times: u32,
    ) -> Result<String, Asleep>;

    /// Wakes somebody up.
    #[rpc(cast)]
    async fn wake(&self, ctx: Context, name: String) -> Result<(), Asleep>;

    /// Tells every greeter to take a break.
    #[rpc(cast, fanout, since = "1.2")]
    async fn pause(&self, ctx: Context) -> Result<(), Asleep>;
}

struct Desk(&'static str);

impl Greeter for Desk {
    async fn greet(&self, _: Context, name: String, times: u32) -> Result<String, Asleep> {
        if name == "Bob" {
            return Err(Asleep(name));
        }
        Ok(vec![format!("hello {name}"); times as usize].join(", "))
    }

    async fn wake(&self, ctx: Context, name: String) -> Result<(), Asleep> {
        println!("{}: waking {name} for {}", self.0, ctx.user().unwrap_or("nobody"));
        Ok(())
    }

    async fn pause(&self, _: Context) -> Result<(), Asleep> {
        println!("{}: taking a break", self.0);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transport = Transport::connect("memory://").await?; // or rabbit://user:password@host:5672/
    let mut servers = Vec::new();
    for name in ["desk1", "desk2"] {
        let target = Target::new(GreeterApi::INTERFACE.topic).with_server(name);
        let endpoint = GreeterApi::endpoint(Arc::new(Desk(name)));
        servers.push(Server::builder(&transport, target).endpoint(endpoint).start().await?);
    }
    let (api, ctx) = (GreeterApi::new(&transport), Context::request().with_user("demo"));
    println!("call: {}", api.greet(&ctx, "Alice").times(2).await?);
    api.wake(&ctx, "Bob").await?;
    api.pause(&ctx).await?;
    if let Err(CallError::Method(Asleep(name))) = api.greet(&ctx, "Bob").await {
        println!("typed error: {name} is asleep");
    }
    if let Err(error) = api.pinned("1.1".parse::<VersionPin>()?).pause(&ctx).await {
        println!("pinned to 1.1: {error}");
    }
    for server in servers {
        server.shutdown(Duration::from_secs(5)).await?;
    }
    Ok(())
}
