//! Keys that are unknown, given twice or in the wrong place, and values that none is.

use rpc_runtime::RpcNotification;
use rpc_runtime::notification::Notification;

#[derive(RpcNotification)]
#[notification(topic = "notifications.info", exchange = "nova.#", version = "1.1", tpoic = "t")]
#[event(type = "instance.create", priority = info)]
pub enum InstanceEvent {
    #[event(type = "instance.create.start", priority = fatal, since = "1.2")]
    CreateStart(String),
    #[event(type = "instance.create.end", type = "instance.create.stop", priority = "info")]
    CreateEnd(#[event(payload)] String),
    #[event(priority = info, since = "1.0")]
    #[notification(topic = "t")]
    Paused,
    #[event(other, priority = info)]
    Other(Notification),
}

fn assert_events<E: RpcNotification>() {}

fn main() {
    assert_events::<InstanceEvent>();
}
