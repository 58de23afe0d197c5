//! A plain AMQP client, for requests that no client of ours sends.

use lapin::options::{BasicGetOptions, BasicPublishOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use rpc_tests::until;
use serde_json::{Value, json};

pub(super) struct Raw {
    _connection: Connection,
    channel: Channel,
}

impl Raw {
    pub(super) async fn connect(url: &str) -> Self {
        let uri = url.replacen("rabbit://", "amqp://", 1);
        let connection = Connection::connect(&uri, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        Self { _connection: connection, channel }
    }

    /// A call whose reply goes to the queue `reply_to`.
    pub(super) async fn call(&self, exchange: &str, topic: &str, method: &str, reply_to: &str) {
        let id = fastrand::u128(..);
        let request = json!({
            "method": method, "args": {}, "version": "1.0", "_timeout": null,
            "_msg_id": format!("{id:032x}"), "_unique_id": format!("{id:032x}"), "_reply_q": reply_to,
        });
        let body = json!({"oslo.version": "2.0", "oslo.message": request.to_string()}).to_string();
        let properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_content_encoding("utf-8".into());
        let options = BasicPublishOptions::default();
        let sent =
            self.channel.basic_publish(exchange.into(), topic.into(), options, body.as_bytes(), properties);
        sent.await.unwrap().await.unwrap();
    }

    /// Has a queue of this name, which goes with this client.
    pub(super) async fn queue(&self, name: &str) {
        let options = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(name.into(), options, FieldTable::default()).await.unwrap();
    }

    /// Whether there is a reply in a queue.
    pub(super) async fn has_reply(&self, queue: &str) -> bool {
        let options = BasicGetOptions { no_ack: true };
        self.channel.basic_get(queue.into(), options).await.unwrap().is_some()
    }

    /// Waits for a reply in a queue.
    pub(super) async fn reply(&self, queue: &str) -> Value {
        let what = format!("a reply in {queue}");
        let body = until(&what, async || {
            let got = self.channel.basic_get(queue.into(), BasicGetOptions { no_ack: true }).await?;
            Ok(got.map(|message| message.delivery.data))
        });
        let envelope: Value = serde_json::from_slice(&body.await.unwrap()).unwrap();
        serde_json::from_str(envelope["oslo.message"].as_str().unwrap()).unwrap()
    }
}
