//! A client and a server, and what they do and take.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use procfs::process::all_processes;
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Peer, python};
use serde::de::DeserializeOwned;
use serde_json::json;
use throughput_side::{Contender, Done, Load, Messages, Question, Setup, Side, Usage};
use tokio::process::Command;

use super::figures::{Each, Sample};

/// How long the same load runs before each measurement.
const WARM_UP: Duration = Duration::from_millis(200);
/// How long a server may take to handle what has piled up.
const LONGEST_LISTENING: Duration = Duration::from_secs(600);
/// How notifications pile up for what is measured of a listener, and how the rest is taken away.
const NOTIFY: Load = Load::Notify(64);
const DRAIN: usize = 100;
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../python/bench.py");

/// What is between client and server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Between {
    /// A broker, by its process group.
    Broker(u32),
    /// A router, by its process.
    Router(u32),
}

pub(crate) struct Pair {
    client: Peer,
    /// None if the client's process is both.
    server: Option<Peer>,
    /// What messages go through, if it is ours to look at.
    between: Option<Between>,
    /// Casts that the server has got so far.
    sent: usize,
    /// Notifications that wait for a listener.
    waiting: usize,
}

impl Pair {
    /// Starts both sides: `program` is what runs all contenders but Python.
    pub(crate) async fn start(setup: &Setup, program: &str, between: Option<Between>) -> Result<Self> {
        let start = async |side| {
            let name = format!("{side:?} of {}", setup.contender(side).title());
            Peer::start(&name, command(setup, side, program)?).await
        };
        // Only once the server is ready do its queues exist.
        let server = if setup.server.in_memory() { None } else { Some(start(Side::Server).await?) };
        Ok(Self { client: start(Side::Client).await?, server, between, sent: 0, waiting: 0 })
    }

    /// Runs a load until the server has handled all of it, so that a broker that only piles up casts gains nothing;
    /// notifications wait for their listener.
    pub(crate) async fn run(&mut self, load: Load, time: Duration) -> Result<Done> {
        if let Load::Listen(batch) = load {
            return self.listen(batch).await;
        }
        let question = Question::Load { load, seconds: time.as_secs_f64() };
        let mut done: Done = ask(&mut self.client, question, time).await?;
        match load {
            Load::Casts(_) => {
                let sent = Instant::now();
                self.sent += done.operations;
                self.usage().await?;
                done.seconds += sent.elapsed().as_secs_f64();
            }
            Load::Notify(_) => self.waiting += done.operations,
            Load::Calls(_) | Load::Listen(_) => {}
        }
        Ok(done)
    }

    /// Has the server handle all notifications that wait.
    async fn listen(&mut self, batch: usize) -> Result<Done> {
        let server = self.server.as_mut().context("nobody listens in the process of the client")?;
        let count = std::mem::take(&mut self.waiting);
        ask(server, Question::Listen { batch, count }, LONGEST_LISTENING).await
    }

    /// What the client and the server have taken so far, once that one has handled all casts.
    pub(crate) async fn usage(&mut self) -> Result<(Usage, Option<Usage>)> {
        let question = Question::Usage { casts: self.sent };
        let server = match &mut self.server {
            Some(server) => Some(ask(server, question, Duration::ZERO).await?),
            None => None,
        };
        Ok((ask(&mut self.client, Question::Usage { casts: 0 }, Duration::ZERO).await?, server))
    }

    /// Measures a load once it is warm.
    pub(crate) async fn measure(&mut self, load: Load, time: Duration) -> Result<Sample> {
        match load {
            // There has to be something to hear; listeners begin anew in any case.
            Load::Listen(_) => self.run(NOTIFY, time).await.map(drop)?,
            _ => self.run(load, WARM_UP).await.map(drop)?,
        }
        let (before, broker) = (self.usage().await?, self.cpu_between()?);
        let done = self.run(load, time).await?;
        let (after, broker_after) = (self.usage().await?, self.cpu_between()?);
        if self.waiting > 0 {
            self.listen(DRAIN).await?;
        }
        let operations = done.operations as f64;
        let each = |before: Usage, after: Usage| Each {
            cpu: (after.cpu_seconds - before.cpu_seconds) / operations * 1e4,
            allocations: (after.allocations - before.allocations) as f64 / operations,
            bytes: (after.bytes - before.bytes) as f64 / operations,
        };
        Ok(Sample {
            per_second: operations / done.seconds,
            p50: done.p50.map(|seconds| seconds * 1e3),
            p99: done.p99.map(|seconds| seconds * 1e3),
            client: each(before.0, after.0),
            server: before.1.zip(after.1).map(|(before, after)| each(before, after)),
            broker: broker.zip(broker_after).map(|(before, after)| (after - before) / operations * 1e4),
        })
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        self.client.stop().await.1?;
        match &mut self.server {
            Some(server) => server.stop().await.1,
            None => Ok(()),
        }
    }

    /// In seconds until now.
    fn cpu_between(&self) -> Result<Option<f64>> {
        let Some(between) = self.between else { return Ok(None) };
        // A process that has ended meanwhile counts no more.
        let stats = all_processes()?.filter_map(|process| process.ok()?.stat().ok());
        let stats = stats.filter(|stat| match between {
            Between::Broker(group) => u32::try_from(stat.pgrp) == Ok(group),
            Between::Router(process) => u32::try_from(stat.pid) == Ok(process),
        });
        let ticks: u64 = stats.map(|stat| stat.utime + stat.stime).sum();
        Ok(Some(ticks as f64 / procfs::ticks_per_second() as f64))
    }
}

/// Asks a question whose answer takes that long, or a little more.
async fn ask<T: DeserializeOwned>(peer: &mut Peer, question: Question, takes: Duration) -> Result<T> {
    peer.write(&json!(question)).await?;
    let answer = peer.read(takes + PATIENCE).await?;
    T::deserialize(&answer).map_err(|why| peer.failure(&format!("it answered {answer}: {why}")))
}

pub(crate) fn command(setup: &Setup, side: Side, program: &str) -> Result<Command> {
    if setup.contender(side) != Contender::Python {
        let mut command = Command::new(program);
        command.args([serde_json::to_string(&side)?, serde_json::to_string(setup)?]);
        return Ok(command);
    }
    let messages = Messages::of(setup.body)?;
    let mut command = python()?;
    command
        .args([SCRIPT, "--url", &setup.url])
        .arg(format!("--topic={}", setup.address()))
        .arg(format!("--echoed={}", messages.echoed.len()))
        .arg(format!("--noted={}", messages.noted.len()))
        .arg(format!("--notified={}", messages.notified.len()))
        .arg(format!("--option=rabbit_quorum_queue={}", setup.quorum))
        .arg(if side == Side::Client { "client" } else { "server" });
    Ok(command)
}
