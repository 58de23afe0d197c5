//! The first service, which has RabbitMQ alone as a crate of its own: here it has all buses.

include!("../../fixtures/first/src/main.rs");
