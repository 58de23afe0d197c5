//! No log of ours or of the client library shows what a message holds.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::*;

/// Keeps everything that is logged by any thread.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Visit for Everything {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = self.0.lock().unwrap();
        writeln!(text, "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Everything {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::DEBUG
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn broker_bodies_and_passwords_are_not_logged() {
    let _threads = THREADS.read().await;
    let everything = Everything::default();
    // For all threads: those of the client library do not inherit that of the test.
    tracing::subscriber::set_global_default(everything.clone()).unwrap();
    let url = url();
    let driver = connect(quick()).await;
    let names = Names::new();
    let mut listener = listen(&driver, &names, "s").await;
    send(&driver, names.route(None), "token-in-a-message").await.unwrap();
    next(&mut listener.deliveries).await.settle.ack();
    let nowhere = names.route(Some("nobody"));
    send(&driver, nowhere, "token-in-a-message").await.unwrap_err();
    let wrong: TransportUrl =
        format!("rabbit://nobody:hidden-word@{}", url.hosts()[0].address()).parse().unwrap();
    let refused = AmqpDriver::connect(&wrong, quick(), Instant::now() + PATIENCE).await.unwrap_err();
    assert!(refused.to_string().contains("ACCESS_REFUSED"), "{refused}");

    let text = everything.0.lock().unwrap().clone();
    // The client library would log the body as a list of numbers.
    let bytes = format!("{:?}", "token-in-a-message".as_bytes());
    let numbers = bytes.trim_matches(['[', ']']);
    assert!(text.contains("connection up"), "the log is not kept: {text}");
    for secret in ["token-in-a-message", numbers, "hidden-word"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
