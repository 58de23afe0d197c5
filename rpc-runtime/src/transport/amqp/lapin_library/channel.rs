//! A channel of lapin.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures::TryFutureExt;
use futures::future::{BoxFuture, FutureExt};
use lapin::message::BasicReturnMessage;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, BasicRejectOptions,
    ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use lapin::{BasicProperties, Confirmation};

use super::super::library::{
    Answer, BrokerError, Channel, Chore, Confirm, Consuming, Counts, Header, Message, Returned, Take,
};
use super::super::message::COMPRESSION;
use super::super::topology::{Argument, Arguments, Consume, ExchangeKind, Step, Thing};
use super::deliveries::Deliveries;
use super::error::{lapin_error, limited};
use super::thread::{Thread, calling_once};
use crate::wire::Content;

pub(super) struct LapinChannel {
    /// Shared, because a clone of lapin's channel touches some fifteen reference counts.
    channel: Arc<lapin::Channel>,
    thread: Arc<Thread>,
    /// Whether this side closed it.
    closed: AtomicBool,
    /// The channel errors of the whole link.
    errors: Arc<AtomicU32>,
}

impl LapinChannel {
    pub(super) fn new(channel: lapin::Channel, thread: Arc<Thread>, errors: Arc<AtomicU32>) -> Self {
        Self { channel: Arc::new(channel), thread, closed: AtomicBool::new(false), errors }
    }
}

impl fmt::Debug for LapinChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LapinChannel").field("id", &self.channel.id()).finish_non_exhaustive()
    }
}

impl Channel for LapinChannel {
    fn declare<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            match step {
                Step::Exchange { name, kind, durable, auto_delete } => {
                    let kind = match kind {
                        ExchangeKind::Topic => lapin::ExchangeKind::Topic,
                        ExchangeKind::Fanout => lapin::ExchangeKind::Fanout,
                    };
                    let options = ExchangeDeclareOptions {
                        durable: *durable,
                        auto_delete: *auto_delete,
                        ..Default::default()
                    };
                    let declared =
                        self.channel.exchange_declare(short(name)?, kind, options, FieldTable::default());
                    limited(&self.thread, "exchange.declare", declared).await
                }
                Step::Queue { name, durable, auto_delete, arguments } => {
                    let options = QueueDeclareOptions {
                        durable: *durable,
                        auto_delete: *auto_delete,
                        ..Default::default()
                    };
                    let declared = self.channel.queue_declare(short(name)?, options, table(arguments));
                    limited(&self.thread, "queue.declare", declared).await.map(drop)
                }
                Step::Bind { queue, exchange, routing_key } => {
                    let (queue, exchange, key) = (short(queue)?, short(exchange)?, short(routing_key)?);
                    let options = QueueBindOptions::default();
                    let bound = self.channel.queue_bind(queue, exchange, key, options, FieldTable::default());
                    limited(&self.thread, "queue.bind", bound).await
                }
                Step::Find { what: Thing::Exchange, name } => {
                    let options = ExchangeDeclareOptions { passive: true, ..Default::default() };
                    // Its kind is not looked at.
                    let kind = lapin::ExchangeKind::Topic;
                    let found =
                        self.channel.exchange_declare(short(name)?, kind, options, FieldTable::default());
                    limited(&self.thread, "exchange.declare", found).await
                }
                Step::Find { what: Thing::Queue, name } => self.count(name).await.map(drop),
            }
        })
    }

    fn delete_queue<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            let deleted = self.channel.queue_delete(short(queue)?, QueueDeleteOptions::default());
            limited(&self.thread, "queue.delete", deleted).await.map(drop)
        })
    }

    fn count<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Result<Counts, BrokerError>> {
        Box::pin(async move {
            let options = QueueDeclareOptions { passive: true, ..Default::default() };
            let asked = self.channel.queue_declare(short(queue)?, options, FieldTable::default());
            let queue = limited(&self.thread, "queue.declare", asked).await?;
            Ok(Counts { consumers: queue.consumer_count(), messages: queue.message_count() })
        })
    }

    fn publish(&self, message: Message) -> BoxFuture<'static, Confirm> {
        let (channel, thread) = (self.channel.clone(), self.thread.clone());
        Box::pin(async move {
            match calling_once(&thread, confirmation(&channel, message)).await {
                Ok(Ok(Confirmation::Ack(returned))) => answer(Answer::Ack, returned),
                Ok(Ok(Confirmation::Nack(returned))) => answer(Answer::Nack, returned),
                Ok(Ok(Confirmation::NotRequested)) => {
                    failed(BrokerError::Lost("not in confirm mode".to_owned()))
                }
                Ok(Err(error)) => failed(lapin_error(&error)),
                Err(error) => failed(error),
            }
        })
    }

    fn give(&self, chore: Arc<dyn Chore>) {
        self.thread.has_to_do(chore);
    }

    fn prefetch(&self, count: u16) -> BoxFuture<'_, Result<(), BrokerError>> {
        limited(&self.thread, "basic.qos", self.channel.basic_qos(count, BasicQosOptions::default())).boxed()
    }

    fn consume<'a>(
        &'a self,
        consume: &'a Consume,
        take: Take,
    ) -> BoxFuture<'a, Result<Consuming, BrokerError>> {
        Box::pin(async move {
            let (queue, tag) = (short(&consume.queue)?, short(&consume.tag)?);
            let options = BasicConsumeOptions::default();
            let consumer = self.channel.basic_consume(queue, tag, options, table(&consume.arguments));
            let consumer = limited(&self.thread, "basic.consume", consumer).await?;
            Ok(Deliveries::start(consumer, take, self.thread.clone()))
        })
    }

    fn cancel<'a>(&'a self, tag: &'a str) -> BoxFuture<'a, Result<(), BrokerError>> {
        Box::pin(async move {
            limited(&self.thread, "basic.cancel", self.channel.basic_cancel(short(tag)?, Default::default()))
                .await
        })
    }

    fn ack(&self, tag: u64, multiple: bool) -> BoxFuture<'_, Result<(), BrokerError>> {
        // Not by the delivery's own handle, which takes a detour over lapin's command queue.
        let acknowledged = self.channel.basic_ack(tag, BasicAckOptions { multiple });
        calling_once(&self.thread, acknowledged).map_err(|error| lapin_error(&error)).boxed()
    }

    fn reject(&self, tag: u64, requeue: bool) -> BoxFuture<'_, Result<(), BrokerError>> {
        limited(&self.thread, "basic.reject", self.channel.basic_reject(tag, BasicRejectOptions { requeue }))
            .boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if !self.channel.status().connected() {
                return;
            }
            self.closed.store(true, Ordering::Relaxed);
            // An error means that the broker was faster.
            let _ = limited(&self.thread, "channel.close", self.channel.close(200, "OK".into())).await;
        })
    }
}

