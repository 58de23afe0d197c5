//! Raw lapin, doing for each message what this project has the broker do, and nothing else.
//!
//! * Four connections, two for each side: one to send and one to listen.
//! * Requests go through a topic exchange, replies to a plain named queue; both are confirmed, persistent
//!   (delivery mode 2) and, but for casts, mandatory. Properties and bodies are those of this project.
//! * The server has a prefetch of 256 and acknowledges each request by itself with `channel.basic_ack`; the
//!   client takes replies without acknowledging them.
//! * All callers publish on one confirm channel. That is the fastest that lapin has, and it is inexact: of
//!   messages that are refused or returned it reports some as taken. Here all are taken.
//! * Nothing is encoded or decoded: ids are copied to and from where they are in ready-made bodies.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::StreamExt;
use lapin::options::BasicAckOptions;
use lapin::{Channel, Connection, ConnectionProperties};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::amqp::{
    CALLS, CASTS, EXCHANGE, REPLIES, Subscription, confirming, declare, delete, properties, publish, taken,
    uri,
};
use super::content::{ID, Messages};
use super::load::{Case, Kind, Sample, closed_loop, handled};

const PREFETCH: Option<u16> = Some(256);
/// More of them in flight gain nothing.
const ACKS_IN_FLIGHT: usize = 32;

/// The id of a call in its 32 digits.
type Id = [u8; ID.len()];

pub(crate) struct Raw {
    client: Arc<Client>,
    noted: Arc<AtomicUsize>,
    sent: usize,
    connections: Vec<Connection>,
}

impl Raw {
    /// What lapin runs runs on `runtime`; the callers and the server do not.
    pub(crate) async fn start(url: &str, runtime: &Handle, messages: &Messages) -> Result<Self> {
        let uri = uri(url)?;
        let connect = async || {
            let connecting = Connection::connect_uri(uri.clone(), ConnectionProperties::default());
            anyhow::Ok(runtime.spawn(connecting).await??)
        };
        let (client_send, client_listen) = (connect().await?, connect().await?);
        let (server_send, server_listen) = (connect().await?, connect().await?);
        declare(&server_listen.create_channel().await?).await?;

        let (call, reply) = (Template::new(&messages.call)?, Template::new(&messages.reply)?);
        let requests = Subscription::start(&server_listen, CALLS, PREFETCH).await?;
        tokio::spawn(serve_calls(requests, confirming(&server_send).await?, call.clone(), reply.clone()));
        let noted = Arc::new(AtomicUsize::new(0));
        let casts = Subscription::start(&server_listen, CASTS, PREFETCH).await?;
        tokio::spawn(serve_casts(casts, Arc::clone(&noted)));

        let client = Arc::new(Client {
            channel: confirming(&client_send).await?,
            call,
            cast: messages.cast.clone(),
            next: AtomicU64::new(0),
            waiters: Mutex::default(),
        });
        let replies = Subscription::start(&client_listen, REPLIES, None).await?;
        tokio::spawn(receive(replies, Arc::clone(&client), reply));
        let connections = vec![client_send, client_listen, server_send, server_listen];
        Ok(Self { client, noted, sent: 0, connections })
    }

    pub(crate) async fn measure(&mut self, case: Case, time: Duration) -> Result<Sample> {
        let client = Arc::clone(&self.client);
        match case.kind {
            Kind::Call => {
                let call = move || Arc::clone(&client).call();
                closed_loop(case.in_flight, time, call).await?.sample()
            }
            Kind::Cast => {
                let cast = move || Arc::clone(&client).cast();
                let done = closed_loop(case.in_flight, time, cast).await?;
                self.sent += done.count();
                handled(&self.noted, self.sent).await;
                done.sample()
            }
        }
    }

    pub(crate) async fn stop(self) -> Result<()> {
        if let Some(connection) = self.connections.first() {
            delete(&connection.create_channel().await?).await?;
        }
        for connection in self.connections {
            // Fails if a channel is closing already, as that of a task which ended with its queue is.
            let _ = connection.close(200, "OK".into()).await;
        }
        Ok(())
    }
}

