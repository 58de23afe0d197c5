//! A broker that goes away and comes back.

use rpc_tests::Broker;
use rpc_tests::campaign::{Lane, Scenario, alone};

use super::told;

/// One lane for each kind of queue: only those that outlive the broker keep what they hold. The
/// servers are slower than the senders, so that they hold something.
fn kinds() -> [Lane; 3] {
    [Lane::rust("transient").may_lose(), Lane::rust("durable").durable(), Lane::rust("quorum").quorum()]
        .map(|lane| lane.serving(|server| server.workers(8).prefetch(8)).taking(0.1))
}

/// Python remembers 16 requests, fewer than a sender repeats.
fn python() -> Lane {
    Lane::python("python").durable().may_repeat()
}

#[test]
fn killed_and_started_again() {
    alone(async || {
        let mut broker = Broker::start().await?;
        let vhost = broker.node().default_vhost();
        let python = [python(), Lane::python_client("from-python").durable()];
        let scenario = Scenario::start(&vhost, kinds().into_iter().chain(python)).await?;
        broker.kill()?;
        broker.restart().await?;
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn stopped_and_started_again() {
    alone(async || {
        let mut broker = Broker::start().await?;
        let vhost = broker.node().default_vhost();
        let scenario = Scenario::start(&vhost, kinds()).await?;
        broker.stop().await?;
        told(&scenario.lanes()[0], "no connection to the broker").await?;
        broker.restart().await?;
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn started_again_with_an_empty_database() {
    alone(async || {
        let mut broker = Broker::start().await?;
        let vhost = broker.node().default_vhost();
        let scenario = Scenario::start(&vhost, kinds().map(Lane::may_lose)).await?;
        broker.kill()?;
        broker.empty()?;
        broker.restart().await?;
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn frozen_for_longer_than_the_heartbeat() {
    alone(async || {
        let broker = Broker::start().await?;
        let vhost = broker.node().default_vhost();
        let lanes =
            kinds().map(|lane| lane.option("heartbeat_timeout_threshold=2").option("connect_timeout=2"));
        let scenario = Scenario::start(&vhost, lanes).await?;
        broker.freeze().await?;
        for lane in scenario.lanes() {
            // "connecting to" or "no connection to", as it tries and fails.
            told(lane, "to the broker").await?;
        }
        broker.thaw()?;
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}
