//! The processes of the benchmark `throughput` that do the work: a client or a server of each contender.
#![allow(clippy::print_stdout, missing_docs)]

mod answer;
mod fe2o3;
mod hundred;
mod listening;
mod load;
mod messages;
mod notifications;
mod ours;
mod plain;
mod question;
mod raw;
mod router;
mod runtime;
mod setup;
mod tarpc;
mod tonic;
mod waiters;
mod zeromq;

use std::sync::atomic::AtomicUsize;

use anyhow::{Result, bail};

use self::answer::answer;
use self::load::Client;

pub use self::messages::Messages;
pub use self::question::{Done, Load, Question, Usage};
pub use self::setup::{Contender, Setup, Side};

/// Of a side that does not listen to notifications.
const NOBODY: Option<&raw::Listener> = None;

/// A program of this package: its arguments are a side and a setup, which it is until its stdin ends. `allocated`
/// tells how often and how much the process has allocated, if that is counted.
#[tokio::main]
pub async fn run(allocated: fn() -> (usize, usize)) -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [side, setup] = &arguments[..] else { bail!("only the benchmark `throughput` starts this program") };
    let (side, setup): (Side, Setup) = (serde_json::from_str(side)?, serde_json::from_str(setup)?);
    match (setup.contender(side), side) {
        (_, Side::Router) => serves(router::serve(setup.socket()?), allocated).await,
        (Contender::Ours | Contender::OursInMemory | Contender::OursZmq | Contender::OursAmqp1, _) => {
            let mut ours = ours::Ours::start(&setup, side).await?;
            answer(ours.caller.take(), Some(&ours.listener), &ours.counter.noted, allocated).await?;
            ours.stop().await
        }
        (Contender::TarpcJson, _) => calls(tarpc::with_json(&setup)?, allocated).await,
        (Contender::TarpcChannel, _) => calls(tarpc::with_channel(&setup)?, allocated).await,
        (Contender::TarpcTcp, Side::Client) => calls(tarpc::client(&setup).await?, allocated).await,
        (Contender::TarpcTcp, Side::Server) => serves(tarpc::serve(&setup), allocated).await,
        (Contender::Tonic, Side::Client) => calls(tonic::client(&setup).await?, allocated).await,
        (Contender::Tonic, Side::Server) => serves(tonic::serve(&setup), allocated).await,
        (Contender::RawZmq, Side::Client) => calls(zeromq::client(&setup).await?, allocated).await,
        (Contender::RawZmq, Side::Server) => serves(zeromq::serve(&setup), allocated).await,
        (Contender::RawAmqp1Own | Contender::RawAmqp1Shared, Side::Client) => {
            calls(fe2o3::client(&setup).await?, allocated).await
        }
        (Contender::RawAmqp1Own | Contender::RawAmqp1Shared, Side::Server) => {
            serves(fe2o3::serve(&setup), allocated).await
        }
        (Contender::Python, _) => bail!("Python has a program of its own, tests/python/bench.py"),
        // All of raw lapin.
        (_, Side::Client) => calls(raw::client(&setup).await?, allocated).await,
        (_, Side::Server) => {
            let (noted, listener) = raw::server(&setup).await?;
            answer(None::<raw::Caller>, Some(&listener), &noted, allocated).await
        }
    }
}

/// Has loads run by a client until stdin ends.
async fn calls(client: impl Client, allocated: fn() -> (usize, usize)) -> Result<()> {
    answer(Some(client), NOBODY, &AtomicUsize::new(0), allocated).await
}

/// Is a server that gets calls only until stdin ends.
async fn serves(start: impl Future<Output = Result<()>>, allocated: fn() -> (usize, usize)) -> Result<()> {
    start.await?;
    answer(None::<raw::Caller>, NOBODY, &AtomicUsize::new(0), allocated).await
}