struct Client {
    channel: Channel,
    call: Template,
    cast: Bytes,
    next: AtomicU64,
    waiters: Mutex<HashMap<Id, oneshot::Sender<()>>>,
}

impl Client {
    async fn call(self: Arc<Self>) -> Result<()> {
        let id = self.id()?;
        let (waiter, reply) = oneshot::channel();
        self.waiters().insert(id, waiter);
        let (body, properties) = (self.call.with(&id), properties().with_expiration("60000".into()));
        let confirm = publish(&self.channel, EXCHANGE, CALLS, true, &body, properties).await?;
        reply.await?;
        // As a rule it came before the reply, so there is nothing to wait for.
        taken(confirm).await
    }

    async fn cast(self: Arc<Self>) -> Result<()> {
        taken(publish(&self.channel, EXCHANGE, CASTS, false, &self.cast, properties()).await?).await
    }

    fn id(&self) -> Result<Id> {
        let id = format!("{:0width$x}", self.next.fetch_add(1, Ordering::Relaxed), width = ID.len());
        Ok(id.as_bytes().try_into()?)
    }

    fn waiters(&self) -> MutexGuard<'_, HashMap<Id, oneshot::Sender<()>>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Acknowledges each call, then answers it.
async fn serve_calls(requests: Subscription, replies: Channel, request: Template, reply: Template) {
    let Subscription { channel, mut deliveries } = requests;
    let replies = Arc::new(replies);
    while let Some(Ok(delivery)) = deliveries.next().await {
        let Some(id) = request.id(&delivery.data) else { continue };
        let body = reply.with(&id);
        let (channel, replies) = (Arc::clone(&channel), Arc::clone(&replies));
        tokio::spawn(async move {
            channel.basic_ack(delivery.delivery_tag, BasicAckOptions::default()).await?;
            taken(publish(&replies, "", REPLIES, true, &body, properties()).await?).await
        });
    }
}

/// Acknowledges each cast and counts it.
async fn serve_casts(casts: Subscription, noted: Arc<AtomicUsize>) {
    let Subscription { channel, deliveries } = casts;
    let (channel, noted) = (&channel, &noted);
    let serve = async |delivery: lapin::Result<lapin::message::Delivery>| {
        if let Ok(delivery) = delivery {
            // An error is that of the connection, and then nothing is counted any more.
            let acked = channel.basic_ack(delivery.delivery_tag, BasicAckOptions::default()).await;
            noted.fetch_add(usize::from(acked.is_ok()), Ordering::Relaxed);
        }
    };
    deliveries.for_each_concurrent(ACKS_IN_FLIGHT, serve).await;
}

/// Wakes who waits for each reply.
async fn receive(replies: Subscription, client: Arc<Client>, reply: Template) {
    let mut deliveries = replies.deliveries;
    while let Some(Ok(delivery)) = deliveries.next().await {
        let waiter = reply.id(&delivery.data).and_then(|id| client.waiters().remove(&id));
        if let Some(waiter) = waiter {
            // Without a receiver the measurement has failed.
            let _ = waiter.send(());
        }
    }
}

/// A body in which only the id changes.
#[derive(Clone)]
struct Template {
    body: Bytes,
    at: usize,
}

impl Template {
    fn new(body: &Bytes) -> Result<Self> {
        let key = b"_msg_id\\\": \\\"";
        let before = body.windows(key.len()).position(|window| window == key).context("no id in the body")?;
        Ok(Self { body: body.clone(), at: before + key.len() })
    }

    fn with(&self, id: &Id) -> Vec<u8> {
        let mut body = self.body.to_vec();
        body[self.at..][..id.len()].copy_from_slice(id);
        body
    }

    fn id(&self, body: &[u8]) -> Option<Id> {
        body.get(self.at..)?.first_chunk().copied()
    }
}
