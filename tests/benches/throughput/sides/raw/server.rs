//! The answering side.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use lapin::options::BasicAckOptions;
use lapin::{Channel, Consumer};
use tokio::runtime::Handle;

use super::super::Program;
use super::super::amqp::{
    casts, confirming, consume, declare, delete, listening, properties, publish, taken,
};
use super::super::template::Template;
use super::{CALL, Connections, QUEUE, REPLY_IDS, REQUEST_IDS, reply_queue};
use crate::content::Messages;
use crate::load::{Ended, Load};
use crate::role::Role;

const PREFETCH: u16 = 256;
/// More of them in flight gain nothing.
const ACKS_IN_FLIGHT: usize = 32;

pub(in crate::sides) struct Server {
    address: String,
    noted: Arc<AtomicUsize>,
    connections: Connections,
}

impl Server {
    pub(in crate::sides) async fn start(role: &Role, lapin: &Handle, messages: &Messages) -> Result<Self> {
        let connections = Connections::open(role, lapin).await?;
        let address = role.address();
        declare(&connections.listen.create_channel().await?, &address, role.setting.queue).await?;

        let call = Template::new(&messages.call, &REQUEST_IDS)?;
        let reply = Template::new(&messages.reply, &REPLY_IDS)?;
        let channel = Arc::new(listening(&connections.listen, Some(PREFETCH)).await?);
        let requests = consume(&channel, &address, true).await?;
        tokio::spawn(serve_calls(channel, requests, confirming(&connections.send).await?, call, reply));
        let noted = Arc::new(AtomicUsize::new(0));
        let channel = listening(&connections.listen, Some(PREFETCH)).await?;
        let requests = consume(&channel, &casts(&address), true).await?;
        tokio::spawn(serve_casts(channel, requests, Arc::clone(&noted)));
        Ok(Self { address, noted, connections })
    }
}

impl Program for Server {
    fn load(&self, _: Load, _: Duration) -> BoxFuture<'_, Result<Ended>> {
        async { bail!("a server has no load") }.boxed()
    }

    fn noted(&self) -> usize {
        self.noted.load(Ordering::Relaxed)
    }

    fn stop(&mut self) -> BoxFuture<'_, Result<()>> {
        async {
            delete(&self.connections.listen.create_channel().await?, &self.address).await?;
            self.connections.close().await;
            Ok(())
        }
        .boxed()
    }
}

/// Acknowledges each call, then answers it.
async fn serve_calls(
    channel: Arc<Channel>,
    mut requests: Consumer,
    replies: Channel,
    request: Template,
    reply: Template,
) {
    let replies = Arc::new(replies);
    while let Some(Ok(delivery)) = requests.next().await {
        let ids = (request.id(&delivery.data, CALL), request.id(&delivery.data, QUEUE));
        let (Some(call), Some(queue)) = ids else { continue };
        let body = reply.with([&call]);
        let (channel, replies) = (Arc::clone(&channel), Arc::clone(&replies));
        tokio::spawn(async move {
            channel.basic_ack(delivery.delivery_tag, BasicAckOptions::default()).await?;
            taken(publish(&replies, "", &reply_queue(&queue)?, true, &body, properties()).await?).await
        });
    }
}

/// Acknowledges each cast and counts it.
async fn serve_casts(channel: Channel, requests: Consumer, noted: Arc<AtomicUsize>) {
    let (channel, noted) = (&channel, &noted);
    let serve = async |delivery: lapin::Result<lapin::message::Delivery>| {
        if let Ok(delivery) = delivery {
            // An error is that of the connection, and then nothing is counted any more.
            let acked = channel.basic_ack(delivery.delivery_tag, BasicAckOptions::default()).await;
            noted.fetch_add(usize::from(acked.is_ok()), Ordering::Relaxed);
        }
    };
    requests.for_each_concurrent(ACKS_IN_FLIGHT, serve).await;
}
