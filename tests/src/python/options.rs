//! `tests/python/options.py`.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::builder::script;
use crate::limits::PEERS_PATIENCE;
use crate::peer::Peer;

/// A Python process that shows what oslo.messaging does by a configuration.
#[derive(Debug)]
pub struct PythonOptions(Peer);

/// What one session came to: what it found out, or why there was none.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Came {
    Facts(Vec<String>),
    Refused(String),
}

#[derive(Deserialize)]
struct Answer {
    id: usize,
    #[serde(flatten)]
    came: Came,
}

#[derive(Deserialize)]
struct Listed {
    options: Vec<(String, String)>,
}

impl PythonOptions {
    /// Starts it.
    pub async fn start() -> Result<Self> {
        Ok(Self(Peer::start("options.py", script("options.py")?).await?))
    }

    /// The options that oslo.messaging lists: group and name.
    pub async fn options(&mut self) -> Result<Vec<(String, String)>> {
        Ok(self.0.ask::<Listed>(&json!({"options": true})).await?.options)
    }

    /// Begins a session, which is a JSON object as the script describes it.
    pub async fn begin(&mut self, session: &Value) -> Result<()> {
        self.0.write(session).await
    }

    /// The number of the next session that ends, and what it found out, or why there was none.
    pub async fn ended(&mut self) -> Result<(usize, Result<Vec<String>, String>)> {
        let line = self.0.read(PEERS_PATIENCE).await?;
        let wrong = self.0.failure(&format!("expected the end of a session, got {line}"));
        let Answer { id, came } = Answer::deserialize(line).map_err(|error| wrong.context(error))?;
        Ok(match came {
            Came::Facts(facts) => (id, Ok(facts)),
            Came::Refused(why) => (id, Err(why)),
        })
    }

    /// Ends it in an orderly way.
    pub async fn stop(mut self) -> Result<()> {
        self.0.stop().await.1
    }
}
