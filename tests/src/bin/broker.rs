//! A RabbitMQ node for those who are no test of their own: `tests/run` has it for all tests.
//!
//! Says on stdout, once the node takes connections, in which environment the tests find it. Runs until its stdin ends
//! or a signal tells it to end; the node and its files go with it.

// Scripts read its standard output.
#![allow(clippy::print_stdout)]

use std::io::{Read as _, Write as _};

use anyhow::Result;
use rpc_tests::Broker;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    // From the start on, which takes some seconds: the files of a node that is dropped are removed.
    tokio::select! {
        served = serve() => served,
        told = told() => told,
    }
}

async fn serve() -> Result<()> {
    let broker = Broker::start().await?;
    let node = broker.node();
    println!("RPC_TEST_BROKER={}", node.url());
    println!("RPC_TEST_BROKER_DIR={}", node.dir().display());
    std::io::stdout().flush()?;
    std::future::pending().await
}

/// Waits until it is told to end.
async fn told() -> Result<()> {
    let (ends, ended) = oneshot::channel::<()>();
    // Not by tokio, whose runtime would wait for the end of what it reads.
    std::thread::spawn(move || {
        // That it can't be read is an end too.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        drop(ends);
    });
    let [mut terminate, mut interrupt, mut hangup] =
        [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?];
    tokio::select! {
        _ = ended => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}
