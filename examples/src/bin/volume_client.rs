//! A client of the volume service; with memory:// it brings the service along.

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::init_logging;
use rpc_examples::volume::{VolumeArgs, VolumeService, run_client};
use rpc_runtime::Transport;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let args = VolumeArgs::parse();
    let transport = Transport::connect(&args.transport).await?;
    let service = match args.in_memory() {
        true => Some(VolumeService::start(&transport, &args.server).await?),
        false => None,
    };
    run_client(&transport, &args.server).await?;
    if let Some(service) = service {
        service.stop().await?;
    }
    transport.close(Duration::from_secs(5)).await;
    Ok(())
}
