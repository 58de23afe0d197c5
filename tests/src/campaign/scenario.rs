//! The course of a fault test: servers and clients, load, the fault, recovery, drain, judgement.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use futures::future::{join_all, try_join_all};
use rpc_runtime::Transport;

use super::Tally;
use super::lane::{Lane, Running, check};
use super::resources::{Held, Served};
use crate::Vhost;

/// If set, the file that the tallies of all tests are appended to.
const TALLIES: &str = "RPC_TEST_TALLIES";

/// Lanes under load. A test starts it, does something to the broker, and finishes it:
///
/// ```no_run
/// # async fn test(mut broker: rpc_tests::Broker) -> anyhow::Result<()> {
/// use rpc_tests::campaign::{Lane, Scenario};
///
/// let vhost = broker.node().default_vhost();
/// let scenario = Scenario::start(&vhost, [Lane::rust("durable").durable()]).await?;
/// broker.kill()?;
/// broker.restart().await?;
/// scenario.recovered().await?;
/// scenario.finish().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Scenario<'a> {
    vhost: &'a Vhost,
    lanes: Vec<Running>,
    /// Before anything was connected.
    nothing: Held,
    /// Connected, and without load.
    idle: (Held, Served),
}

impl<'a> Scenario<'a> {
    /// Starts servers and clients and then their load, and returns once all of it succeeds.
    pub async fn start(vhost: &'a Vhost, lanes: impl IntoIterator<Item = Lane>) -> Result<Self> {
        let nothing = Held::now(&[])?;
        let mut lanes = try_join_all(lanes.into_iter().map(|lane| lane.start(vhost))).await?;
        try_join_all(lanes.iter_mut().map(Running::touch)).await?;
        let served = Served::idle(vhost, &uncounted(&lanes)).await?;
        let idle = (Held::now(&transports(&lanes))?, served);
        lanes.iter_mut().for_each(Running::load);
        let scenario = Self { vhost, lanes, nothing, idle };
        scenario.works().await.context("before the fault")?;
        Ok(scenario)
    }

    /// The lanes, in the order in which they were given.
    #[must_use]
    pub fn lanes(&self) -> &[Running] {
        &self.lanes
    }

    /// The same, to do something to their servers.
    pub fn lanes_mut(&mut self) -> &mut [Running] {
        &mut self.lanes
    }

    /// Waits until new calls and casts succeed on every lane. Of what is sent from then on nothing may be
    /// lost or executed twice, until the next fault.
    pub async fn recovered(&self) -> Result<()> {
        self.works().await?;
        self.lanes.iter().for_each(Running::note_recovery);
        Ok(())
    }

    async fn works(&self) -> Result<()> {
        try_join_all(self.lanes.iter().map(Running::works)).await.map(drop)
    }

    /// Stops the load and checks the ledgers, and that everything is as it was before the load, and
    /// then before the start.
    pub async fn finish(mut self) -> Result<Vec<Tally>> {
        try_join_all(self.lanes.iter_mut().map(Running::stop_load)).await?;
        join_all(self.lanes.iter().map(Running::drain)).await;
        let (held, served) = &self.idle;
        let idle = async {
            served.back(self.vhost, &uncounted(&self.lanes)).await?;
            held.back(&transports(&self.lanes)).await
        };
        let idle = match idle.await {
            Ok(()) => Ok(()),
            Err(error) => {
                Err(error.context(format!("after the load\n{}", seen(self.vhost, &self.lanes).await)))
            }
        };
        let stopped = try_join_all(self.lanes.into_iter().map(Running::stop)).await;
        // A broken guarantee says more than what it leaves behind.
        let tallies = check(&stopped?)?;
        report(&tallies)?;
        idle.with_context(|| tallies.iter().map(Tally::to_string).collect::<Vec<_>>().join("\n"))?;
        self.nothing.back(&[]).await.context("after the end")?;
        Ok(tallies)
    }
}

fn transports(lanes: &[Running]) -> Vec<&Transport> {
    lanes.iter().flat_map(Running::transports).collect()
}

fn uncounted(lanes: &[Running]) -> Vec<&str> {
    lanes.iter().filter_map(Running::uncounted).collect()
}

/// What servers have counted, and which queues hold something: for people, where that is not what it should be.
async fn seen(vhost: &Vhost, lanes: &[Running]) -> String {
    let mut lines: Vec<_> = lanes.iter().flat_map(Running::counted).collect();
    match vhost.queues().await {
        Ok(queues) => {
            lines.extend(queues.iter().filter(|queue| queue.messages > 0).map(|queue| format!("{queue:?}")))
        }
        Err(error) => lines.push(format!("the queues cannot be had: {error}")),
    }
    lines.join("\n")
}

fn report(tallies: &[Tally]) -> Result<()> {
    let Some(path) = std::env::var_os(TALLIES) else { return Ok(()) };
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let mut file = std::fs::File::options().create(true).append(true).open(path)?;
    for tally in tallies {
        // In one write: several tests append to the file.
        file.write_all(format!("{test} {tally}\n").as_bytes())?;
    }
    Ok(())
}
