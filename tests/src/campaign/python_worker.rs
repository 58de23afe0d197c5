//! A Python server, and what it executes on its way into the ledger.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Ledger;
use crate::{Note, PythonServer};

/// Below the time after which a server without a note is taken for dead: under a fault there may be
/// none for long.
const QUIET: Duration = Duration::from_secs(5);

/// A running Python server of the load.
#[derive(Debug)]
pub struct PythonWorker {
    stop: oneshot::Sender<()>,
    noting: JoinHandle<Result<PythonServer>>,
    ledger: Arc<Ledger>,
}

impl PythonWorker {
    /// Starts a server of `topic` with options of oslo.config, `[GROUP/]NAME=VALUE`.
    pub async fn start<'a>(
        url: &str,
        topic: &str,
        options: impl IntoIterator<Item = &'a String>,
        ledger: &Arc<Ledger>,
    ) -> Result<Self> {
        let builder = PythonServer::builder(url, topic, "python");
        let server = options.into_iter().fold(builder, |builder, option| builder.option(option));
        let server = server.start().await?;
        let (stop, stopped) = oneshot::channel();
        let noting = tokio::spawn(note(server, Arc::clone(ledger), stopped));
        Ok(Self { stop, noting, ledger: Arc::clone(ledger) })
    }

    /// Stops the server; all that it has executed is in the ledger then.
    pub async fn stop(self) -> Result<()> {
        self.end(PythonServer::stop_somehow).await
    }

    /// Kills the server as a crash would; all that it has executed is in the ledger then.
    pub async fn kill(self) -> Result<()> {
        self.end(async |server| Ok((server.kill().await?, Ok(())))).await
    }

    async fn end(self, end: impl AsyncFnOnce(PythonServer) -> Result<(Vec<Note>, Result<()>)>) -> Result<()> {
        // An error means that the noting has failed, which is told by its end.
        let _ = self.stop.send(());
        let server = self.noting.await??;
        let (notes, ended) = end(server).await?;
        for note in notes {
            enter(&self.ledger, &note)?;
        }
        if let Err(error) = ended {
            let text = error.to_string();
            self.ledger.peer_failed(format!("its end: {}", text.lines().next().unwrap_or_default()));
        }
        Ok(())
    }
}

async fn note(
    mut server: PythonServer,
    ledger: Arc<Ledger>,
    mut stopped: oneshot::Receiver<()>,
) -> Result<PythonServer> {
    loop {
        tokio::select! {
            _ = &mut stopped => return Ok(server),
            noted = timeout(QUIET, server.note()) => if let Ok(note) = noted {
                enter(&ledger, &note?)?;
            }
        }
    }
}

fn enter(ledger: &Ledger, note: &Note) -> Result<()> {
    let id = note.args.get("id").and_then(serde_json::Value::as_u64);
    ledger.executed_by_peer(id.with_context(|| format!("{note:?} has no id"))?, &note.server);
    Ok(())
}
