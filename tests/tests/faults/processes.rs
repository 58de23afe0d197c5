//! Servers and clients that are killed.

use std::time::Duration;

use anyhow::{Result, ensure};
use rpc_tests::campaign::{Lane, PROCESS_WORKERS, Scenario, Tally, alone};
use rpc_tests::{Vhost, until};

use super::{QUICK, vhost};

/// The program that servers and clients are processes of.
const PEER: &str = env!("CARGO_BIN_EXE_peer");

/// What a killed process leaves in the broker goes after two seconds.
const SHORT_LIVED: &str = "rabbit_transient_queues_ttl=2";

/// How often a server is killed.
const KILLS: usize = 2;
/// How long each request takes it, in seconds: at a hundred a second it is in the middle of about forty.
const WORK: f64 = 0.4;
/// The deadline of what may be lost with a server: what is not has to be executed before, by the next server.
const TO_BE_LOST: Duration = Duration::from_secs(10);
/// The deadline where nothing may be lost.
const TO_BE_ANSWERED: Duration = Duration::from_secs(60);
/// How many calls it is in the middle of, at least, when it is killed.
const BEGUN: usize = 5;

#[test]
fn a_server_killed_in_the_middle_of_requests() {
    alone(async || {
        let vhost = vhost("killed").await?;
        // What it is in the middle of goes with it. What it took in its last instant may be done again: an
        // acknowledgement that is written is not received yet.
        let lane = Lane::process("killed", PEER).deadline(TO_BE_LOST).may_lose().may_repeat();
        let tally = killed(&vhost, lane).await?;
        ensure!(tally.unclear >= KILLS, "nothing was in progress: {tally}");
        ensure!(tally.unclear + tally.lost <= KILLS * PROCESS_WORKERS, "{tally}");
        Ok(())
    });
}

#[test]
fn a_server_killed_that_acknowledges_late() {
    alone(async || {
        let vhost = vhost("late").await?;
        // What a server was at work on is done again by the next one: nothing is lost, and every call
        // is answered.
        let tally =
            killed(&vhost, Lane::process("late", PEER).deadline(TO_BE_ANSWERED).late().may_repeat()).await?;
        ensure!(tally.repeated >= KILLS, "nothing was in progress: {tally}");
        ensure!(tally.answered == tally.calls && tally.confirmed == tally.casts, "{tally}");
        ensure!(tally.lost == 0, "{tally}");
        Ok(())
    });
}

/// Kills the server of a lane again and again, each time in the middle of requests.
async fn killed(vhost: &Vhost, lane: Lane) -> Result<Tally> {
    let mut scenario = Scenario::start(vhost, [lane.taking(WORK).option(SHORT_LIVED)]).await?;
    for _ in 0..KILLS {
        let ledger = scenario.lanes()[0].ledger();
        until("it is in the middle of calls", async || {
            Ok((ledger.calls_in_the_middle() >= BEGUN).then_some(()))
        })
        .await?;
        scenario.lanes_mut()[0].kill_server().await?;
        scenario.recovered().await?;
    }
    Ok(scenario.finish().await?.remove(0))
}

#[test]
fn a_client_killed_in_the_middle_of_calls() {
    const CALLS: u64 = 100;
    alone(async || {
        let vhost = vhost("client").await?;
        // More workers than the calls of the client: it takes none from the load before it is killed,
        // and all of them after that if replies to nobody keep them busy.
        let lane = Lane::rust("client")
            .serving(|server| server.workers(150))
            .option("kombu_missing_consumer_retry_timeout=3");
        let lane = QUICK.iter().fold(lane, |lane, option| lane.option(option));
        let scenario = Scenario::start(&vhost, [lane]).await?;
        scenario.lanes()[0].kill_client(PEER, CALLS).await?;
        scenario.recovered().await?;
        // Its reply queue expires, and what waits for it is dropped: all is as it was before.
        let tally = scenario.finish().await?.remove(0);
        ensure!(
            tally.unclear == usize::try_from(CALLS)? && tally.answered + tally.unclear == tally.calls,
            "{tally}"
        );
        Ok(())
    });
}
