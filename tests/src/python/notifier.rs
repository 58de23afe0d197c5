//! `tests/python/notifier.py`.

use anyhow::{Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::PeerBuilder;
use crate::limits::PATIENCE;
use crate::peer::Peer;

/// A Python notifier.
#[derive(Debug)]
pub struct PythonNotifier(Peer);

/// A notification as a notifier has sent it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Emitted {
    /// The message itself: `message_id`, `publisher_id`, `event_type`, `priority`, `payload` and `timestamp`.
    pub sent: Map<String, Value>,
    /// The context that went with it.
    pub context: Map<String, Value>,
    /// Why it was not sent, for each driver that says so.
    problems: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Emitted(Emitted),
    Invalid { invalid: String },
}

impl From<Peer> for PythonNotifier {
    fn from(peer: Peer) -> Self {
        Self(peer)
    }
}

impl PythonNotifier {
    /// A notifier of the broker at `url`, with the exchange of the option `control_exchange`.
    pub fn builder(url: &str) -> PeerBuilder<Self> {
        PeerBuilder::new("notifier.py", url)
    }

    /// Sends a notification, which is a JSON object as the script describes it. Fails if it is not sent.
    pub async fn emit(&mut self, notification: Value) -> Result<Emitted> {
        let emitted = self.try_emit(notification).await?;
        ensure!(emitted.problems.is_empty(), "not sent: {:?}", emitted.problems);
        Ok(emitted)
    }

    /// The same, if it may be lost: Python says so in its log alone.
    pub async fn try_emit(&mut self, notification: Value) -> Result<Emitted> {
        self.0.write(&notification).await?;
        let answer = self.0.read(PATIENCE).await?;
        match Answer::deserialize(&answer) {
            Ok(Answer::Emitted(emitted)) => Ok(emitted),
            Ok(Answer::Invalid { invalid }) => bail!("notification {notification}: {invalid}"),
            Err(error) => Err(self.0.failure(&format!("it answered {answer}: {error}"))),
        }
    }

    /// Ends the notifier in an orderly way.
    pub async fn stop(mut self) -> Result<()> {
        self.0.stop().await.1
    }
}

impl Emitted {
    /// Whether every driver has sent it.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.problems.is_empty()
    }

    /// One of its texts; empty if it has none of this name.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.sent.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}
