//! Fields of which it is not clear what they are.

use rpc_runtime::RpcNotification;

#[derive(RpcNotification)]
pub enum InstanceEvent {
    #[event(type = "instance.two", priority = info)]
    Two(String, u64),
    #[event(type = "instance.{action}", priority = info)]
    Beside {
        action: String,
        #[event(payload)]
        instance: String,
        reason: String,
    },
    #[event(type = "instance.twice", priority = info)]
    Twice {
        #[event(name = "reason")]
        why: String,
        reason: String,
    },
    #[event(type = "instance.object", priority = info, object)]
    Object { instance: String },
    #[event(type = "instance.nothing", priority = info, object)]
    Nothing,
}

fn assert_events<E: RpcNotification>() {}

fn main() {
    assert_events::<InstanceEvent>();
}
