//! A set that is generic.

use rpc_runtime::RpcNotification;

#[derive(RpcNotification)]
#[event(type = "instance.update", priority = info)]
pub struct Update<T> {
    instance: T,
}

fn main() {}
