//! Transports: one driver trait, the in-memory broker and RabbitMQ behind it.

#[cfg(feature = "amqp")]
pub(crate) mod amqp;
pub(crate) mod driver;
#[cfg(feature = "amqp")]
mod option_value;
#[cfg(feature = "amqp")]
pub(crate) mod options;
pub(crate) mod url;
