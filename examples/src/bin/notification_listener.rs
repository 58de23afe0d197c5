//! A listener to notifications on a broker, or with somebody to hear in one process.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::init_logging;
use rpc_examples::notifications::ListenerArgs;
use rpc_examples::volume::{Demonstration, serve_volumes};

const SERVER: &str = "host1@lvm";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let args = ListenerArgs::parse();
    let bus = args.bus.connect().await?;
    let mut service = args.listen(bus.service("notification-listener"), &bus)?;
    if bus.in_memory {
        service = serve_volumes(service, &bus, SERVER)?.manager(Demonstration::new(&bus.transport, SERVER));
    }
    service.run().await?;
    bus.transport.close(Duration::from_secs(5)).await;
    println!("stopped");
    Ok(())
}
