//! What a call over `memory://` takes, client and server together, in instructions: they repeat where times do not,
//! so that a change of the way of a call shows. Needs valgrind.
#![allow(clippy::print_stdout, missing_docs)]

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rpc_runtime::{Context, RemoteError, Server, Target, Transport, rpc_manager};
use rpc_tests::bench::instructions;

/// How often a case is repeated, so that what is done only once does not count.
const REPEATS: u64 = 500;
/// Bytes of the argument, which is the result as well.
const BODIES: [usize; 2] = [0, 300];

#[rpc_manager(client = EchoApi, topic = "echo", version = "1.0", error = RemoteError)]
trait Echo {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: String) -> Result<String, RemoteError>;
}

struct Manager;

impl Echo for Manager {
    async fn echo(&self, _: Context, value: String) -> Result<String, RemoteError> {
        Ok(value)
    }
}

fn main() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--repeat", body, times] => repeat(body.parse()?, times.parse()?),
        ["--bench", ..] => table(),
        _ => {
            println!("call: measures only when run by `cargo bench`");
            Ok(())
        }
    }
}

fn table() -> Result<()> {
    println!("| Call over memory:// | Instructions |\n|---|---|");
    for body in BODIES {
        let repeated = |times: u64| instructions(&["--repeat", &body.to_string(), &times.to_string()]);
        println!("| {body} bytes | {} |", (repeated(REPEATS)? - repeated(0)?) / REPEATS);
    }
    Ok(())
}

/// Calls one after the other, all on one thread: what threads do about each other does not repeat.
#[tokio::main(flavor = "current_thread")]
async fn repeat(body: usize, times: u64) -> Result<()> {
    let transport = Transport::connect("memory://").await?;
    let server = Server::builder(&transport, Target::new("echo").with_server("host1"))
        .endpoint(EchoApi::endpoint(Arc::new(Manager)))
        .start()
        .await?;
    let (api, context, value) = (EchoApi::new(&transport), Context::new(), "x".repeat(body));
    // What the first call makes is there for the others.
    for _ in 0..=times {
        api.echo(&context, value.as_str()).await.context("the call")?;
    }
    server.shutdown(Duration::from_secs(10)).await?;
    Ok(())
}
