//! A broker that takes no messages for a while.

use anyhow::Result;
use rpc_runtime::ConnectionStatus;
use rpc_tests::Broker;
use rpc_tests::campaign::{Lane, Scenario, alone};

use super::told;

#[test]
fn a_memory_alarm_on_and_off() {
    alone(async || alarm("set_vm_memory_high_watermark", ["0.0000001", "0.4"], "low on memory").await);
}

#[test]
fn a_disk_alarm_on_and_off() {
    // More than any disk has, and the default.
    alone(async || alarm("set_disk_free_limit", ["1000000GB", "50MB"], "low on disk").await);
}

/// The alarm goes on and off with a limit that `rabbitmqctl` sets.
async fn alarm(limit: &str, [on, off]: [&str; 2], words: &str) -> Result<()> {
    let broker = Broker::start().await?;
    let vhost = broker.node().default_vhost();
    let scenario = Scenario::start(&vhost, [Lane::rust("transient"), Lane::rust("quorum").quorum()]).await?;
    broker.node().ctl(&[limit, on]).await?;
    for lane in scenario.lanes() {
        told(lane, &format!("the broker blocks the connection: {words}")).await?;
        let ConnectionStatus::Blocked { reason, .. } = lane.transport()?.status().send else {
            panic!("{:?}", lane.transport()?.status());
        };
        assert_eq!(reason, words);
    }
    broker.node().ctl(&[limit, off]).await?;
    scenario.recovered().await?;
    for lane in scenario.lanes() {
        assert!(lane.transport()?.status().is_ready(), "{:?}", lane.transport()?.status());
    }
    scenario.finish().await.map(drop)
}
