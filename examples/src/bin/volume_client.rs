//! A client of the volume service; with memory:// it brings the service along.

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::init_logging;
use rpc_examples::volume::{VolumeApi, VolumeArgs, VolumeService, run_client};
use rpc_runtime::{Transport, VersionPin};

#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    volume: VolumeArgs,
    /// The version of the oldest server, for example 3.5; the default is no pin.
    #[arg(long)]
    pin: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let Args { volume: args, pin } = Args::parse();
    let pin = pin.map_or_else(|| Ok(VersionPin::unpinned()), |pin| VolumeApi::pin(&pin))?;
    let transport = Transport::connect(&args.transport).await?;
    let service = match args.in_memory() {
        true => Some(VolumeService::start(&transport, &args.server).await?),
        false => None,
    };
    run_client(&VolumeApi::new(&transport).pinned(pin), &args.server).await?;
    if let Some(service) = service {
        service.stop().await?;
    }
    transport.close(Duration::from_secs(5)).await;
    Ok(())
}
