//! A plain AMQP client that sends and takes whatever it likes.

use lapin::options::{BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::AMQPValue;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use rpc_tests::{Vhost, until};
use serde_json::{Value, json};

pub(super) struct Raw {
    _connection: Connection,
    channel: Channel,
}

/// A message that was taken out of a queue.
pub(super) struct Taken {
    pub(super) body: Vec<u8>,
    pub(super) properties: BasicProperties,
}

impl Taken {
    /// A header as text, whatever its type.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        match self.properties.headers().as_ref()?.inner().get(name)? {
            AMQPValue::LongString(text) => Some(text.to_string()),
            AMQPValue::LongLongInt(number) => Some(number.to_string()),
            other => Some(format!("{other:?}")),
        }
    }
}

impl Raw {
    pub(super) async fn connect(vhost: &Vhost) -> Self {
        let uri = vhost.url().replacen("rabbit://", "amqp://", 1);
        let connection = Connection::connect(&uri, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Self { _connection: connection, channel }
    }

    pub(super) async fn publish(&self, exchange: &str, key: &str, body: &[u8], properties: BasicProperties) {
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let sent = self.channel.basic_publish(exchange.into(), key.into(), options, body, properties).await;
        let confirm = sent.unwrap().await.unwrap();
        assert!(confirm.is_ack() && confirm.take_message().is_none(), "nobody takes {exchange}/{key}");
    }

    /// A request as Python would write it, with these members.
    pub(super) async fn request(&self, exchange: &str, key: &str, members: Value) {
        let body = json!({"oslo.version": "2.0", "oslo.message": members.to_string()}).to_string();
        let properties = BasicProperties::default().with_content_type("application/json".into());
        self.publish(exchange, key, body.as_bytes(), properties).await;
    }

    /// Waits for a message and takes it.
    pub(super) async fn take(&self, queue: &str) -> Taken {
        let what = format!("a message in {queue}");
        let taken = until(&what, async || {
            let options = BasicGetOptions { no_ack: true };
            Ok(self.channel.basic_get(queue.into(), options).await?.map(|message| message.delivery))
        });
        let delivery = taken.await.unwrap();
        Taken { body: delivery.data, properties: delivery.properties }
    }
}
