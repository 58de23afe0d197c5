//! Faults of the network between a broker and all of its clients.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rpc_runtime::{Context, Server, Target, Transport};
use rpc_tests::campaign::{Lane, Ledger, Scenario, WorkApi, Worker, alone};
use rpc_tests::limits::{PATIENCE, TEST};
use rpc_tests::proxy::{Direction, End, Flow, Proxy};
use rpc_tests::{Broker, Vhost, until};
use tokio::time::timeout;

use super::QUICK;

const BOTH: [Direction; 2] = [Direction::ToBroker, Direction::ToClient];
/// For a network on which a handshake takes seconds.
const PATIENT: [&str; 3] =
    ["heartbeat_timeout_threshold=6", "connect_timeout=20", "kombu_reconnect_delay=0.1"];
/// Two for the client and two for the server.
const CONNECTIONS: usize = 4;

/// Runs `fault` on the network of a client and a server: nothing may be lost or done twice as long
/// as they and the broker live.
async fn network(
    name: &'static str,
    fault: impl AsyncFnOnce(&Proxy, &Scenario<'_>) -> Result<()>,
) -> Result<()> {
    network_with(name, QUICK, fault).await
}

/// The same with other options.
async fn network_with(
    name: &'static str,
    options: [&str; 3],
    fault: impl AsyncFnOnce(&Proxy, &Scenario<'_>) -> Result<()>,
) -> Result<()> {
    let node = Broker::shared()?;
    let vhost = node.vhost(name).await?;
    let proxy = Proxy::start(node.port()).await?;
    let lane = Lane::rust(name).at(&proxy.through(&vhost.url()));
    let lane = options.iter().fold(lane, |lane, option| lane.option(option));
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
        network_with("slow", PATIENT, async |proxy, scenario| {
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

/// A client and a server by way of a proxy; the client waits for an answer for as long as a test may take.
async fn quiet(proxy: &Proxy, vhost: &Vhost, option: &str) -> Result<(Transport, Transport, Server)> {
    let url = format!("{}?kombu_reconnect_delay=0.1&{option}", proxy.through(&vhost.url()));
    let client = Transport::builder(&url)?.response_timeout(TEST).connect().await?;
    let transport = Transport::connect(&url).await?;
    let worker = WorkApi::endpoint(Worker::new("a", &Ledger::new("a").into()));
    let server = Server::builder(&transport, Target::new("work").with_server("a")).endpoint(worker);
    let server = server.start().await?;
    ensure!(WorkApi::new(&client).work(&Context::new(), 0).call().await? == 0);
    Ok((client, transport, server))
}

/// A load balancer that ends what is idle for less than the heartbeat.
#[test]
fn idle_connections_that_are_cut() {
    alone(async || {
        let node = Broker::shared()?;
        let vhost = node.vhost("idle").await?;
        let proxy = Proxy::start(node.port()).await?;
        // Without heartbeats in that time.
        let (client, transport, server) = quiet(&proxy, &vhost, "heartbeat_timeout_threshold=600").await?;
        for (n, end) in [(1, End::Reset), (2, End::Close)] {
            let before = proxy.accepted();
            for direction in BOTH {
                proxy.set(direction, Flow::CutIdle { after: Duration::from_secs(2), end });
            }
            reconnected(&proxy, before).await?;
            let api = WorkApi::new(&client);
            ensure!(api.work(&Context::new(), n).call().await? == n);
            api.work(&Context::new(), n).cast().await?;
            proxy.resume();
        }
        server.shutdown(PATIENCE).await?;
        client.close(PATIENCE).await;
        transport.close(PATIENCE).await;
        Ok(())
    });
}

/// The same with heartbeats that are sent in time: each half of what is set, so the limit may be no shorter than that.
#[test]
fn idle_connections_with_heartbeats() {
    alone(async || {
        let node = Broker::shared()?;
        let vhost = node.vhost("beating").await?;
        let proxy = Proxy::start(node.port()).await?;
        let limit = Duration::from_secs(10);
        for direction in BOTH {
            proxy.set(direction, Flow::CutIdle { after: limit, end: End::Reset });
        }
        let (client, transport, server) = quiet(&proxy, &vhost, "heartbeat_timeout_threshold=4").await?;
        let before = proxy.accepted();
        tokio::time::sleep(limit + limit / 5).await;
        ensure!(proxy.accepted() == before && BOTH.iter().all(|way| proxy.affected(*way) == 0), "{proxy:?}");
        ensure!(WorkApi::new(&client).work(&Context::new(), 1).call().await? == 1);
        server.shutdown(PATIENCE).await?;
        client.close(PATIENCE).await;
        transport.close(PATIENCE).await;
        Ok(())
    });
}

/// A load balancer that has forgotten connections and tells nobody.
#[test]
fn idle_connections_that_are_forgotten() {
    alone(async || {
        let node = Broker::shared()?;
        let vhost = node.vhost("forgotten").await?;
        let proxy = Proxy::start(node.port()).await?;
        let (client, transport, server) = quiet(&proxy, &vhost, "heartbeat_timeout_threshold=2").await?;
        let api = WorkApi::new(&client);
        for n in 1..=3 {
            proxy.forget_connections();
            // What is sent at once is lost with the connection, and sent again once that is given up.
            let (call, cast) = (api.work(&Context::new(), n), api.work(&Context::new(), n));
            let both = async { tokio::join!(call.call().into_future(), cast.cast().into_future()) };
            let (call, cast) = timeout(PATIENCE, both).await.context("it waits for more than heartbeats")?;
            ensure!(call? == n);
            cast?;
        }
        server.shutdown(PATIENCE).await?;
        client.close(PATIENCE).await;
        transport.close(PATIENCE).await;
        Ok(())
    });
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
