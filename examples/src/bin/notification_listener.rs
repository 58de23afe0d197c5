//! A listener to notifications on a broker, or with somebody to hear in one process.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use clap::Parser;
use rpc_examples::cli::{StopSignals, init_logging};
use rpc_examples::notifications::ListenerArgs;
use rpc_examples::volume::{VolumeApi, VolumeService, run_client};
use rpc_runtime::Transport;

const SERVER: &str = "host1@lvm";
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging();
    let args = ListenerArgs::parse();
    let transport = Transport::connect(&args.transport).await?;
    let mut signals = StopSignals::listen()?;
    let listener = args.listen(&transport).await?;
    println!("listening to {}; Ctrl-C ends it", args.topic.join(", "));
    if args.in_memory() {
        let service = VolumeService::start(&transport, SERVER).await?;
        run_client(&VolumeApi::new(&transport), SERVER).await?;
        service.stop().await?;
    }
    tokio::select! {
        signal = signals.received() => println!("stopping on {signal}"),
        reason = listener.stopped() => println!("stopping: {reason}"),
    }
    listener.shutdown(PATIENCE).await?;
    transport.close(Duration::from_secs(5)).await;
    Ok(())
}
