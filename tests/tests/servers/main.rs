//! Servers on a real broker that lose connections, messages and patience.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod consumers;
mod dead_letters;
mod duplicates;
mod gate;
mod late;
mod limits;
mod listeners;
mod load;
mod log;
mod rabbitmq4;
mod raw;
mod replies;
mod services;

use rpc_runtime::Transport;
use rpc_tests::{Broker, Queue, Vhost};

/// A virtual host of the shared broker.
async fn vhost(name: &str) -> Vhost {
    Broker::shared().unwrap().vhost(name).await.unwrap()
}

/// A transport of its own, with options as in a URL.
async fn connect(vhost: &Vhost, options: &str) -> Transport {
    Transport::connect(&format!("{}?{options}", vhost.url())).await.unwrap()
}

/// The queue of that name.
async fn queue(vhost: &Vhost, name: &str) -> anyhow::Result<Option<Queue>> {
    Ok(vhost.queues().await?.into_iter().find(|queue| queue.name == name))
}

/// Waits until a queue holds so many messages, of which so many are with a consumer.
async fn holds(vhost: &Vhost, name: &str, messages: u64, unacknowledged: u64) {
    let what = format!("{name} holds {messages}, {unacknowledged} of them unacknowledged");
    let counts = async || {
        let queue = queue(vhost, name).await?;
        let counts = queue.map(|queue| (queue.messages, queue.messages_unacknowledged));
        Ok((counts == Some((messages, unacknowledged))).then_some(()))
    };
    rpc_tests::until(&what, counts).await.unwrap();
}
