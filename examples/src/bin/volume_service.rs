//! A volume service on a broker, or with its client in one process.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::{StopSignals, init_logging};
use rpc_examples::volume::{VolumeApi, VolumeArgs, VolumeService, run_client};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let args = VolumeArgs::parse();
    let bus = args.bus.connect().await?;
    let mut signals = StopSignals::listen()?;
    bus.reload_on_hangup()?;
    let service = VolumeService::start(&bus, &args.server).await?;
    if bus.in_memory {
        run_client(&VolumeApi::new(&bus.transport), &args.server).await?;
        println!("nobody outside of this process can reach memory://; Ctrl-C stops the service");
    }
    tokio::select! {
        signal = signals.received() => println!("[{}] stopping on {signal}", args.server),
        reason = service.stopped() => println!("[{}] stopping: {reason}", args.server),
    }
    service.stop().await?;
    bus.transport.close(Duration::from_secs(5)).await;
    println!("[{}] stopped", args.server);
    Ok(())
}
