//! The calling side.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use lapin::{Channel, Consumer};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::super::Program;
use super::super::amqp::{
    casts, confirming, consume, declare_replies, delete_queues, listening, properties, publish, taken,
};
use super::super::template::{Id, Template};
use super::{CALL, Connections, REPLY_IDS, REQUEST_IDS, reply_queue};
use crate::content::{ID, Messages};
use crate::load::{Ended, Kind, Load, closed_loop};
use crate::role::Role;

pub(in crate::sides) struct Client {
    caller: Arc<Caller>,
    connections: Connections,
}

struct Caller {
    channel: Channel,
    /// Of the exchange and of the queue for calls.
    address: String,
    casts: String,
    call: Template,
    cast: Bytes,
    /// Calls take them in turn.
    reply_queues: Vec<Id>,
    next: AtomicU64,
    waiters: Mutex<HashMap<Id, oneshot::Sender<()>>>,
}

impl Client {
    pub(in crate::sides) async fn start(role: &Role, lapin: &Handle, messages: &Messages) -> Result<Self> {
        let connections = Connections::open(role, lapin).await?;
        // No other process has queues of these names.
        let process = u64::from(std::process::id()) << 32;
        let queues = (0..role.shape.reply_queues as u64).map(|number| id(process + number));
        let caller = Arc::new(Caller {
            channel: confirming(&connections.send).await?,
            address: role.address(),
            casts: casts(&role.address()),
            call: Template::new(&messages.call, &REQUEST_IDS)?,
            cast: messages.cast.clone(),
            reply_queues: queues.collect::<Result<_>>()?,
            next: AtomicU64::new(0),
            waiters: Mutex::default(),
        });
        let reply = Template::new(&messages.reply, &REPLY_IDS)?;
        let channel = listening(&connections.listen, None).await?;
        for queue in &caller.reply_queues {
            let queue = reply_queue(queue)?;
            declare_replies(&channel, &queue).await?;
            let replies = consume(&channel, &queue, false).await?;
            tokio::spawn(receive(replies, Arc::clone(&caller), reply.clone()));
        }
        Ok(Self { caller, connections })
    }
}

impl Program for Client {
    fn load(&self, load: Load, time: Duration) -> BoxFuture<'_, Result<Ended>> {
        let caller = Arc::clone(&self.caller);
        match load.kind {
            Kind::Call => closed_loop(load.in_flight, time, move || Arc::clone(&caller).call()).boxed(),
            Kind::Cast => closed_loop(load.in_flight, time, move || Arc::clone(&caller).cast()).boxed(),
        }
    }

    fn noted(&self) -> usize {
        0
    }

    fn stop(&mut self) -> BoxFuture<'_, Result<()>> {
        async {
            let queues = self.caller.reply_queues.iter().map(reply_queue).collect::<Result<Vec<_>>>()?;
            delete_queues(&self.connections.listen.create_channel().await?, &queues).await?;
            self.connections.close().await;
            Ok(())
        }
        .boxed()
    }
}

impl Caller {
    async fn call(self: Arc<Self>) -> Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = id(number)?;
        let queue = &self.reply_queues[number as usize % self.reply_queues.len()];
        let (waiter, reply) = oneshot::channel();
        self.waiters().insert(id, waiter);
        let body = self.call.with([&id, &id, queue]);
        let properties = properties().with_expiration("60000".into());
        let confirm = publish(&self.channel, &self.address, &self.address, true, &body, properties).await?;
        reply.await?;
        // As a rule it came before the reply, so there is nothing to wait for.
        taken(confirm).await
    }

    async fn cast(self: Arc<Self>) -> Result<()> {
        taken(publish(&self.channel, &self.address, &self.casts, false, &self.cast, properties()).await?)
            .await
    }

    fn waiters(&self) -> MutexGuard<'_, HashMap<Id, oneshot::Sender<()>>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes who waits for each reply.
async fn receive(mut replies: Consumer, caller: Arc<Caller>, reply: Template) {
    while let Some(Ok(delivery)) = replies.next().await {
        let waiter = reply.id(&delivery.data, CALL).and_then(|id| caller.waiters().remove(&id));
        if let Some(waiter) = waiter {
            // Without a receiver the measurement has failed.
            let _ = waiter.send(());
        }
    }
}

fn id(number: u64) -> Result<Id> {
    let id = format!("{number:0width$x}", width = ID.len());
    Ok(id.as_bytes().try_into()?)
}
