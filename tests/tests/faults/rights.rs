//! What a user may not do.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use rpc_runtime::{CallOptions, Context, FaultKind, Reached, RpcError, Transport};
use rpc_tests::Broker;
use rpc_tests::campaign::{Kind, Lane, Running, Scenario, WorkApi, alone};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::vhost;

/// The exchange that may be declared and not written to.
const FORBIDDEN: &str = "forbidden";
/// How often somebody tries all the same.
const EVERY: Duration = Duration::from_millis(20);
/// How long calls are counted with and without that, in turns, and how many turns there are.
const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 5;
/// What has to be left of the calls without it.
const LEFT: f64 = 0.95;

/// Each attempt would close the channel that all others are on: it is refused, and they do not notice.
#[test]
fn one_exchange_that_may_not_be_written_to() {
    alone(async || {
        let vhost = vhost("rights").await?;
        let (node, user) = (Broker::shared()?, vhost.name().to_owned());
        node.add_user(&user, "secret").await?;
        vhost.set_permissions(&user, [".*", &format!("^(?!{FORBIDDEN}$)"), ".*"]).await?;
        let url = vhost.url().replace("guest:guest@", &format!("{user}:secret@"));
        let scenario = Scenario::start(&vhost, [Lane::rust("rights").at(&url)]).await?;
        let lane = &scenario.lanes()[0];
        let (mut without, mut with) = (0, 0);
        for _ in 0..TURNS {
            without += calls(lane, sleep(TURN).map(Ok)).await?;
            let trespassing = timeout(TURN, trespass(lane.transport()?));
            with += calls(lane, async { trespassing.await.unwrap_or(Ok(())) }).await?;
        }
        let left = with as f64 / without as f64;
        ensure!(left >= LEFT, "{with} calls with it, {without} without");
        scenario.recovered().await?;
        let tally = scenario.finish().await.map(drop);
        node.delete_user(&user).await?;
        tally
    });
}

/// How many calls succeed while something happens.
async fn calls(lane: &Running, meanwhile: impl Future<Output = Result<()>>) -> Result<usize> {
    let from = lane.ledger().next_id();
    meanwhile.await?;
    Ok(lane.ledger().succeeded_since(from, Kind::Call))
}

/// Casts to the exchange, whatever became of the casts before, for as long as they are refused.
async fn trespass(transport: &Transport) -> Result<()> {
    let api = WorkApi::new(transport).with(CallOptions::new().exchange(FORBIDDEN));
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut trying = FuturesUnordered::new();
    loop {
        let outcome = tokio::select! {
            _ = ticks.tick() => {
                trying.push(api.work(&Context::new(), 0_u64).cast().into_future());
                continue;
            }
            Some(outcome) = trying.next() => outcome,
        };
        match outcome {
            Err(error @ RpcError::Connection { kind: FaultKind::Forbidden, .. }) => {
                ensure!(error.reached() < Reached::Sent && error.to_string().contains(FORBIDDEN), "{error}");
            }
            outcome => bail!("{outcome:?}"),
        }
    }
}
