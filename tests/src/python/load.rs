//! `tests/python/load.py`.

use std::time::Duration;

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::PeerBuilder;
use crate::peer::Peer;

/// A Python client that has many requests under way.
#[derive(Debug)]
pub struct PythonLoad(Peer);

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Ended {
    /// Its number.
    pub id: u64,
    /// What it returned, if it raised nothing: null for a cast.
    #[serde(default)]
    pub result: Value,
    /// The class of the exception.
    pub raised: Option<String>,
    /// The text of the exception.
    #[serde(default)]
    pub text: String,
}

impl From<Peer> for PythonLoad {
    fn from(peer: Peer) -> Self {
        Self(peer)
    }
}

impl PythonLoad {
    /// A client of `topic`, whose calls wait for so many seconds.
    pub fn builder(url: &str, topic: &str, timeout: Duration) -> PeerBuilder<Self> {
        let seconds = timeout.as_secs_f64().to_string();
        PeerBuilder::new("load.py", url).arg("--topic", topic).arg("--timeout", &seconds)
    }

    /// Begins a request; `kind` is `call`, `cast` or `notification`.
    pub async fn begin(&mut self, id: u64, kind: &str) -> Result<()> {
        self.0.write(&json!({"id": id, "kind": kind})).await
    }

    /// The next request that ends. May be dropped before one does.
    pub async fn ended(&mut self) -> Result<Ended> {
        let line = self.0.read(Duration::MAX).await?;
        let wrong = self.0.failure(&format!("expected the end of a request, got {line}"));
        Ended::deserialize(line).map_err(|error| wrong.context(error))
    }
}

impl PeerBuilder<PythonLoad> {
    /// How long each request takes its server.
    #[must_use]
    pub fn taking(self, seconds: f64) -> Self {
        self.arg("--seconds", &seconds.to_string())
    }
}
