//! `tests/python/rules.py`.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::builder::script;
use crate::peer::Peer;

/// A Python process that says how oslo.messaging decides.
#[derive(Debug)]
pub struct PythonRules(Peer);

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Match(bool),
    Refused(String),
    Drivers(BTreeSet<String>),
}

impl PythonRules {
    /// Starts it.
    pub async fn start() -> Result<Self> {
        Ok(Self(Peer::start("rules.py", script("rules.py")?).await?))
    }

    /// Whether a filter lets a notification through; both are arguments of `NotificationFilter`. The inner error says why
    /// one of its patterns is none.
    pub async fn filter(&mut self, filter: &Value, notification: &Value) -> Result<Result<bool, String>> {
        match self.0.ask(&json!({"filter": filter, "notification": notification})).await? {
            Answer::Match(through) => Ok(Ok(through)),
            Answer::Refused(why) => Ok(Err(why)),
            Answer::Drivers(_) => Err(self.0.failure("it answered another question")),
        }
    }

    /// The drivers that a routing file gives an event of a priority to.
    pub async fn drivers(&mut self, file: &str, event: &str, priority: &str) -> Result<BTreeSet<String>> {
        match self.0.ask(&json!({"routing": file, "event": event, "priority": priority})).await? {
            Answer::Drivers(drivers) => Ok(drivers),
            Answer::Match(_) | Answer::Refused(_) => Err(self.0.failure("it answered another question")),
        }
    }

    /// Ends it in an orderly way.
    pub async fn stop(mut self) -> Result<()> {
        self.0.stop().await.1
    }
}
