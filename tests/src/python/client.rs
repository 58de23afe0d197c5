//! `tests/python/client.py`.

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::PeerBuilder;
use super::builder::{AMQP1, OSLO8};
use crate::limits::PEERS_PATIENCE;
use crate::peer::Peer;

/// A Python RPC client.
///
/// Requests are JSON objects as the script describes them, without `kind`. The outer result fails
/// when the peer does; the inner one is what Python code sees.
#[derive(Debug)]
pub struct PythonClient(Peer);

/// An exception that Python code sees.
#[derive(Debug, Clone, PartialEq, Deserialize, thiserror::Error)]
#[error("{module}.{class}: {text}")]
pub struct Raised {
    /// The name of its class.
    pub class: String,
    /// The module of its class.
    pub module: String,
    /// Its class and all base classes, each with its module.
    pub bases: Vec<String>,
    /// `str()` of it.
    #[serde(rename = "str")]
    pub text: String,
    /// Its positional arguments.
    pub args: Vec<Value>,
    /// Its attribute `kwargs`, as exceptions of OpenStack services have it.
    pub kwargs: Map<String, Value>,
    /// Its attribute `code`, which they have too.
    pub code: Option<u16>,
    /// If it is a `RemoteError`: the class that it stands for.
    pub exc_type: Option<String>,
    /// If it is a `RemoteError`: the message of the exception that it stands for.
    pub value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Result(Value),
    Raised(Raised),
    Invalid(String),
}

impl From<Peer> for PythonClient {
    fn from(peer: Peer) -> Self {
        Self(peer)
    }
}

impl PythonClient {
    /// A client of the servers at `url`.
    pub fn builder(url: &str) -> PeerBuilder<Self> {
        PeerBuilder::new("client.py", url)
    }

    /// A client with the contexts, objects and API of a project, `cinder`, `nova` or `neutron`, by
    /// `tests/python/real_client.py`, whose requests have other keys.
    pub fn real(url: &str, project: &str) -> PeerBuilder<Self> {
        PeerBuilder::new("real_client.py", url).arg("--project", project)
    }

    /// A client on oslo.messaging 8 over ZeroMQ, by `tests/python/zmq_oslo.py`, whose requests have fewer keys.
    pub fn over_zmq(url: &str) -> PeerBuilder<Self> {
        PeerBuilder::new("zmq_oslo.py", url).environment(OSLO8)
    }

    /// The same as [`PythonClient::builder`] on oslo.messaging 14 over AMQP 1.0, whose URL there begins with `amqp`.
    pub fn over_amqp1(url: &str) -> PeerBuilder<Self> {
        Self::builder(&url.replacen("amqp1", "amqp", 1)).environment(AMQP1)
    }

    /// Calls a method and returns its result.
    pub async fn call(&mut self, request: Value) -> Result<Result<Value, Raised>> {
        self.execute("call", request).await
    }

    /// Casts; with `"fanout": true` in `request` to every server.
    pub async fn cast(&mut self, request: Value) -> Result<Result<(), Raised>> {
        Ok(self.execute("cast", request).await?.map(drop))
    }

    /// Ends the client in an orderly way.
    pub async fn stop(mut self) -> Result<()> {
        self.0.stop().await.1
    }

    async fn execute(&mut self, kind: &str, mut request: Value) -> Result<Result<Value, Raised>> {
        request["kind"] = kind.into();
        self.0.write(&request).await?;
        let answer = self.0.read(PEERS_PATIENCE).await?;
        match Answer::deserialize(&answer) {
            Ok(Answer::Result(result)) => Ok(Ok(result)),
            Ok(Answer::Raised(raised)) => Ok(Err(raised)),
            Ok(Answer::Invalid(why)) => bail!("request {request}: {why}"),
            Err(error) => Err(self.0.failure(&format!("it answered {answer}: {error}"))),
        }
    }
}

impl PeerBuilder<PythonClient> {
    /// The release of its objects that a [real](PythonClient::real) client of cinder sends, as while older services run.
    #[must_use]
    pub fn objects(self, release: &str) -> Self {
        self.arg("--objects", release)
    }
}