impl Drop for LapinChannel {
    fn drop(&mut self) {
        if !self.closed.load(Ordering::Relaxed) && !self.channel.status().connected() {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn confirmation(
    channel: &lapin::Channel,
    message: Message,
) -> Result<lapin::Result<Confirmation>, BrokerError> {
    let options = BasicPublishOptions { mandatory: message.mandatory.is_some(), immediate: false };
    let (exchange, key) = (short(&message.exchange)?, short(&message.routing_key)?);
    let published = channel.basic_publish(exchange, key, options, &message.body, properties(&message));
    Ok(match published.await {
        Ok(confirm) => confirm.await,
        Err(error) => Err(error),
    })
}

fn properties(message: &Message) -> BasicProperties {
    let mut headers = FieldTable::default();
    let compression = match &message.kept {
        Some(kept) => kept.labels.compression.as_deref(),
        None => message.compression,
    };
    if let Some(compression) = compression {
        headers.insert(COMPRESSION.into(), AMQPValue::LongString(compression.into()));
    }
    for (name, value) in message.kept.iter().flat_map(|kept| &kept.headers) {
        let value = match value {
            Header::Text(text) => AMQPValue::LongString(text.as_str().into()),
            Header::Number(number) => AMQPValue::LongLongInt((*number).into()),
        };
        headers.insert((*name).into(), value);
    }
    let mut properties =
        BasicProperties::default().with_headers(headers).with_delivery_mode(2).with_priority(0);
    let content_type = match &message.kept {
        Some(kept) => kept.labels.content_type.as_deref().and_then(|name| ShortString::try_new(name).ok()),
        None => Some(Content::CONTENT_TYPE.into()),
    };
    if let Some(content_type) = content_type {
        // Whoever reads another one knows better than we which it is.
        if content_type.as_str() == Content::CONTENT_TYPE {
            properties = properties.with_content_encoding("utf-8".into());
        }
        properties = properties.with_content_type(content_type);
    }
    if let Some(milliseconds) = message.expiration {
        properties = properties.with_expiration(milliseconds.to_string().into());
    }
    if let Some(id) = message.mandatory {
        properties = properties.with_message_id(id.to_string().into());
    }
    properties
}

fn answer(answer: Answer, returned: Option<BasicReturnMessage>) -> Confirm {
    let returned = returned.map(|message| Returned {
        id: message.delivery.properties.message_id().as_ref().and_then(|id| id.as_str().parse().ok()),
        why: format!("{} {}", message.reply_code, message.reply_text),
    });
    Confirm { verdict: Ok(answer), returned }
}

fn failed(error: BrokerError) -> Confirm {
    Confirm { verdict: Err(error), returned: None }
}

fn table(arguments: &Arguments) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        let value = match value {
            Argument::Text(text) => AMQPValue::LongString(LongString::from(&**text)),
            Argument::Number(number) => AMQPValue::LongInt(*number),
            Argument::Long(number) => AMQPValue::LongLongInt(*number),
            Argument::Flag(flag) => AMQPValue::Boolean(*flag),
        };
        table.insert((*name).into(), value);
    }
    table
}

/// Names were checked where they came in; this keeps lapin from panicking should one have been forgotten.
fn short(name: &str) -> Result<ShortString, BrokerError> {
    ShortString::try_new(name).map_err(|error| BrokerError::Refused(0, error.to_string()))
}
