//! Connections, channels and messages like those that this project makes.

use anyhow::{Context, Result, anyhow, ensure};
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::FieldTable;
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer, PublisherConfirm};

use crate::messages::REPLY_QUEUE;
use crate::runtime;
use crate::setup::{Setup, Side};
use crate::waiters::Id;

/// The channel to send on, on which the broker answers for every message, and the connection to listen on.
pub(super) async fn connect(setup: &Setup, side: Side) -> Result<(Channel, Connection)> {
    // lapin's tasks run there; the callers and the server do not, unless it is theirs.
    let runtime = runtime::of(setup.contender(side))?;
    let url = setup.url.replacen("rabbit://", "amqp://", 1);
    let mut uri: AMQPUri = url.parse().map_err(|why| anyhow!("the URL for raw lapin: {why}"))?;
    // An empty path is the virtual host `/` to us, and one without a name to lapin.
    if uri.vhost.is_empty() {
        uri.vhost = "/".to_owned();
    }
    let connect = || runtime.spawn(Connection::connect_uri(uri.clone(), ConnectionProperties::default()));
    let (send, listen) = (connect().await??, connect().await??);
    let sending = send.create_channel().await?;
    sending.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok((sending, listen))
}

/// The name of the queue for casts beside that for calls.
pub(super) fn casts(address: &str) -> String {
    format!("{address}-casts")
}

/// The queue for notifications, where this project would have it.
pub(super) fn notifications(setup: &Setup) -> String {
    format!("{}.info", setup.notifications())
}

pub(super) fn reply_queue(id: &Id) -> Result<String> {
    let id = std::str::from_utf8(id).context("an id is text")?;
    Ok(format!("{REPLY_QUEUE}{id}"))
}

pub(super) async fn consume(channel: &Channel, queue: &str, no_ack: bool) -> Result<Consumer> {
    let options = BasicConsumeOptions { no_ack, ..Default::default() };
    Ok(channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?)
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
