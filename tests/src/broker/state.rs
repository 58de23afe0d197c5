//! What a node tells about its queues, exchanges, bindings and connections.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Name, AMQP type as RabbitMQ calls it (`longstr`, `signedint`, ...) and value.
type Field = (String, String, Value);

/// One queue.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// How many messages it holds, those being handled included.
    pub messages: u64,
    /// How many of them are with a consumer and not settled.
    pub messages_unacknowledged: u64,
    /// How many consumers it has.
    pub consumers: u64,
    /// Whether it survives a restart of the broker.
    pub durable: bool,
    /// Whether it is deleted with its last consumer.
    pub auto_delete: bool,
    /// The arguments that it was declared with: name, type, value.
    #[serde(deserialize_with = "declared")]
    pub arguments: Vec<Field>,
}

/// One exchange.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Exchange {
    /// Its name.
    pub name: String,
    /// `topic`, `fanout`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it survives a restart of the broker.
    pub durable: bool,
    /// Whether it is deleted with its last binding.
    pub auto_delete: bool,
}

/// One binding of a queue to an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Binding {
    /// The exchange.
    #[serde(rename = "source_name")]
    pub exchange: String,
    /// The queue.
    #[serde(rename = "destination_name")]
    pub queue: String,
    /// The routing key.
    pub routing_key: String,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Connection {
    /// Both addresses, client first.
    pub name: String,
    /// The virtual host.
    pub vhost: String,
    /// `running`, `blocked`, `flow`, ...
    pub state: String,
    /// How many channels are open.
    pub channels: u64,
    /// What the client says of itself: name, type, value. Empty before it has said anything.
    #[serde(deserialize_with = "fields_or_none")]
    pub client_properties: Vec<Field>,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Channel {
    /// Erlang's name of its process: that of another channel is another one.
    pub pid: String,
    /// The virtual host.
    pub vhost: String,
    /// Whether it confirms what is published.
    pub confirm: bool,
    /// How many consumers it has.
    #[serde(rename = "consumer_count")]
    pub consumers: u64,
}

impl Channel {
    pub(super) const COLUMNS: &[&str] = &["pid", "vhost", "confirm", "consumer_count"];
}

impl Queue {
    pub(super) const COLUMNS: &[&str] =
        &["name", "messages", "messages_unacknowledged", "consumers", "durable", "auto_delete", "arguments"];
}

impl Exchange {
    pub(super) const COLUMNS: &[&str] = &["name", "type", "durable", "auto_delete"];
}

impl Binding {
    pub(super) const COLUMNS: &[&str] = &["source_name", "destination_name", "routing_key"];
}

impl Connection {
    /// Whether it is one of `rpc-runtime`.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.client_properties.iter().any(|(name, _, value)| name == "product" && value == "rpc-runtime")
    }

    pub(super) const COLUMNS: &[&str] = &["name", "vhost", "state", "channels", "client_properties"];
}

/// RabbitMQ 4 says of each queue that it is a classic one, which nobody has to declare.
fn declared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Field>, D::Error> {
    let mut arguments: Vec<Field> = Vec::deserialize(deserializer)?;
    arguments.retain(|(name, _, value)| name != "x-queue-type" || value != "classic");
    Ok(arguments)
}

/// Fields, or a word in place of none.
fn fields_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Field>, D::Error> {
    let fields = Value::deserialize(deserializer)?;
    if fields.is_string() { Ok(Vec::new()) } else { Vec::deserialize(fields).map_err(D::Error::custom) }
}
