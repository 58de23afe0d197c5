//! The framework in one file: a trait, two servers and a client in one process.
#![allow(clippy::print_stdout, missing_docs)]

use rpc_runtime::prelude::*;

/// What the manager can raise: `greeter.exception.Asleep(name)` to a Python caller.
#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "greeter.exception")]
#[error("{0} is asleep")]
pub struct Asleep(String);

/// The interface. The attribute makes the client `GreeterApi` of it, and what serves it.
#[rpc_manager(topic = "greeter", version = "1.2", error = Asleep)]
pub trait Greeter {
    #[rpc(call)]
    async fn greet(
        &self,
        ctx: Context,
        name: String,
        #[arg(default = 1)] times: usize,
    ) -> Result<String, Asleep>;

    #[rpc(cast)]
    async fn wake(&self, ctx: Context, name: String) -> Result<(), Asleep>;

    #[rpc(cast, fanout, since = "1.2")]
    async fn pause(&self, ctx: Context) -> Result<(), Asleep>;
}

struct Desk(&'static str);

impl Greeter for Desk {
    async fn greet(&self, _: Context, name: String, times: usize) -> Result<String, Asleep> {
        if name == "Bob" { Err(Asleep(name)) } else { Ok(vec![format!("hello {name}"); times].join(", ")) }
    }

    async fn wake(&self, ctx: Context, name: String) -> Result<(), Asleep> {
        println!("cast: {} wakes {name} for {}", self.0, ctx.user().unwrap_or("nobody"));
        Ok(())
    }

    async fn pause(&self, _: Context) -> Result<(), Asleep> {
        println!("fanout: {} takes a break", self.0);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init(); // else there is no log
    let transport = Transport::connect("memory://").await?; // or rabbit://user:password@host:5672/
    let desk1 = GreeterApi::serve(&transport, "desk1", Desk("desk1")).await?;
    let desk2 = GreeterApi::serve(&transport, "desk2", Desk("desk2")).await?;

    let (api, ctx) = (GreeterApi::new(&transport), Context::request().with_user("demo"));
    println!("call: {}", api.greet(&ctx, "Alice").times(2).await?);
    api.wake(&ctx, "Bob").await?;
    api.pause(&ctx).await?;
    if let Err(CallError::Method(Asleep(name))) = api.greet(&ctx, "Bob").await {
        println!("typed error: {name} is asleep");
    }
    if let Err(error) = api.pinned(GreeterApi::pin("1.1")?).pause(&ctx).await {
        println!("pin: {error}");
    }
    println!("Ctrl-C stops the desks");
    tokio::try_join!(desk1.run(), desk2.run())?;
    Ok(())
}
