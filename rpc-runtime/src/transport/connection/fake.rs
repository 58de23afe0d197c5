//! Connections that a test says the fate of.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use tokio::sync::{mpsc, watch};

use super::contract::{Connect, ConnectFailure, Connection, Event};
use crate::transport::url::Host;

type Connects = dyn Fn(&Host) -> Result<(), ConnectFailure> + Send + Sync;

/// Every host is the same broker.
pub(super) struct Fake {
    connect: Box<Connects>,
    /// The connections so far, each with the host that it was made to.
    made: Mutex<Vec<(String, Arc<FakeConnection>)>>,
}

impl Fake {
    /// Connects always.
    pub(super) fn new() -> Arc<Self> {
        Self::with_connect(|_| Ok(()))
    }

    pub(super) fn with_connect(
        connect: impl Fn(&Host) -> Result<(), ConnectFailure> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { connect: Box::new(connect), made: Mutex::default() })
    }

    pub(super) fn connection(&self, n: usize) -> Arc<FakeConnection> {
        self.made.lock().unwrap()[n].1.clone()
    }

    pub(super) fn hosts(&self) -> Vec<String> {
        self.made.lock().unwrap().iter().map(|(host, _)| host.clone()).collect()
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl Connect<FakeConnection> for Fake {
    fn connect<'a>(
        &'a self,
        host: &'a Host,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Arc<FakeConnection>, ConnectFailure>> {
        let connected = (self.connect)(host).map(|()| {
            let connection = Arc::new(FakeConnection::new());
            self.made.lock().unwrap().push((host.name().to_owned(), connection.clone()));
            connection
        });
        std::future::ready(connected).boxed()
    }
}

#[derive(Debug)]
pub(super) struct FakeConnection {
    happen: mpsc::UnboundedSender<Event>,
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>,
    dead: watch::Sender<bool>,
    said_goodbye: watch::Sender<bool>,
}

impl FakeConnection {
    fn new() -> Self {
        let (happen, events) = mpsc::unbounded_channel();
        let (dead, said_goodbye) = (watch::Sender::new(false), watch::Sender::new(false));
        Self { happen, events: tokio::sync::Mutex::new(events), dead, said_goodbye }
    }

    pub(super) fn happen(&self, event: Event) {
        self.happen.send(event).unwrap();
    }

    pub(super) fn dead(&self) -> bool {
        *self.dead.borrow()
    }

    pub(super) fn said_goodbye(&self) -> bool {
        *self.said_goodbye.borrow()
    }
}

impl Connection for FakeConnection {
    fn event(&self) -> BoxFuture<'_, Event> {
        async move {
            let event = self.events.lock().await.recv().await;
            event.unwrap_or_else(|| Event::Lost("it was dropped".to_owned()))
        }
        .boxed()
    }

    fn close(&self, _: Duration) -> BoxFuture<'_, ()> {
        self.said_goodbye.send_replace(true);
        self.kill();
        std::future::ready(()).boxed()
    }

    fn kill(&self) {
        self.dead.send_replace(true);
        // Nobody may be listening any more.
        let _ = self.happen.send(Event::Lost("it was cut".to_owned()));
    }
}
