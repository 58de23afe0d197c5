//! Servers and clients that are killed.

use std::time::Duration;

use anyhow::ensure;
use rpc_runtime::Kind;
use rpc_tests::campaign::{Lane, Outcome, Process, Scenario, alone};
use rpc_tests::until;

use super::{QUICK, vhost};

/// The program that servers and clients are processes of.
const PEER: &str = env!("CARGO_BIN_EXE_peer");

/// What a killed process leaves in the broker goes after two seconds.
const SHORT_LIVED: &str = "rabbit_transient_queues_ttl=2";

#[test]
fn a_server_killed_in_the_middle_of_requests() {
    alone(async || {
        let vhost = vhost("killed").await?;
        // At a hundred a second it is in the middle of about twenty, which go with it. What it took in
        // its last instant may be done again: an acknowledgement that is written is not received yet.
        let lane = Lane::process("killed", PEER)
            .taking(0.2)
            .deadline(Duration::from_secs(5))
            .may_lose()
            .may_repeat()
            .option(SHORT_LIVED);
        let mut scenario = Scenario::start(&vhost, [lane]).await?;
        for _ in 0..2 {
            scenario.lanes_mut()[0].kill_server().await?;
            scenario.recovered().await?;
        }
        scenario.finish().await.map(drop)
    });
}

#[test]
fn a_server_killed_that_acknowledges_late() {
    alone(async || {
        let vhost = vhost("late").await?;
        // What a server was at work on is done again by the next one: nothing is lost, and every call
        // is answered.
        let lane = Lane::process("late", PEER).late().taking(0.2).may_repeat().option(SHORT_LIVED);
        let mut scenario = Scenario::start(&vhost, [lane]).await?;
        for _ in 0..2 {
            scenario.lanes_mut()[0].kill_server().await?;
            scenario.recovered().await?;
        }
        let tally = scenario.finish().await?.remove(0);
        ensure!(tally.answered == tally.calls && tally.confirmed == tally.casts, "{tally}");
        Ok(())
    });
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
        let ledger = scenario.lanes()[0].ledger();

        let ids: Vec<_> = (0..CALLS).map(|_| ledger.sent(Kind::Call)).collect();
        let url = format!("{}?control_exchange=client&{SHORT_LIVED}", vhost.url());
        let (first, count) = (ids[0].to_string(), CALLS.to_string());
        let what = ["client", "--first", &first, "--count", &count, "--seconds", "3"];
        let client =
            Process::start(PEER, &[&["--url", &url, "--topic", "client"], &what[..]].concat(), ledger)
                .await?;
        until("its calls are executed", async || {
            Ok((ledger.executed_of(ids[0]..ids[0] + CALLS) == ids.len()).then_some(()))
        })
        .await?;
        client.kill().await?;
        for id in ids {
            ledger.ended(id, Outcome::Unclear("its client was killed".to_owned()), Duration::ZERO);
        }
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
