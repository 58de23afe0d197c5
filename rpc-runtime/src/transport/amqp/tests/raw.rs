//! A connection beside the driver, to see and change what the broker holds.

use lapin::options::{
    BasicGetOptions, ExchangeDeclareOptions, ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::uri::{AMQPAuthority, AMQPUri, AMQPUserInfo};
use lapin::{Channel, Connection, ConnectionProperties, ExchangeKind};

use super::url;

pub(super) struct Raw {
    connection: Connection,
    pub(super) channel: Channel,
}

impl Raw {
    pub(super) async fn connect() -> Self {
        let url = url();
        let host = &url.hosts()[0];
        let uri = AMQPUri {
            authority: AMQPAuthority {
                userinfo: AMQPUserInfo { username: host.user().into(), password: host.password().into() },
                host: host.name().into(),
                port: host.port(),
            },
            vhost: url.vhost().into(),
            ..AMQPUri::default()
        };
        let connection = Connection::connect_uri(uri, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        Self { connection, channel }
    }

    pub(super) async fn declare_queue(
        &self,
        name: &str,
        options: QueueDeclareOptions,
        arguments: FieldTable,
    ) {
        self.channel.queue_declare(name.into(), options, arguments).await.unwrap();
    }

    pub(super) async fn bind(&self, queue: &str, exchange: &str, key: &str) {
        let options = Default::default();
        self.channel
            .queue_bind(queue.into(), exchange.into(), key.into(), options, FieldTable::default())
            .await
            .unwrap();
    }

    pub(super) async fn declare_exchange(&self, name: &str, options: ExchangeDeclareOptions) {
        let declared =
            self.channel.exchange_declare(name.into(), ExchangeKind::Topic, options, FieldTable::default());
        declared.await.unwrap();
    }

    pub(super) async fn delete_queue(&self, name: &str) {
        self.channel.queue_delete(name.into(), QueueDeleteOptions::default()).await.unwrap();
    }

    pub(super) async fn delete_exchange(&self, name: &str) {
        self.channel.exchange_delete(name.into(), ExchangeDeleteOptions::default()).await.unwrap();
    }

    /// Takes all messages out of a queue: their bodies, and whether they were delivered before.
    pub(super) async fn drain(&self, queue: &str) -> Vec<(String, bool)> {
        let mut messages = Vec::new();
        while let Some(message) =
            self.channel.basic_get(queue.into(), BasicGetOptions { no_ack: true }).await.unwrap()
        {
            let body = String::from_utf8(message.delivery.data.clone()).unwrap();
            messages.push((body, message.delivery.redelivered));
        }
        messages
    }

    /// Whether a queue exists, or why it does not exist with these arguments; on a channel of its own, which
    /// an error closes.
    pub(super) async fn try_declare(
        &self,
        name: &str,
        options: QueueDeclareOptions,
        arguments: FieldTable,
    ) -> Result<(), String> {
        let channel = self.connection.create_channel().await.unwrap();
        let declared = channel.queue_declare(name.into(), options, arguments).await;
        declared.map(drop).map_err(|error| error.to_string())
    }
}
