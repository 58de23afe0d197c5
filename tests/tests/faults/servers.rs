//! Servers that are slow, or stuck.

use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use rpc_tests::campaign::{Kind, Lane, Outcome, Scenario, alone};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Vhost, until};
use tokio::time::sleep;

use super::{connections, vhost};

/// How often connections may be lost before it is not the machine that does it: with so short a heartbeat as can be
/// waited for, a broker that is kept from its work for four seconds is enough.
const ATTEMPTS: usize = 4;

/// So long that a connection without heartbeats would be given up.
const STUCK: f64 = 6.0;
/// Shorter than that, and long enough for the broker to have said that it has the request.
const SHORTER: Duration = Duration::from_secs(4);

#[test]
fn a_slow_consumer() {
    alone(async || {
        let vhost = vhost("slow").await?;
        // A quarter of what is sent: it piles up, calls run into their deadlines, casts wait.
        let lane = Lane::rust("slow").serving(|server| server.workers(2).prefetch(4)).taking(0.1);
        let scenario =
            Scenario::start(&vhost, [lane.per_second(80).deadline(Duration::from_secs(2))]).await?;
        let ledger = scenario.lanes()[0].ledger();
        until("calls run into their deadlines", async || Ok((ledger.tally().unclear > 10).then_some(())))
            .await?;
        // What piles up does so in the broker: the server has no more than it asked for.
        let queues = vhost.queues().await?;
        let queue = queues.iter().find(|queue| queue.name == "slow").unwrap();
        assert!(queue.messages > 4 && queue.messages_unacknowledged <= 4, "{queue:?}");
        scenario.finish().await.map(drop)
    });
}

#[test]
fn a_handler_that_is_stuck() {
    alone(async || {
        let vhost = vhost("stuck").await?;
        let lane = Lane::rust("stuck").option("heartbeat_timeout_threshold=2");
        let scenario = Scenario::start(&vhost, [lane]).await?;
        keeps_connections(&vhost, async || {
            let stuck = scenario.lanes()[0].request(Kind::Call, SHORTER, STUCK);
            let Outcome::Unclear(why) = stuck.await? else { bail!("it was not stuck") };
            ensure!(why.contains("the broker has the request, no reply came"), "{why}");
            scenario.recovered().await?;
            let stuck = scenario.lanes()[0].request(Kind::Call, PATIENCE, STUCK).await?;
            ensure!(matches!(stuck, Outcome::Answered(_)), "{stuck:?}");
            Ok(())
        })
        .await?;
        scenario.finish().await.map(drop)
    });
}

#[test]
fn a_handler_that_blocks_its_thread() {
    alone(async || {
        let vhost = vhost("blocking").await?;
        let lane = Lane::rust("blocking").blocking().option("heartbeat_timeout_threshold=2");
        let scenario = Scenario::start(&vhost, [lane]).await?;
        keeps_connections(&vhost, async || {
            // All tasks of this test, handlers and clients, are on the thread that the handler keeps.
            let stuck = scenario.lanes()[0].request(Kind::Call, PATIENCE, STUCK);
            let (stuck, blocked) = longest_pause(stuck).await;
            let stuck = stuck?;
            ensure!(matches!(stuck, Outcome::Answered(_)), "{stuck:?}");
            // Up to when it began, which is after something else on its thread.
            ensure!(blocked.as_secs_f64() >= STUCK - 0.5, "its thread goes on after {blocked:?}");
            scenario.recovered().await
        })
        .await?;
        scenario.finish().await.map(drop)
    });
}

/// What comes of it, and for how long at most nothing else was done meanwhile on the thread of the test.
async fn longest_pause<T>(meanwhile: impl Future<Output = T>) -> (T, Duration) {
    let (mut meanwhile, mut longest, mut last) = (pin!(meanwhile), Duration::ZERO, Instant::now());
    loop {
        let over = tokio::select! {
            over = &mut meanwhile => Some(over),
            () = sleep(Duration::from_millis(10)) => None,
        };
        longest = longest.max(last.elapsed());
        last = Instant::now();
        if let Some(over) = over {
            return (over, longest);
        }
    }
}

/// Does it, again if a connection is lost meanwhile: whoever has no heartbeats loses them every time. What comes of it
/// is judged if none is.
async fn keeps_connections(vhost: &Vhost, mut attempt: impl AsyncFnMut() -> Result<()>) -> Result<()> {
    let mut lost = Vec::new();
    for _ in 0..ATTEMPTS {
        let before = connections(vhost).await?;
        let outcome = attempt().await;
        let after = connections(vhost).await?;
        if after == before {
            return outcome;
        }
        lost.push((before, after, outcome));
    }
    bail!("connections are lost every time: {lost:?}")
}
