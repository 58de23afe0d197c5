//! Connections, queues and messages for raw lapin, like those that this project makes.

use std::sync::Arc;

use anyhow::{Result, anyhow, bail, ensure};
use lapin::options::{
    BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions, ExchangeDeclareOptions,
    ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::uri::{AMQPQueryString, AMQPUri};
use lapin::{BasicProperties, Channel, Connection, Consumer, ExchangeKind, PublisherConfirm};
use rpc_runtime::{Scheme, TransportUrl};

pub(crate) const EXCHANGE: &str = "throughput-raw";
pub(crate) const CALLS: &str = "throughput-raw-calls";
pub(crate) const CASTS: &str = "throughput-raw-casts";
pub(crate) const REPLIES: &str = "throughput-raw-replies";

/// How long the reply queue outlives its consumer, in milliseconds; the default of oslo.messaging.
const EXPIRES: i32 = 1_800_000;

/// A consumer and the channel to acknowledge on.
pub(crate) struct Subscription {
    pub(crate) channel: Arc<Channel>,
    pub(crate) deliveries: Consumer,
}

impl Subscription {
    /// Consumes on a channel of its own; without `prefetch`, nothing is to be acknowledged.
    pub(crate) async fn start(connection: &Connection, queue: &str, prefetch: Option<u16>) -> Result<Self> {
        let channel = connection.create_channel().await?;
        if let Some(prefetch) = prefetch {
            channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
        }
        let options = BasicConsumeOptions { no_ack: prefetch.is_none(), ..Default::default() };
        let deliveries =
            channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?;
        Ok(Self { channel: Arc::new(channel), deliveries })
    }
}

/// The address of a transport URL in lapin's form.
pub(crate) fn uri(url: &str) -> Result<AMQPUri> {
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

/// A topic exchange with a queue for calls and one for casts, and a reply queue.
pub(crate) async fn declare(channel: &Channel) -> Result<()> {
    let none = FieldTable::default();
    let options = ExchangeDeclareOptions::default();
    channel.exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, options, none.clone()).await?;
    for queue in [CALLS, CASTS] {
        channel.queue_declare(queue.into(), QueueDeclareOptions::default(), none.clone()).await?;
        let options = QueueBindOptions::default();
        channel.queue_bind(queue.into(), EXCHANGE.into(), queue.into(), options, none.clone()).await?;
    }
    let mut arguments = none;
    arguments.insert("x-expires".into(), AMQPValue::LongInt(EXPIRES));
    channel.queue_declare(REPLIES.into(), QueueDeclareOptions::default(), arguments).await?;
    Ok(())
}

/// Removes what [`declare`] has made.
pub(crate) async fn delete(channel: &Channel) -> Result<()> {
    for queue in [CALLS, CASTS, REPLIES] {
        channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await?;
    }
    channel.exchange_delete(EXCHANGE.into(), ExchangeDeleteOptions::default()).await?;
    Ok(())
}

/// A channel on which the broker answers for every message.
pub(crate) async fn confirming(connection: &Connection) -> Result<Channel> {
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

pub(crate) fn properties() -> BasicProperties {
    BasicProperties::default()
        .with_content_type("application/json".into())
        .with_content_encoding("utf-8".into())
        .with_headers(FieldTable::default())
        .with_delivery_mode(2)
        .with_priority(0)
}

/// Publishes on the default exchange if `exchange` is empty; done when the message is written.
pub(crate) async fn publish(
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
pub(crate) async fn taken(confirm: PublisherConfirm) -> Result<()> {
    ensure!(confirm.await?.is_ack(), "the broker refused a message");
    Ok(())
}
