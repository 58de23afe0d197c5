//! Transports: one driver trait, the in-memory broker and RabbitMQ behind it.

pub(crate) mod driver;
