//! `tests/python/listener.py`.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{PeerBuilder, reports};
use crate::peer::Peer;

/// What it reports, for errors.
const WHAT: &str = "what it hears";

/// A Python listener.
#[derive(Debug)]
pub struct PythonListener(Peer);

/// What the endpoint of a listener was called with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Heard {
    /// The method: the name of a priority.
    pub priority: String,
    /// One notification, or those of a batch.
    pub notifications: Vec<HeardOne>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct HeardOne {
    /// The context.
    pub ctxt: Map<String, Value>,
    /// Who sent it.
    pub publisher_id: Option<String>,
    /// What happened.
    pub event_type: String,
    /// What there is to say of it.
    pub payload: Value,
    /// `message_id` and `timestamp`.
    pub metadata: Map<String, Value>,
}

impl From<Peer> for PythonListener {
    fn from(peer: Peer) -> Self {
        Self(peer)
    }
}

impl PythonListener {
    /// A listener to a topic, with all priorities; `target` is `TOPIC`, or `EXCHANGE/TOPIC`.
    pub fn builder(url: &str, target: &str) -> PeerBuilder<Self> {
        PeerBuilder::new("listener.py", url).target(target)
    }

    /// What it hears next; fails if that is nothing.
    pub async fn heard(&mut self) -> Result<Heard> {
        reports::next(&mut self.0, WHAT).await
    }

    /// The same of a listener that does not take them in batches.
    pub async fn heard_one(&mut self) -> Result<HeardOne> {
        let mut heard = self.heard().await?;
        ensure!(heard.notifications.len() == 1, "a batch: {heard:?}");
        Ok(heard.notifications.remove(0))
    }

    /// Stops it in an orderly way and returns what it has heard that was not asked for yet.
    pub async fn stop(self) -> Result<Vec<Heard>> {
        let (heard, ended) = self.stop_somehow().await?;
        ended.map(|()| heard)
    }

    /// The same of a listener that does not stop in an orderly way, and with why it did not.
    pub async fn stop_somehow(self) -> Result<(Vec<Heard>, Result<()>)> {
        reports::stop(self.0, WHAT).await
    }

    /// Kills it as a crash would and returns what it had heard that was not asked for yet.
    pub async fn kill(self) -> Result<Vec<Heard>> {
        reports::kill(self.0, WHAT).await
    }
}

impl PeerBuilder<PythonListener> {
    /// Listens to another topic as well.
    #[must_use]
    pub fn target(self, target: &str) -> Self {
        self.arg("--target", target)
    }

    /// Has a method for this priority, and for no other that is not said as well.
    #[must_use]
    pub fn priority(self, priority: &str) -> Self {
        self.arg("--priority", priority)
    }

    /// The filter of its endpoint, as arguments of `NotificationFilter`.
    #[must_use]
    pub fn filter(self, filter: &Value) -> Self {
        self.arg("--filter", &filter.to_string())
    }

    /// Is one of this pool.
    #[must_use]
    pub fn pool(self, pool: &str) -> Self {
        self.arg("--pool", pool)
    }

    /// Asks for this event again, so many times.
    #[must_use]
    pub fn requeue(self, event: &str, times: u32) -> Self {
        self.arg("--requeue", &format!("{event}={times}"))
    }

    /// Raises an exception at this event, so many times.
    #[must_use]
    pub fn fail(self, event: &str, times: u32) -> Self {
        self.arg("--fail", &format!("{event}={times}"))
    }

    /// Without `allow_requeue`, with which it is otherwise.
    #[must_use]
    pub fn without_requeue(self) -> Self {
        self.flag("--no-requeue")
    }

    /// Takes them in batches of this size; those of a batch that is not full after so long come all the same, unless
    /// that is `None`.
    #[must_use]
    pub fn batch(self, size: usize, wait: Option<Duration>) -> Self {
        let sized = self.arg("--batch-size", &size.to_string());
        match wait {
            Some(wait) => sized.arg("--batch-timeout", &wait.as_secs_f64().to_string()),
            None => sized,
        }
    }

    /// Keeps the order of the notifications, by one thread.
    #[must_use]
    pub fn in_order(self) -> Self {
        self.arg("--threads", "1")
    }
}
