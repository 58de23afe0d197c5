//! The servers of a lane, or its listeners: ours, Python's, or one in a process of its own.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use rpc_runtime::notification::{Listener, ListenerBuilder};
use rpc_runtime::{Server, ServerBuilder, Target, Transport};

use super::process::ServerProcess;
use super::{Kind, Ledger, PythonWorker, WorkApi, Worker};
use crate::limits::PATIENCE;

/// What a server is.
#[derive(Debug)]
pub(super) enum By {
    /// A Rust server of this name.
    Rust(&'static str),
    Python,
    /// The program at this path, which is a Rust server.
    Process(PathBuf),
}

/// What the servers of a lane have in common.
#[derive(Debug)]
pub(super) struct Post<'a> {
    pub(super) host: &'a str,
    pub(super) topic: &'static str,
    /// Of the transport URL, without the exchange.
    pub(super) options: &'a [String],
    pub(super) seconds: f64,
    pub(super) late: bool,
    pub(super) blocking: bool,
    pub(super) set: fn(ServerBuilder) -> ServerBuilder,
    /// Whether there are notifications and listeners, in place of requests and servers.
    pub(super) notifies: bool,
    pub(super) set_listener: fn(ListenerBuilder) -> ListenerBuilder,
    pub(super) ledger: &'a Arc<Ledger>,
}

impl Post<'_> {
    /// The transport URL of a Rust server or client. The lane has an exchange of its own: one can't be
    /// durable for one lane and not for another.
    pub(super) fn url(&self) -> String {
        let options: String = self.options.iter().map(|option| format!("&{option}")).collect();
        format!("{}?control_exchange={}{options}", self.host, self.topic)
    }

    /// What its client sends.
    pub(super) fn kinds(&self) -> &'static [Kind] {
        if self.notifies { Kind::OF_NOTIFIERS } else { Kind::OF_CLIENTS }
    }

    /// The same options for Python.
    pub(super) fn settings(&self) -> Vec<String> {
        let exchange = format!("DEFAULT/control_exchange={}", self.topic);
        self.options.iter().cloned().chain([exchange]).collect()
    }
}

/// A server at work.
#[derive(Debug)]
pub(super) enum Serving {
    Rust(Server, Transport),
    Listener(Listener, Transport),
    Python(PythonWorker),
    Process(ServerProcess),
}

impl Serving {
    pub(super) async fn start(by: By, post: &Post<'_>) -> Result<Self> {
        let Post { host, topic, seconds, late, blocking, notifies, ledger, .. } = *post;
        Ok(match by {
            By::Rust(name) if notifies => {
                let transport = Transport::connect(&post.url()).await?;
                let worker = Worker::new(name, ledger).taking(seconds);
                let builder = Listener::builder(&transport).topic(topic).endpoint(worker.listening());
                Serving::Listener((post.set_listener)(builder).start().await?, transport)
            }
            By::Rust(name) => {
                let transport = Transport::connect(&post.url()).await?;
                let worker = Arc::new(Worker::new(name, ledger).taking(seconds).blocking(blocking));
                let target = Target::new(topic).with_server(name);
                let builder = Server::builder(&transport, target).endpoint(WorkApi::endpoint(worker));
                Serving::Rust((post.set)(builder).start().await?, transport)
            }
            By::Python => {
                let settings = post.settings();
                let options = settings.iter().map(String::as_str);
                Serving::Python(if notifies {
                    PythonWorker::listener(host, topic, options, ledger).await?
                } else {
                    PythonWorker::server(host, topic, options, ledger).await?
                })
            }
            By::Process(path) => {
                let role = if notifies { "listener" } else { "server" };
                let late = late.then_some("--late");
                Serving::Process(
                    ServerProcess::start(path, &post.url(), topic, role, seconds, late, ledger).await?,
                )
            }
        })
    }

    /// Its transport, if that is in this process.
    pub(super) fn transport(&self) -> Option<&Transport> {
        match self {
            Serving::Rust(_, transport) | Serving::Listener(_, transport) => Some(transport),
            Serving::Python(_) | Serving::Process(_) => None,
        }
    }

    /// What it has counted, if it is in this process: for people.
    pub(super) fn counted(&self) -> Option<String> {
        match self {
            Serving::Rust(server, _) => Some(format!("{:?}", server.counters())),
            Serving::Listener(listener, _) => Some(format!("{:?}", listener.counters())),
            Serving::Python(_) | Serving::Process(_) => None,
        }
    }

    pub(super) fn process(&mut self) -> Result<&mut ServerProcess> {
        match self {
            Serving::Process(server) => Ok(server),
            other => bail!("{other:?} is no process of its own"),
        }
    }

    pub(super) async fn stop(self) -> Result<()> {
        match self {
            Serving::Rust(server, transport) => {
                server.shutdown(PATIENCE).await.context("a server")?;
                transport.close(PATIENCE).await;
                Ok(())
            }
            Serving::Listener(listener, transport) => {
                listener.shutdown(PATIENCE).await.context("a listener")?;
                transport.close(PATIENCE).await;
                Ok(())
            }
            Serving::Python(server) => server.stop().await,
            Serving::Process(server) => server.kill().await,
        }
    }
}
