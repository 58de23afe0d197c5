//! `tests/python/server.py`.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::PeerBuilder;
use crate::limits::PATIENCE;
use crate::peer::Peer;

/// A Python RPC server; the script shows its methods.
#[derive(Debug)]
pub struct PythonServer(Peer);

/// A message to the server's method `note`, by cast, call or fanout.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Note {
    /// The name of the server that received it.
    pub server: String,
    /// The arguments.
    pub args: Map<String, Value>,
    /// The context.
    pub ctxt: Map<String, Value>,
}

impl From<Peer> for PythonServer {
    fn from(peer: Peer) -> Self {
        Self(peer)
    }
}

impl PythonServer {
    /// A server of `topic` named `server`.
    pub fn builder(url: &str, topic: &str, server: &str) -> PeerBuilder<Self> {
        PeerBuilder::new("server.py", url).arg("--topic", topic).arg("--server", server)
    }

    /// A volume service named `server`, of cinder's methods, by `tests/python/cinder_volume.py`. Its
    /// notes have the method, as `method` among the arguments.
    pub fn cinder_volume(url: &str, server: &str) -> PeerBuilder<Self> {
        PeerBuilder::new("cinder_volume.py", url).arg("--server", server)
    }

    /// A server named `server` with the contexts and objects of a project, `cinder`, `nova` or `neutron`, by
    /// `tests/python/real_server.py`, which takes every method. Its notes have `method` and `args` among the arguments,
    /// and `class`, `fields` and `trace` of the context.
    pub fn real(url: &str, project: &str, topic: &str, server: &str) -> PeerBuilder<Self> {
        let builder = PeerBuilder::new("real_server.py", url).arg("--project", project);
        builder.arg("--topic", topic).arg("--server", server)
    }

    /// The next note; fails if none comes.
    pub async fn note(&mut self) -> Result<Note> {
        let event = self.0.read(PATIENCE).await?;
        self.parse(event)
    }

    /// Stops the server in an orderly way and returns the notes that were not asked for yet.
    pub async fn stop(self) -> Result<Vec<Note>> {
        let (notes, ended) = self.stop_somehow().await?;
        ended.map(|()| notes)
    }

    /// The same with the notes of a server that does not stop in an orderly way, and with why it did not.
    pub async fn stop_somehow(mut self) -> Result<(Vec<Note>, Result<()>)> {
        let (mut events, mut ended) = self.0.stop().await;
        let last = json!({"event": "stopped"});
        if events.last() == Some(&last) {
            events.pop();
        } else if ended.is_ok() {
            ended = Err(self.0.failure("it ended without a word"));
        }
        let notes = events.into_iter().map(|event| self.parse(event)).collect::<Result<_>>()?;
        Ok((notes, ended))
    }

    /// Kills the server as a crash would and returns the notes that were not asked for yet.
    pub async fn kill(mut self) -> Result<Vec<Note>> {
        let events = self.0.kill().await?;
        events.into_iter().map(|event| self.parse(event)).collect()
    }

    fn parse(&self, event: Value) -> Result<Note> {
        let wrong = self.0.failure(&format!("expected a note, got {event}"));
        Note::deserialize(event).map_err(|error| wrong.context(error))
    }
}

impl PeerBuilder<PythonServer> {
    /// What a [real](PythonServer::real) server answers, by method.
    #[must_use]
    pub fn answers(self, answers: &Value) -> Self {
        self.arg("--answers", &answers.to_string())
    }

    /// The version of the interface of a [real](PythonServer::real) server.
    #[must_use]
    pub fn version(self, version: &str) -> Self {
        self.arg("--version", version)
    }

    /// The exchange to listen on, in place of the `control_exchange` option.
    #[must_use]
    pub fn exchange(self, exchange: &str) -> Self {
        self.arg("--exchange", exchange)
    }
}
