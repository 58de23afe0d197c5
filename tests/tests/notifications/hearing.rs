//! A Rust listener that hands on what it hears.

use rpc_runtime::Context;
use rpc_runtime::notification::{
    Filter, Listener, ListenerBuilder, Meta, Notification, NotificationEndpoint, Priority, Verdict,
};
use rpc_tests::PythonListener;
use rpc_tests::limits::PATIENCE;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// What it heard.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) ctx: Context,
    pub(crate) event: Notification,
    pub(crate) meta: Meta,
}

impl Heard {
    pub(crate) fn payload(&self) -> Value {
        self.event.payload().decode().unwrap()
    }

    /// The number that the tests give it.
    pub(crate) fn number(&self) -> u64 {
        self.payload()["n"].as_u64().unwrap()
    }
}

/// A listener at work.
#[derive(Debug)]
pub(crate) struct Hearing {
    listener: Listener,
    heard: mpsc::UnboundedReceiver<Heard>,
}

/// What an endpoint of the tests says of each.
pub(crate) type Judge = fn(&Meta) -> Verdict;

impl Hearing {
    /// Starts what is set up with an endpoint that hears all.
    pub(crate) async fn start(builder: ListenerBuilder) -> Self {
        Self::judging(builder, Priority::ALL.into(), None, |_| Verdict::Handled).await
    }

    /// The same with a verdict, and with priorities and a filter of the endpoint.
    pub(crate) async fn judging(
        builder: ListenerBuilder,
        priorities: Vec<Priority>,
        filter: Option<Filter>,
        judge: Judge,
    ) -> Self {
        let (sender, heard) = mpsc::unbounded_channel();
        let endpoint = NotificationEndpoint::new(move |ctx: Context, event: Notification, meta: Meta| {
            let verdict = judge(&meta);
            sender.send(Heard { ctx, event, meta }).unwrap();
            async move { verdict }
        });
        let endpoint = endpoint.priorities(priorities).filter(filter.unwrap_or_default());
        Self { listener: builder.endpoint(endpoint).start().await.unwrap(), heard }
    }

    /// What it hears next; fails if that is nothing.
    pub(crate) async fn next(&mut self) -> Heard {
        let heard = timeout(PATIENCE, self.heard.recv()).await;
        heard.unwrap_or_else(|_| panic!("it heard nothing for {PATIENCE:?}")).unwrap()
    }

    /// The numbers of what it hears next, so many of them, in order.
    pub(crate) async fn numbers(&mut self, count: usize) -> Vec<u64> {
        let mut numbers = Vec::new();
        for _ in 0..count {
            numbers.push(self.next().await.number());
        }
        numbers.sort_unstable();
        numbers
    }

    /// Stops it; fails if it has heard more than it was asked for.
    pub(crate) async fn stop(mut self) {
        self.listener.shutdown(PATIENCE).await.unwrap();
        let more: Vec<_> = std::iter::from_fn(|| self.heard.try_recv().ok()).collect();
        assert!(more.is_empty(), "it heard {more:?}");
    }
}

/// A Python listener and one of ours share a queue: they hear the numbers below `count`, each of them once, and each
/// listener some. Stops both.
pub(crate) async fn share(mut python: PythonListener, mut rust: Hearing, count: u64) {
    let (mut of_python, mut of_rust) = (Vec::new(), Vec::new());
    while of_python.len() + of_rust.len() < usize::try_from(count).unwrap() {
        tokio::select! {
            heard = python.heard_one() => of_python.push(heard.unwrap().payload["n"].as_u64().unwrap()),
            heard = rust.next() => of_rust.push(heard.number()),
        }
    }
    assert!(!of_python.is_empty() && !of_rust.is_empty(), "Python {of_python:?}, Rust {of_rust:?}");
    let mut numbers = [of_python, of_rust].concat();
    numbers.sort_unstable();
    assert!(numbers.iter().copied().eq(0..count), "{numbers:?}");
    assert_eq!(python.stop().await.unwrap(), []);
    rust.stop().await;
}
