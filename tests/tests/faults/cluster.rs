//! A cluster that loses the node that leads its quorum queues.

use anyhow::Context;
use rpc_tests::campaign::{Lane, Scenario, alone};
use rpc_tests::{Cluster, until};

use super::QUICK;

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
