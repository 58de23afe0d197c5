//! A cluster that loses the node that leads its quorum queues.

use anyhow::{Context as _, ensure};
use futures::future::try_join_all;
use rpc_runtime::{CallOptions, Context, Server, Target, Transport};
use rpc_tests::campaign::{Lane, Ledger, Scenario, WorkApi, Worker, alone};
use rpc_tests::limits::{PATIENCE, TEST};
use rpc_tests::{Broker, Cluster, until};
use tokio::time::timeout;

use super::QUICK;

/// Casts to a quorum queue that has lost its majority: more than the client may have in flight, there and elsewhere.
const STUCK: u64 = 3_000;
/// Calls to another topic meanwhile, one after the other.
const FREE: u64 = 50;

#[test]
fn a_quorum_queue_without_a_majority_holds_up_nothing_else() {
    alone(async || {
        let mut cluster = Cluster::start(3).await?;
        // All of it on the node that is left.
        let url = format!("{}?{}", cluster.nodes()[0].node().url(), QUICK.join("&"));
        let connect = async |options: &str| Transport::connect(&format!("{url}&{options}")).await;
        let quorum = connect("rabbit_quorum_queue=true").await?;
        let classic = connect("amqp_durable_queues=true").await?;
        let client = connect("amqp_durable_queues=true").await?;
        let ledger = Ledger::new("a").into();
        let serve = |transport: &Transport, topic: &str| {
            let worker = WorkApi::endpoint(Worker::new("a", &ledger));
            Server::builder(transport, Target::new(topic).with_server("a")).endpoint(worker).start()
        };
        let servers = [serve(&quorum, "stuck").await?, serve(&classic, "free").await?];
        let to =
            |topic: &str, limit| WorkApi::new(&client).with(CallOptions::new().topic(topic).timeout(limit));
        let (stuck, free) = (to("stuck", TEST), to("free", PATIENCE));
        for api in [&stuck, &free] {
            ensure!(api.work(&Context::new(), 0).call().await? == 0);
        }

        for node in &mut cluster.nodes()[1..] {
            node.kill()?;
        }
        let cast = |n| tokio::spawn(stuck.work(&Context::new(), n).cast().into_future());
        let casts: Vec<_> = (1..=STUCK).map(cast).collect();
        for n in 1..=FREE {
            let answer = timeout(PATIENCE, free.work(&Context::new(), n).call().into_future()).await;
            ensure!(answer.with_context(|| format!("call {n} is held up"))?? == n);
        }
        ensure!(casts.iter().all(|cast| !cast.is_finished()), "there is a majority");

        // At once: the first one alone waits for others.
        try_join_all(cluster.nodes()[1..].iter_mut().map(Broker::restart)).await?;
        for cast in casts {
            cast.await??;
        }
        ensure!(stuck.work(&Context::new(), 0).call().await? == 0);
        for server in servers {
            server.shutdown(PATIENCE).await?;
        }
        Ok(())
    });
}

#[test]
fn the_leader_of_the_queues_dies() {
    alone(async || {
        let mut cluster = Cluster::start(3).await?;
        let vhost = cluster.node()?.default_vhost();
        let lane =
            Lane::rust("quorum").at(&cluster.url()).quorum().option("rabbit_transient_quorum_queue=true");
        let lane = QUICK.iter().fold(lane, |lane, option| lane.option(option));
        let scenario = Scenario::start(&vhost, [lane]).await?;

        // A queue is led where it was declared: the node that the server is connected to.
        let leader = cluster.leader("quorum").await?.context("the queue has no leader")?;
        let lost = leader.node().port();
        leader.kill()?;
        scenario.recovered().await?;
        until("another node leads", async || {
            Ok(cluster.leader("quorum").await?.filter(|leader| leader.node().port() != lost).map(drop))
        })
        .await?;
        let node = cluster.nodes().iter_mut().find(|node| !node.is_running());
        node.context("all nodes run")?.restart().await?;

        scenario.recovered().await?;
        scenario.finish().await.map(drop)
    });
}
