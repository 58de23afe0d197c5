//! Faults of the network between a broker and all of its clients.

use std::time::Duration;

use anyhow::Result;
use rpc_tests::campaign::{Lane, Scenario, alone};
use rpc_tests::proxy::{Direction, End, Flow, Proxy};
use rpc_tests::{Broker, until};

use super::QUICK;

const BOTH: [Direction; 2] = [Direction::ToBroker, Direction::ToClient];
/// Two for the client and two for the server.
const CONNECTIONS: usize = 4;

/// Runs `fault` on the network of a client and a server: nothing may be lost or done twice as long
/// as they and the broker live.
async fn network(
    name: &'static str,
    fault: impl AsyncFnOnce(&Proxy, &Scenario<'_>) -> Result<()>,
) -> Result<()> {
    let node = Broker::shared()?;
    let vhost = node.vhost(name).await?;
    let proxy = Proxy::start(node.port()).await?;
    let lane = QUICK
        .iter()
        .fold(Lane::rust(name).at(&proxy.through(&vhost.url())), |lane, option| lane.option(option));
    let scenario = Scenario::start(&vhost, [lane]).await?;
    fault(&proxy, &scenario).await?;
    proxy.resume();
    scenario.recovered().await?;
    scenario.finish().await.map(drop)
}

/// Waits until there were as many new connections as there are in all.
async fn reconnected(proxy: &Proxy, before: usize) -> Result<()> {
    let enough = before + CONNECTIONS;
    until("connections are made again", async || Ok((proxy.accepted() >= enough).then_some(()))).await
}

#[test]
fn connections_that_end() {
    alone(async || {
        network("ends", async |proxy, scenario| {
            for end in [End::Reset, End::Close, End::Reset] {
                let before = proxy.accepted();
                proxy.end_connections(end);
                reconnected(proxy, before).await?;
                scenario.recovered().await?;
            }
            Ok(())
        })
        .await
    });
}

#[test]
fn a_slow_network() {
    alone(async || {
        network("slow", async |proxy, scenario| {
            for direction in BOTH {
                proxy.set(direction, Flow::Delay(Duration::from_millis(300)));
            }
            scenario.recovered().await
        })
        .await
    });
}

#[test]
fn frames_cut_on_their_way_to_the_broker() {
    alone(async || {
        network("cut-to-broker", async |proxy, scenario| cut(proxy, scenario, Direction::ToBroker).await)
            .await
    });
}

#[test]
fn frames_cut_on_their_way_to_the_client() {
    alone(async || {
        network("cut-to-client", async |proxy, scenario| cut(proxy, scenario, Direction::ToClient).await)
            .await
    });
}

/// Cuts every connection, new ones included, in the middle of some frame: of its requests, its
/// handshake, its declarations.
async fn cut(proxy: &Proxy, scenario: &Scenario<'_>, direction: Direction) -> Result<()> {
    for (after, end) in [(1000, End::Reset), (10, End::Close), (2000, End::Close), (700, End::Reset)] {
        let before = proxy.accepted();
        proxy.set(direction, Flow::Cut { after, end });
        reconnected(proxy, before).await?;
        proxy.resume();
        scenario.recovered().await?;
    }
    Ok(())
}

#[test]
fn silence_towards_the_broker() {
    alone(async || {
        network("silent-to-broker", async |proxy, _| silence(proxy, &[Direction::ToBroker]).await).await
    });
}

#[test]
fn silence_towards_the_client() {
    alone(async || {
        network("silent-to-client", async |proxy, _| silence(proxy, &[Direction::ToClient]).await).await
    });
}

#[test]
fn silence_both_ways() {
    alone(async || network("silent", async |proxy, _| silence(proxy, &BOTH).await).await);
}

/// Nothing arrives, for longer than the heartbeat allows: every connection is given up.
async fn silence(proxy: &Proxy, directions: &[Direction]) -> Result<()> {
    let before = proxy.accepted();
    for direction in directions {
        proxy.set(*direction, Flow::Swallow);
    }
    reconnected(proxy, before).await
}

#[test]
fn a_network_that_stalls_and_goes_on() {
    alone(async || {
        network("stalls", async |proxy, scenario| {
            for direction in BOTH {
                proxy.set(direction, Flow::Hold);
                // Less than the heartbeat allows.
                tokio::time::sleep(Duration::from_secs(1)).await;
                proxy.resume();
                scenario.recovered().await?;
            }
            Ok(())
        })
        .await
    });
}
