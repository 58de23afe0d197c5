//! Fields that cannot be what they are marked as.

use rpc_runtime::RpcNotification;

#[derive(RpcNotification)]
pub enum InstanceEvent {
    #[event(type = "instance.whole", priority = info)]
    Whole(Handle),
    #[event(type = "instance.{phase}", priority = info)]
    Phased { phase: Phase },
    #[event(type = "instance.object", priority = info, object)]
    Object(String),
    #[event(other)]
    Other(String),
}

pub struct Handle;

pub struct Phase;

fn assert_events<E: RpcNotification>() {}

fn main() {
    assert_events::<InstanceEvent>();
}
