//! A broker that takes no messages for a while.

use rpc_runtime::ConnectionStatus;
use rpc_tests::Broker;
use rpc_tests::campaign::{Lane, Scenario, alone};

use super::told;

#[test]
fn a_memory_alarm_on_and_off() {
    alone(async || {
        let broker = Broker::start().await?;
        let vhost = broker.node().default_vhost();
        let scenario =
            Scenario::start(&vhost, [Lane::rust("transient"), Lane::rust("quorum").quorum()]).await?;
        broker.node().ctl(&["set_vm_memory_high_watermark", "0.0000001"]).await?;
        for lane in scenario.lanes() {
            told(lane, "the broker blocks the connection: low on memory").await?;
            let ConnectionStatus::Blocked { reason, .. } = lane.transport().status().send else {
                panic!("{:?}", lane.transport().status());
            };
            assert_eq!(reason, "low on memory");
        }
        broker.node().ctl(&["set_vm_memory_high_watermark", "0.4"]).await?;
        scenario.recovered().await?;
        for lane in scenario.lanes() {
            assert!(lane.transport().status().is_ready(), "{:?}", lane.transport().status());
        }
        scenario.finish().await.map(drop)
    });
}
