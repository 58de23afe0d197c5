//! Connections, queues and messages for raw lapin, like those that this project makes.

use anyhow::{Result, anyhow, bail, ensure};
use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
    ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::{AMQPQueryString, AMQPUri};
use lapin::{BasicProperties, Channel, Connection, Consumer, ExchangeKind, PublisherConfirm};
use rpc_runtime::{Scheme, TransportUrl};

use crate::role::Queue;

/// How long the reply queue outlives its consumer, in milliseconds; the default of oslo.messaging.
const EXPIRES: i32 = 1_800_000;

/// The address of a transport URL in lapin's form.
pub(super) fn uri(url: &str) -> Result<AMQPUri> {
    let known: TransportUrl = url.parse()?;
    let (Scheme::Rabbit | Scheme::Amqp, [_], Some((_, rest))) =
        (known.scheme(), known.hosts(), url.split_once("://"))
    else {
        bail!("{known}: raw lapin is measured with one host and without TLS");
    };
    let mut uri: AMQPUri = format!("amqp://{rest}").parse().map_err(|why| anyhow!("{known}: {why}"))?;
    // An empty path is the virtual host `/` to us, and one without a name to lapin.
    uri.vhost = known.vhost().to_owned();
    // Its options are ours.
    uri.query = AMQPQueryString::default();
    Ok(uri)
}

/// The name of the queue for casts beside that for calls.
pub(super) fn casts(address: &str) -> String {
    format!("{address}-casts")
}

/// A topic exchange with a queue for calls and one for casts.
pub(super) async fn declare(channel: &Channel, address: &str, queue: Queue) -> Result<()> {
    let durable = queue == Queue::Quorum;
    let options = ExchangeDeclareOptions { durable, ..Default::default() };
    channel.exchange_declare(address.into(), ExchangeKind::Topic, options, FieldTable::default()).await?;
    let mut arguments = FieldTable::default();
    if queue == Queue::Quorum {
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    }
    for name in [address, &casts(address)] {
        let options = QueueDeclareOptions { durable, ..Default::default() };
        channel.queue_declare(name.into(), options, arguments.clone()).await?;
        let options = QueueBindOptions::default();
        channel.queue_bind(name.into(), address.into(), name.into(), options, FieldTable::default()).await?;
    }
    Ok(())
}

/// A reply queue, which is transient whatever the others are.
pub(super) async fn declare_replies(channel: &Channel, name: &str) -> Result<()> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-expires".into(), AMQPValue::LongInt(EXPIRES));
    channel.queue_declare(name.into(), QueueDeclareOptions::default(), arguments).await?;
    Ok(())
}

/// Removes what [`declare`] has made.
pub(super) async fn delete(channel: &Channel, address: &str) -> Result<()> {
    delete_queues(channel, &[address.to_owned(), casts(address)]).await?;
    Ok(channel.exchange_delete(address.into(), ExchangeDeleteOptions::default()).await?)
}

pub(super) async fn delete_queues(channel: &Channel, names: &[String]) -> Result<()> {
    for name in names {
        channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await?;
    }
    Ok(())
}

/// A channel to consume on; without `prefetch`, nothing is to be acknowledged.
pub(super) async fn listening(connection: &Connection, prefetch: Option<u16>) -> Result<Channel> {
    let channel = connection.create_channel().await?;
    if let Some(prefetch) = prefetch {
        channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
    }
    Ok(channel)
}

pub(super) async fn consume(channel: &Channel, queue: &str, acknowledge: bool) -> Result<Consumer> {
    let options = BasicConsumeOptions { no_ack: !acknowledge, ..Default::default() };
    Ok(channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?)
}

/// A channel on which the broker answers for every message.
pub(super) async fn confirming(connection: &Connection) -> Result<Channel> {
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

pub(super) fn properties() -> BasicProperties {
    BasicProperties::default()
        .with_content_type("application/json".into())
        .with_content_encoding("utf-8".into())
        .with_headers(FieldTable::default())
        .with_delivery_mode(2)
        .with_priority(0)
}

/// Publishes on the default exchange if `exchange` is empty; done when the message is written.
pub(super) async fn publish(
    channel: &Channel,
    exchange: &str,
    routing_key: &str,
    mandatory: bool,
    body: &[u8],
    properties: BasicProperties,
) -> Result<PublisherConfirm> {
    let options = BasicPublishOptions { mandatory, immediate: false };
    Ok(channel.basic_publish(exchange.into(), routing_key.into(), options, body, properties).await?)
}

/// Waits until the broker has taken a message.
pub(super) async fn taken(confirm: PublisherConfirm) -> Result<()> {
    ensure!(confirm.await?.is_ack(), "the broker refused a message");
    Ok(())
}
