//! Notifications between Rust and Python, in both directions, and what both decide alike.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod batches;
mod filters;
mod from_python;
mod hearing;
mod nova;
mod peers;
mod queues;
mod routing;
mod secrets;
mod to_python;

use rpc_runtime::Transport;
use rpc_tests::{Broker, PythonNotifier, Vhost, until};
use serde_json::{Value, json};

/// A virtual host of the shared broker.
async fn vhost(name: &str) -> Vhost {
    Broker::shared().unwrap().vhost(name).await.unwrap()
}

/// A transport of its own, as another process would have it.
async fn connect(vhost: &Vhost) -> Transport {
    Transport::connect(&vhost.url()).await.unwrap()
}

/// Waits until the queues hold so many messages, by name; those that are not named hold none.
async fn hold(vhost: &Vhost, expected: &[(&str, u64)]) {
    let mut last = Vec::new();
    let held = until("the queues hold what is expected", async || {
        last = vhost.queues().await?;
        let of = |name: &str| {
            expected.iter().find(|(queue, _)| *queue == name).map_or(0, |(_, messages)| *messages)
        };
        Ok(last.iter().all(|queue| queue.messages == of(&queue.name)).then_some(()))
    })
    .await;
    held.unwrap_or_else(|error| panic!("{error}: {last:?}"));
}

async fn python_notifier(vhost: &Vhost) -> PythonNotifier {
    PythonNotifier::builder(&vhost.url()).start().await.unwrap()
}

/// A notification of Python's for the topic `t`, with more `keys` of the script.
fn notification(priority: &str, event: &str, payload: Value, keys: Value) -> Value {
    let mut notification = json!({"priority": priority, "event": event, "payload": payload, "topics": ["t"]});
    if let (Some(notification), Value::Object(keys)) = (notification.as_object_mut(), keys) {
        notification.extend(keys);
    }
    notification
}

/// The formats, by the drivers of oslo.messaging that write them.
const FORMATS: [&str; 2] = ["messagingv2", "messaging"];
