//! One line of the log for each change, and none for what is known.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::super::contract::{ConnectFailure, Event as Happens};
use super::super::fake::Fake;
use super::super::state::Backoff;
use super::super::supervisor::Supervisor;
use super::*;
use crate::clock::after;
use crate::transport::failure::FailureKind;
use crate::transport::status_watch::Board;
use crate::transport::url::{Host, TransportUrl};

/// Keeps the lines of reports, each as its level, message and host.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<(Level, String)>>>);

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => write!(self.0, "{value:?}").unwrap(),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("rpc_runtime::transport")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.0.lock().unwrap().push((*event.metadata().level(), line.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn one_line_for_each_change() {
    let lines = Lines::default();
    let _kept = tracing::subscriber::set_default(lines.clone());
    let attempts = Arc::new(AtomicUsize::new(0));
    let connect = move |_: &Host| {
        let (kind, why) = match attempts.fetch_add(1, Ordering::Relaxed) {
            0..=2 => (FailureKind::ConnectionRefused, "refused"),
            3..=5 => (FailureKind::LoginRefused, "ACCESS_REFUSED"),
            6 => (FailureKind::ConnectionRefused, "refused"),
            8 => (FailureKind::ConnectionRefused, "refused"),
            _ => return Ok(()),
        };
        Err(ConnectFailure { kind, why: why.to_owned() })
    };
    let broker = Fake::with_connect(connect);
    let url: TransportUrl = "rabbit://u:hidden@a".parse().unwrap();
    let board = Board::new("RabbitMQ", "send", ConnectionStatus::Connecting);
    let backoff =
        Backoff { first: Duration::from_secs(1), increment: Duration::ZERO, longest: Duration::MAX };
    let (hosts, reporter) = (url.hosts().to_vec(), board.reporter("send"));
    let supervisor =
        Supervisor::start(broker.clone(), hosts, backoff, "RabbitMQ", reporter, &Handle::current());
    let mut view = supervisor.view();
    view.up().await.unwrap();
    for _ in 0..2 {
        broker.connection(0).happen(Happens::Blocked("low on memory".to_owned()));
    }
    broker.connection(0).happen(Happens::Blocked("low on disk".to_owned()));
    broker.connection(0).happen(Happens::Unblocked);
    broker.connection(0).happen(Happens::Lost("reset".to_owned()));
    view.gone(1).await;
    view.up().await.unwrap();
    supervisor.close(after(Duration::from_secs(1))).await;

    let lines = lines.0.lock().unwrap().clone();
    let expected = [
        (Level::WARN, "send connection: refused host=a:5672"),
        (Level::ERROR, "send connection: ACCESS_REFUSED host=a:5672"),
        (Level::WARN, "send connection: refused host=a:5672"),
        (Level::INFO, "send connection up host=a:5672"),
        (Level::WARN, "send connection: the broker blocks it: low on memory host=a:5672"),
        (Level::WARN, "send connection: the broker blocks it: low on disk host=a:5672"),
        (Level::INFO, "send connection: the broker takes messages again host=a:5672"),
        (Level::WARN, "send connection lost: reset host=a:5672"),
        (Level::WARN, "send connection: refused host=a:5672"),
        (Level::INFO, "send connection up host=a:5672"),
        (Level::INFO, "send connection closed"),
    ];
    assert_eq!(lines, expected.map(|(level, line)| (level, line.to_owned())));
}
