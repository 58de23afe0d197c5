//! Notifications: what the broker has confirmed is heard, at least once, where the queues outlive what happens.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use rpc_tests::campaign::{Lane, PROCESS_WORKERS, Scenario, alone};
use rpc_tests::proxy::{End, Proxy};
use rpc_tests::{Broker, until, until_within};

use super::{QUICK, vhost};

/// The program that listeners are processes of.
const PEER: &str = env!("CARGO_BIN_EXE_peer");

/// How often it happens.
const TIMES: usize = 2;
/// How long a listener that is killed takes for each, in seconds: at a hundred a second it is in the middle of about forty.
const WORK: f64 = 0.4;
/// How many it has begun, at least, when it is killed.
const BEGUN: usize = 5;
/// How often it may be killed until it was in the middle of some that often: it may just have come to the end of all.
const MOST: usize = 4 * TIMES;
/// How long the next one has to begin those again.
const AGAIN: Duration = Duration::from_secs(10);
/// How many it has at most that are not acknowledged: twice what it handles at once.
const HELD: usize = 2 * PROCESS_WORKERS;

/// One lane for each kind of queue. The listeners are slower than the notifiers, so that the queues hold something.
fn kinds() -> [Lane; 3] {
    [Lane::rust("transient").may_lose(), Lane::rust("durable").durable(), Lane::rust("quorum").quorum()]
        .map(|lane| lane.notifying().listening(|listener| listener.concurrency(8).prefetch(8)).taking(0.1))
}

/// With Python on either side.
fn python() -> [Lane; 2] {
    [Lane::python("to-python"), Lane::python_client("from-python")].map(|lane| lane.durable().notifying())
}

#[test]
fn a_broker_killed_and_started_again() {
    alone(async || {
        let mut broker = Broker::start().await?;
        let vhost = broker.node().default_vhost();
        let scenario = Scenario::start(&vhost, kinds().into_iter().chain(python())).await?;
        broker.kill()?;
        broker.restart().await?;
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn a_broker_stopped_and_started_again() {
    alone(async || {
        let mut broker = Broker::start().await?;
        let vhost = broker.node().default_vhost();
        let scenario = Scenario::start(&vhost, kinds()).await?;
        broker.stop().await?;
        broker.restart().await?;
        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn all_connections_closed_by_the_operator() {
    alone(async || {
        let vhost = vhost("notified-closed").await?;
        let lanes = [Lane::rust("transient"), Lane::rust("quorum").quorum()].map(Lane::notifying);
        let scenario = Scenario::start(&vhost, lanes.into_iter().chain(python())).await?;
        for _ in 0..TIMES {
            vhost.close_connections("for the test").await?;
            scenario.recovered().await?;
        }
        for tally in &scenario.finish().await?[..2] {
            ensure!(tally.lost == 0 && tally.not_sent + tally.unclear == 0, "{tally}");
        }
        Ok(())
    });
}

#[test]
fn connections_cut_by_the_network() {
    alone(async || {
        let vhost = vhost("notified-cut").await?;
        let proxy = Proxy::start(Broker::shared()?.port()).await?;
        let url = proxy.through(&vhost.url());
        let lane = Lane::rust("cut").notifying().at(&url);
        let lane = QUICK.iter().fold(lane, |lane, option| lane.option(option));
        let scenario = Scenario::start(&vhost, [lane]).await?;
        for end in [End::Reset, End::Close] {
            proxy.end_connections(end);
            scenario.recovered().await?;
        }
        let tally = scenario.finish().await?.remove(0);
        ensure!(tally.lost == 0 && tally.confirmed == tally.notifications, "{tally}");
        Ok(())
    });
}

#[test]
fn a_listener_killed_in_the_middle_of_notifications() {
    alone(async || {
        let vhost = vhost("notified-killed").await?;
        // Nothing is acknowledged before it is handled, so the next one hears again what it was in the middle of, whatever
        // the kind of the queue.
        let lane = Lane::process("killed", PEER).notifying().taking(WORK).may_repeat();
        let mut scenario = Scenario::start(&vhost, [lane]).await?;
        let (mut kills, mut repeating) = (0, 0);
        while repeating < TIMES && kills < MOST {
            let ledger = Arc::clone(scenario.lanes()[0].ledger());
            let before = ledger.tally();
            until("it has begun some", async || {
                Ok((ledger.tally().executed >= before.executed + BEGUN).then_some(()))
            })
            .await?;
            scenario.lanes_mut()[0].kill_server().await?;
            scenario.recovered().await?;
            kills += 1;
            let repeated = async || Ok((ledger.tally().repeated > before.repeated).then_some(()));
            repeating += usize::from(until_within(AGAIN, "some are repeated", repeated).await.is_ok());
        }
        let tally = scenario.finish().await?.remove(0);
        ensure!(repeating == TIMES, "{repeating} of {kills} kills had some repeated: {tally}");
        ensure!(tally.repeated <= kills * HELD, "{kills} kills: {tally}");
        ensure!(tally.lost == 0 && tally.confirmed == tally.notifications, "{tally}");
        Ok(())
    });
}

#[test]
fn the_queue_of_a_topic_deleted() {
    alone(async || {
        let vhost = vhost("notified-deleted").await?;
        let lane = Lane::rust("deleted").notifying().may_lose();
        let lane = QUICK.iter().fold(lane, |lane, option| lane.option(option));
        let scenario = Scenario::start(&vhost, [lane]).await?;
        for _ in 0..TIMES {
            vhost.delete_queue("deleted.info").await?;
            scenario.recovered().await?;
        }
        // Whoever notices first makes it again, and nobody is told of it.
        let tally = scenario.finish().await?.remove(0);
        ensure!(tally.confirmed == tally.notifications, "{tally}");
        Ok(())
    });
}
