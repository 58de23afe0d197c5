//! What `#[derive(RpcNotification)]` writes and reads, form by form.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod forms;
mod nova;
mod patterns;
mod refused;

use std::fmt::Debug;

use rpc_runtime::RpcNotification;
use rpc_runtime::notification::{Notification, Priority};
use serde::Serialize;
use serde_json::Value;

/// An event as it may come, of whatever priority.
fn came(event_type: &str, payload: &impl Serialize) -> Notification {
    Notification::new(Priority::Sample, event_type, payload).unwrap()
}

/// Checks what is written, and that it is read as the same event.
fn there_and_back<E>(event: &E, priority: Priority, event_type: &str, payload: &Value)
where
    E: RpcNotification + PartialEq + Debug,
{
    let sent = event.notification().unwrap();
    assert_eq!((sent.priority(), sent.event_type()), (priority, event_type));
    assert_eq!(&sent.payload().decode::<Value>().unwrap(), payload);
    assert_eq!(E::read(&sent).unwrap().as_ref(), Some(event));
}
