//! A client of the volume service; with memory:// it brings the service along.

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::init_logging;
use rpc_examples::volume::{VolumeApi, VolumeArgs, run_client, volume_service};

#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    volume: VolumeArgs,
    /// The version of the oldest server, for example 3.5; the default is what the upgrade_levels of configuration files say,
    /// or no pin.
    #[arg(long)]
    pin: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let Args { volume: args, pin } = Args::parse();
    let bus = args.bus.connect().await?;
    let pin = match pin {
        Some(pin) => VolumeApi::pin(&pin)?,
        None => bus.config.pin("volume", &VolumeApi::INTERFACE)?,
    };
    let service = match bus.in_memory {
        true => Some(volume_service(&bus, &args.server)?.await?),
        false => None,
    };
    run_client(&VolumeApi::new(&bus.transport).pinned(pin), &args.server).await?;
    if let Some(service) = service {
        service.shutdown().await?;
    }
    bus.transport.close(Duration::from_secs(5)).await;
    Ok(())
}
