//! A Python server or listener, and what it executes on its way into the ledger.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Id, Ledger};
use crate::{Heard, Note, PythonListener, PythonServer};

/// Below the time after which a server without a note is taken for dead: under a fault there may be
/// none for long.
const QUIET: Duration = Duration::from_secs(5);

/// A running Python server or listener of the load.
#[derive(Debug)]
pub struct PythonWorker {
    stop: oneshot::Sender<()>,
    noting: JoinHandle<Result<Python>>,
    ledger: Arc<Ledger>,
}

#[derive(Debug)]
enum Python {
    Server(PythonServer),
    Listener(PythonListener),
}

impl PythonWorker {
    /// Starts a server of `topic` with options of oslo.config, `[GROUP/]NAME=VALUE`.
    pub async fn server<'a>(
        url: &str,
        topic: &str,
        options: impl IntoIterator<Item = &'a str>,
        ledger: &Arc<Ledger>,
    ) -> Result<Self> {
        let builder = PythonServer::builder(url, topic, "python");
        let server = options.into_iter().fold(builder, |builder, option| builder.option(option));
        Ok(Self::of(Python::Server(server.start().await?), ledger))
    }

    /// Starts a listener to `topic` with such options.
    pub async fn listener<'a>(
        url: &str,
        topic: &str,
        options: impl IntoIterator<Item = &'a str>,
        ledger: &Arc<Ledger>,
    ) -> Result<Self> {
        let builder = PythonListener::builder(url, topic);
        let listener = options.into_iter().fold(builder, |builder, option| builder.option(option));
        Ok(Self::of(Python::Listener(listener.start().await?), ledger))
    }

    fn of(python: Python, ledger: &Arc<Ledger>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let noting = tokio::spawn(note(python, Arc::clone(ledger), stopped));
        Self { stop, noting, ledger: Arc::clone(ledger) }
    }

    /// Stops it; all that it has executed is in the ledger then.
    pub async fn stop(self) -> Result<()> {
        self.end(Python::stop_somehow).await
    }

    /// Kills it as a crash would; all that it has executed is in the ledger then.
    pub async fn kill(self) -> Result<()> {
        self.end(async |python| Ok((python.kill().await?, Ok(())))).await
    }

    async fn end(self, end: impl AsyncFnOnce(Python) -> Result<(Vec<Id>, Result<()>)>) -> Result<()> {
        // An error means that the noting has failed, which is told by its end.
        let _ = self.stop.send(());
        let python = self.noting.await??;
        let (ids, ended) = end(python).await?;
        enter(&self.ledger, &ids);
        if let Err(error) = ended {
            let text = error.to_string();
            self.ledger.peer_failed(format!("its end: {}", text.lines().next().unwrap_or_default()));
        }
        Ok(())
    }
}

impl Python {
    /// The requests that it executes next.
    async fn next(&mut self) -> Result<Vec<Id>> {
        match self {
            Python::Server(server) => Ok(vec![executed(&server.note().await?)?]),
            Python::Listener(listener) => heard(&listener.heard().await?),
        }
    }

    async fn stop_somehow(self) -> Result<(Vec<Id>, Result<()>)> {
        match self {
            Python::Server(server) => {
                let (notes, ended) = server.stop_somehow().await?;
                Ok((notes.iter().map(executed).collect::<Result<_>>()?, ended))
            }
            Python::Listener(listener) => {
                let (calls, ended) = listener.stop_somehow().await?;
                Ok((heard_all(&calls)?, ended))
            }
        }
    }

    async fn kill(self) -> Result<Vec<Id>> {
        match self {
            Python::Server(server) => server.kill().await?.iter().map(executed).collect(),
            Python::Listener(listener) => heard_all(&listener.kill().await?),
        }
    }
}

async fn note(mut python: Python, ledger: Arc<Ledger>, mut stopped: oneshot::Receiver<()>) -> Result<Python> {
    loop {
        tokio::select! {
            _ = &mut stopped => return Ok(python),
            noted = timeout(QUIET, python.next()) => if let Ok(ids) = noted {
                enter(&ledger, &ids?);
            }
        }
    }
}

fn enter(ledger: &Ledger, ids: &[Id]) {
    for id in ids {
        ledger.executed_by_peer(*id, "python");
    }
}

fn executed(note: &Note) -> Result<Id> {
    note.args.get("id").and_then(Value::as_u64).with_context(|| format!("{note:?} has no id"))
}

fn heard(heard: &Heard) -> Result<Vec<Id>> {
    let id = |payload: &Value| payload["id"].as_u64().with_context(|| format!("{heard:?} has no id"));
    heard.notifications.iter().map(|one| id(&one.payload)).collect()
}

fn heard_all(calls: &[Heard]) -> Result<Vec<Id>> {
    let ids = calls.iter().map(heard).collect::<Result<Vec<_>>>()?;
    Ok(ids.concat())
}
