//! The calling side.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use bytes::Bytes;
use futures::StreamExt;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Channel, Connection, Consumer};

use super::amqp::{casts, connect, consume, notifications, properties, publish, reply_queue, taken};
use super::event;
use super::template::Template;
use crate::load::Client;
use crate::messages::{CALL, CLIENT, MESSAGE, Messages};
use crate::setup::{Setup, Side};
use crate::waiters::{Id, Waiters};

pub(crate) struct Caller {
    channel: Channel,
    /// For the replies, as long as it is there.
    _listen: Connection,
    /// Of the exchange and of the queue for calls.
    address: String,
    casts: String,
    notifications: String,
    notification: Bytes,
    /// The payload, if each notification is written anew.
    event: Option<String>,
    call: Template<3>,
    cast: Bytes,
    /// Calls take them in turn.
    reply_queues: Vec<Id>,
    next: AtomicU64,
    waiters: Arc<Waiters<()>>,
}

pub(crate) async fn client(setup: &Setup) -> Result<Caller> {
    let messages = Messages::of(setup.body)?;
    let (channel, listen) = connect(setup, Side::Client).await?;
    let (listening, waiters) = (listen.create_channel().await?, Arc::<Waiters<()>>::default());
    // No other process has queues of these names.
    let ids = (0..setup.reply_queues as u64).map(|number| id((u64::from(std::process::id()) << 32) + number));
    let reply_queues = ids.collect::<Result<Vec<_>>>()?;
    for queue in &reply_queues {
        let queue = reply_queue(queue)?;
        // Not durable, whatever that of the requests is, and gone with this process.
        let options = QueueDeclareOptions { auto_delete: true, ..Default::default() };
        listening.queue_declare(queue.as_str().into(), options, FieldTable::default()).await?;
        let replies = consume(&listening, &queue, true).await?;
        tokio::spawn(receive(replies, Template::new(&messages.reply, [CALL])?, Arc::clone(&waiters)));
    }
    Ok(Caller {
        channel,
        _listen: listen,
        address: setup.address(),
        casts: casts(&setup.address()),
        notifications: notifications(setup),
        notification: messages.notification,
        event: setup.client.has_events().then_some(messages.notified),
        call: Template::new(&messages.call, [CALL, MESSAGE, CLIENT])?,
        cast: messages.cast,
        reply_queues,
        next: AtomicU64::new(0),
        waiters,
    })
}

/// Wakes who waits for each reply.
async fn receive(mut replies: Consumer, reply: Template<1>, waiters: Arc<Waiters<()>>) {
    while let Some(Ok(delivery)) = replies.next().await {
        if let Some([call]) = reply.ids(&delivery.data) {
            waiters.wake(&call, ());
        }
    }
}

impl Client for Caller {
    async fn call(&self) -> Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = id(number)?;
        let queue = &self.reply_queues[number as usize % self.reply_queues.len()];
        let reply = self.waiters.wait(id);
        let body = self.call.with([&id, &id, queue]);
        let properties = properties().with_expiration("60000".into());
        let confirm = publish(&self.channel, &self.address, &self.address, true, &body, properties).await?;
        reply.await?;
        // As a rule it came before the reply, so there is nothing to wait for.
        taken(confirm).await
    }

    async fn cast(&self) -> Result<()> {
        taken(publish(&self.channel, &self.address, &self.casts, false, &self.cast, properties()).await?)
            .await
    }

    async fn notify(&self) -> Result<()> {
        let body = match &self.event {
            Some(payload) => event::write(payload)?,
            None => self.notification.clone(),
        };
        let queue = &self.notifications;
        taken(publish(&self.channel, &self.address, queue, true, &body, properties()).await?).await
    }
}

fn id(number: u64) -> Result<Id> {
    let id = format!("{number:0width$x}", width = CALL.len());
    Ok(id.as_bytes().try_into()?)
}
