//! Events of one type, patterns that are none, and parameters that are no fields.

use rpc_runtime::RpcNotification;
use rpc_runtime::notification::Notification;

#[derive(RpcNotification)]
pub enum InstanceEvent {
    #[event(type = "instance.update", priority = info)]
    Update(String),
    #[event(type = "instance.{action}", priority = info)]
    Acted { action: String },
    #[event(type = "instance.update", priority = error)]
    UpdateError(String),
    #[event(type = "instance.{phase}", priority = info)]
    Phased { phase: String },
    #[event(type = "instance-{action}.end", priority = info)]
    Ended { action: String },
    #[event(type = "compute.{acton}", priority = info)]
    Compute { action: String },
    #[event(type = "compute..end", priority = info)]
    Nothing,
    #[event(other)]
    Other(Notification),
    #[event(other)]
    Others(String, Notification),
}

fn assert_events<E: RpcNotification>() {}

fn main() {
    assert_events::<InstanceEvent>();
}
