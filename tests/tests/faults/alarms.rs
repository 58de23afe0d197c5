//! A broker that takes no messages for a while.

use anyhow::Result;
use rpc_runtime::ConnectionStatus;
use rpc_tests::campaign::{Lane, Scenario, alone};
use rpc_tests::{Alarm, Broker, until};

use super::told;

#[test]
fn a_memory_alarm_on_and_off() {
    alone(async || alarm(Alarm::Memory, "low on memory").await);
}

#[test]
fn a_disk_alarm_on_and_off() {
    alone(async || alarm(Alarm::Disk, "low on disk").await);
}

/// The alarm goes on and off, and `words` are what the broker says of it.
async fn alarm(alarm: Alarm, words: &str) -> Result<()> {
    let broker = Broker::start().await?;
    let vhost = broker.node().default_vhost();
    let scenario = Scenario::start(&vhost, [Lane::rust("transient"), Lane::rust("quorum").quorum()]).await?;
    alarm.on(broker.node()).await?;
    for lane in scenario.lanes() {
        told(lane, &format!("the broker blocks the connection: {words}")).await?;
        let status = lane.transport()?.status();
        let Some(ConnectionStatus::Blocked { reason, .. }) = status.connection("send") else {
            panic!("{status:?}");
        };
        assert_eq!(reason, words);
    }
    alarm.off(broker.node()).await?;
    scenario.recovered().await?;
    for lane in scenario.lanes() {
        let transport = lane.transport()?;
        until("its connections are ready", async || Ok(transport.status().is_ready().then_some(()))).await?;
    }
    scenario.finish().await.map(drop)
}
