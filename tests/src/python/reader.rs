//! `tests/python/reader.py`.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::builder::script;
use crate::peer::Peer;

/// A Python process that says how oslo.config reads.
#[derive(Debug)]
pub struct PythonReader(Peer);

/// An option that oslo.messaging registers.
#[derive(Debug, Clone, Deserialize)]
pub struct Registered {
    /// The group.
    pub group: String,
    /// The name.
    pub name: String,
    /// text, texts, list, flag, integer or float.
    #[serde(rename = "type")]
    pub kind: String,
    /// The default; floats are texts.
    pub default: Value,
    /// Names of old.
    pub old: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Options(Vec<Registered>),
    Values(Vec<Value>),
    Refused(String),
}

impl PythonReader {
    /// Starts it.
    pub async fn start() -> Result<Self> {
        Ok(Self(Peer::start("reader.py", script("reader.py")?).await?))
    }

    /// The options that oslo.messaging and oslo.concurrency register.
    pub async fn options(&mut self) -> Result<Vec<Registered>> {
        match self.0.ask(&json!({"options": true})).await? {
            Answer::Options(options) => Ok(options),
            Answer::Values(_) | Answer::Refused(_) => Err(self.0.failure("it answered another question")),
        }
    }

    /// What it reads; `question` as the script has it. The inner error says why there is no configuration at all; an option
    /// without a value is an object with `refused` alone.
    pub async fn read(&mut self, question: Value) -> Result<Result<Vec<Value>, String>> {
        match self.0.ask(&question).await? {
            Answer::Values(values) => Ok(Ok(values)),
            Answer::Refused(why) => Ok(Err(why)),
            Answer::Options(_) => Err(self.0.failure("it answered another question")),
        }
    }

    /// Ends it in an orderly way.
    pub async fn stop(mut self) -> Result<()> {
        self.0.stop().await.1
    }
}
