//! The answering side.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use futures::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicQosOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, Consumer, ExchangeKind};

use super::amqp::{casts, connect, consume, notifications, properties, publish, reply_queue, taken};
use super::listener::Listener;
use super::template::Template;
use crate::messages::{CALL, CLIENT, Messages};
use crate::setup::{Setup, Side};

pub(super) const PREFETCH: u16 = 256;
/// More of them in flight gain nothing.
pub(super) const ACKS_IN_FLIGHT: usize = 32;

/// Returns the number of casts that it has got, and what listens to notifications.
pub(crate) async fn server(setup: &Setup) -> Result<(Arc<AtomicUsize>, Listener)> {
    let messages = Messages::of(setup.body)?;
    let (sending, listen) = connect(setup, Side::Server).await?;
    let (channel, calls) = receive(&listen, setup, &setup.address()).await?;
    let call = Template::new(&messages.call, [CALL, CLIENT])?;
    let reply = Template::new(&messages.reply, [CALL])?;
    tokio::spawn(serve_calls(channel, calls, sending, call, reply));

    let noted = Arc::new(AtomicUsize::new(0));
    let (channel, casts) = receive(&listen, setup, &casts(&setup.address())).await?;
    declare(&channel, setup, &notifications(setup)).await?;
    tokio::spawn(serve_casts(channel, casts, Arc::clone(&noted)));
    Ok((noted, Listener::new(listen, notifications(setup), setup.server.has_events())))
}

/// Consumes from a queue of the topic exchange, on a channel of its own.
async fn receive(listen: &Connection, setup: &Setup, queue: &str) -> Result<(Channel, Consumer)> {
    let channel = listen.create_channel().await?;
    declare(&channel, setup, queue).await?;
    channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
    let requests = consume(&channel, queue, false).await?;
    Ok((channel, requests))
}

async fn declare(channel: &Channel, setup: &Setup, queue: &str) -> Result<()> {
    let (exchange, durable, mut arguments) = (setup.address(), setup.quorum, FieldTable::default());
    if setup.quorum {
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    }
    let options = ExchangeDeclareOptions { durable, ..Default::default() };
    let (none, topic) = (FieldTable::default(), ExchangeKind::Topic);
    channel.exchange_declare(exchange.as_str().into(), topic, options, none.clone()).await?;
    let options = QueueDeclareOptions { durable, ..Default::default() };
    channel.queue_declare(queue.into(), options, arguments).await?;
    let options = QueueBindOptions::default();
    channel.queue_bind(queue.into(), exchange.as_str().into(), queue.into(), options, none).await?;
    Ok(())
}

/// Acknowledges each call, then answers it.
async fn serve_calls(
    channel: Channel,
    mut calls: Consumer,
    replies: Channel,
    request: Template<2>,
    reply: Template<1>,
) {
    let (channel, replies) = (Arc::new(channel), Arc::new(replies));
    while let Some(Ok(delivery)) = calls.next().await {
        let Some([call, queue]) = request.ids(&delivery.data) else { continue };
        let body = reply.with([&call]);
        let (channel, replies) = (Arc::clone(&channel), Arc::clone(&replies));
        tokio::spawn(async move {
            channel.basic_ack(delivery.delivery_tag, BasicAckOptions::default()).await?;
            taken(publish(&replies, "", &reply_queue(&queue)?, true, &body, properties()).await?).await
        });
    }
}

/// Acknowledges each cast and counts it.
async fn serve_casts(channel: Channel, casts: Consumer, noted: Arc<AtomicUsize>) {
    let (channel, noted) = (&channel, &noted);
    let serve = async |delivery: lapin::Result<lapin::message::Delivery>| {
        if let Ok(delivery) = delivery {
            // An error is that of the connection, and then nothing is counted any more.
            let acked = channel.basic_ack(delivery.delivery_tag, BasicAckOptions::default()).await;
            noted.fetch_add(usize::from(acked.is_ok()), Ordering::Relaxed);
        }
    };
    casts.for_each_concurrent(ACKS_IN_FLIGHT, serve).await;
}
