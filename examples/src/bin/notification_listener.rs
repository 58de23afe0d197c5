//! A listener to notifications on a broker, or with somebody to hear in one process.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::{StopSignals, init_logging};
use rpc_examples::notifications::ListenerArgs;
use rpc_examples::volume::{VolumeApi, VolumeService, run_client};

const SERVER: &str = "host1@lvm";
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let args = ListenerArgs::parse();
    let bus = args.bus.connect().await?;
    let mut signals = StopSignals::listen()?;
    bus.reload_on_hangup()?;
    let listener = args.listen(&bus).await?;
    println!("listening to {}; Ctrl-C ends it", args.topics(&bus)?.join(", "));
    if bus.in_memory {
        let service = VolumeService::start(&bus, SERVER).await?;
        run_client(&VolumeApi::new(&bus.transport), SERVER).await?;
        service.stop().await?;
    }
    tokio::select! {
        signal = signals.received() => println!("stopping on {signal}"),
        reason = listener.stopped() => println!("stopping: {reason}"),
    }
    listener.shutdown(PATIENCE).await?;
    bus.transport.close(Duration::from_secs(5)).await;
    Ok(())
}
