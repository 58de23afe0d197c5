//! What is measured.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// One way to do the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Contender {
    /// This project
    Ours,
    /// lapin without anything above it, on a runtime of its own with one worker
    RawOwn,
    /// The same on the runtime that the callers and the server run on
    RawShared,
    /// lapin on a runtime of its own, with each notification written and read by `serde_json`
    RawOwnEvents,
    /// The same on the runtime that callers and listeners run on
    RawSharedEvents,
    /// oslo.messaging
    Python,
    /// This project with zmq://
    OursZmq,
    /// The library zeromq without anything above it, with each message written and read by `serde_json`
    RawZmq,
    /// tarpc with JSON over TCP
    TarpcTcp,
    /// tonic
    Tonic,
    /// This project with amqp1://
    OursAmqp1,
    /// The library fe2o3-amqp without anything above it, on a runtime of its own with one worker, with each message
    /// written and read by `serde_json`
    RawAmqp1Own,
    /// The same on the runtime that callers and the server run on
    RawAmqp1Shared,
    /// This project with `memory://`.
    #[value(skip)]
    OursInMemory,
    /// tarpc with JSON over a pipe inside the process.
    #[value(skip)]
    TarpcJson,
    /// tarpc over a channel, on which values travel as they are.
    #[value(skip)]
    TarpcChannel,
}

impl Contender {
    /// The title of its column.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ours => "this project",
            Self::RawOwn => "raw lapin, own runtime",
            Self::RawShared => "raw lapin, shared runtime",
            Self::RawOwnEvents => "raw lapin with JSON, own runtime",
            Self::RawSharedEvents => "raw lapin with JSON, shared runtime",
            Self::Python => "oslo.messaging",
            Self::OursZmq => "this project, `zmq://`",
            Self::RawZmq => "zeromq with JSON",
            Self::TarpcTcp => "tarpc, JSON over TCP",
            Self::Tonic => "tonic",
            Self::OursAmqp1 => "this project, `amqp1://`",
            Self::RawAmqp1Own => "fe2o3-amqp with JSON, own runtime",
            Self::RawAmqp1Shared => "fe2o3-amqp with JSON, shared runtime",
            Self::OursInMemory => "this project, `memory://`",
            Self::TarpcJson => "tarpc, JSON in a pipe",
            Self::TarpcChannel => "tarpc, values in a channel",
        }
    }

    /// Whether notifications are written and read, and not sent and taken as they are: none of raw lapin's own.
    pub(crate) fn has_events(self) -> bool {
        matches!(self, Self::RawOwnEvents | Self::RawSharedEvents)
    }

    /// Whether what is sent is kept until somebody takes it.
    pub(crate) fn keeps(self) -> bool {
        !matches!(self, Self::OursZmq | Self::OursAmqp1)
    }

    /// Whether a router is between client and server.
    pub fn is_routed(self) -> bool {
        matches!(self, Self::OursAmqp1 | Self::RawAmqp1Own | Self::RawAmqp1Shared)
    }

    /// Whether the client's process has the server in it: there is no broker between them.
    pub fn in_memory(self) -> bool {
        matches!(self, Self::OursInMemory | Self::TarpcJson | Self::TarpcChannel)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Client,
    Server,
    /// What is between the two, of whatever contenders.
    Router,
}

/// A client against a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Setup {
    /// The transport URL; where a library listens that has none, if there is nobody between client and server.
    pub url: String,
    pub client: Contender,
    /// Whose server answers: raw lapin can be the client of ours.
    pub server: Contender,
    /// Whether requests go through a quorum queue, in place of a transient classic one as oslo.messaging has by
    /// default.
    pub quorum: bool,
    /// The size of a request in bytes, envelope included.
    pub body: usize,
    /// 1 or 100.
    pub methods: usize,
    /// As many servers share the process, one for each topic.
    pub topics: usize,
    /// As many clients as the server sees; only raw lapin pretends to be several.
    pub reply_queues: usize,
}

impl Setup {
    /// A contender against its own server: one method, one topic, small requests through a classic queue.
    pub fn new(contender: Contender, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            client: contender,
            server: contender,
            quorum: false,
            body: 300,
            methods: 1,
            topics: 1,
            reply_queues: 1,
        }
    }

    pub fn contender(&self, side: Side) -> Contender {
        match side {
            Side::Client => self.client,
            Side::Server | Side::Router => self.server,
        }
    }

    /// Where the server listens, or the router if there is one.
    pub(crate) fn socket(&self) -> Result<SocketAddr> {
        let host = self.url.split('/').nth(2).and_then(|host| host.parse().ok());
        host.with_context(|| format!("{} has no address", self.url))
    }

    /// The name of the exchange, and of the first topic. Each contender has its own for each kind of queue, as
    /// neither can be declared again in another way; and for each size of the service, as two servers would share
    /// a topic.
    pub fn address(&self) -> String {
        let Self { server, methods, topics, reply_queues, .. } = self;
        let queue = if self.quorum { "quorum" } else { "classic" };
        format!("throughput-{server:?}-{queue}-{methods}-{topics}-{reply_queues}")
    }

    /// The topic of notifications.
    pub fn notifications(&self) -> String {
        format!("{}-notifications", self.address())
    }

    /// The names of all topics.
    pub(crate) fn topics(&self) -> impl Iterator<Item = String> {
        let further = (1..self.topics).map(|number| format!("{}-topic-{number}", self.address()));
        [self.address()].into_iter().chain(further)
    }
}
