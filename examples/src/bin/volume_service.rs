//! A volume service on a broker, or with its client in one process.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::init_logging;
use rpc_examples::volume::{Demonstration, VolumeArgs, volume_service};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let args = VolumeArgs::parse();
    let bus = args.bus.connect().await?;
    let mut service = volume_service(&bus, &args.server)?;
    if bus.in_memory {
        service = service.manager(Demonstration::new(&bus.transport, &args.server));
    }
    service.run().await?;
    bus.transport.close(Duration::from_secs(5)).await;
    println!("[{}] stopped", args.server);
    Ok(())
}
