//! `tests/python/server.py`.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::builder::{AMQP1, OSLO8};
use super::{PeerBuilder, reports};
use crate::peer::Peer;

/// What it reports, for errors.
const WHAT: &str = "a note";

/// A Python RPC server; `tests/python/sample_endpoints.py` shows its methods.
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

    /// A server of `topic` named `server` on oslo.messaging 8 over ZeroMQ, by `tests/python/zmq_oslo.py`; the method `slow`
    /// is a note as well, once it has begun.
    pub fn over_zmq(url: &str, topic: &str, server: &str) -> PeerBuilder<Self> {
        let builder = PeerBuilder::new("zmq_oslo.py", url).environment(OSLO8);
        builder.arg("--topic", topic).arg("--server", server)
    }

    /// The same as [`PythonServer::builder`] on oslo.messaging 14 over AMQP 1.0, whose URL there begins with `amqp`.
    pub fn over_amqp1(url: &str, topic: &str, server: &str) -> PeerBuilder<Self> {
        Self::builder(&url.replacen("amqp1", "amqp", 1), topic, server).environment(AMQP1)
    }

    /// The next note; fails if none comes.
    pub async fn note(&mut self) -> Result<Note> {
        reports::next(&mut self.0, WHAT).await
    }

    /// Stops the server in an orderly way and returns the notes that were not asked for yet.
    pub async fn stop(self) -> Result<Vec<Note>> {
        let (notes, ended) = self.stop_somehow().await?;
        ended.map(|()| notes)
    }

    /// The same with the notes of a server that does not stop in an orderly way, and with why it did not.
    pub async fn stop_somehow(self) -> Result<(Vec<Note>, Result<()>)> {
        reports::stop(self.0, WHAT).await
    }

    /// Kills the server as a crash would and returns the notes that were not asked for yet.
    pub async fn kill(self) -> Result<Vec<Note>> {
        reports::kill(self.0, WHAT).await
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
