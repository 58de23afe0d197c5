//! What one process of the benchmark is, handed over as its argument.

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The argument before the role, which is JSON.
pub(crate) const ROLE: &str = "--role";

/// One way to do the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Contender {
    /// This project.
    Ours,
    /// lapin without anything above it, on a runtime of its own with one worker.
    RawOwn,
    /// The same on the runtime that the callers and the server run on.
    RawShared,
    /// oslo.messaging.
    Python,
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
    /// The name for names of queues and for messages about progress.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::RawOwn => "raw-own",
            Self::RawShared => "raw-shared",
            Self::Python => "python",
            Self::OursInMemory => "ours-in-memory",
            Self::TarpcJson => "tarpc-json",
            Self::TarpcChannel => "tarpc-channel",
        }
    }
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Side {
    Client,
    Server,
    /// Client and server, for what works inside one process only.
    Both,
}

/// The kind of the queue that requests go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Queue {
    /// Transient, the default of oslo.messaging.
    Classic,
    Quorum,
}

impl Queue {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Quorum => "quorum",
        }
    }
}

/// The queue and the size of the requests in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub(crate) queue: Queue,
    /// In bytes, envelope included.
    pub(crate) body: usize,
}

/// How large the service is, and how many clients it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// 1 or 100.
    pub(crate) methods: usize,
    /// As many servers share the process, one for each topic.
    pub(crate) topics: usize,
    /// As many clients as the server sees; only raw lapin pretends to be several.
    pub(crate) reply_queues: usize,
}

/// What one process is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) contender: Contender,
    pub(crate) side: Side,
    /// Whose server answers: raw lapin can be the client of ours.
    pub(crate) server: Contender,
    /// The broker.
    pub(crate) url: String,
    pub(crate) setting: Setting,
    pub(crate) shape: Shape,
}

impl Role {
    /// The role that this process was started with; none if it was started by a person.
    pub(crate) fn of_this_process() -> Result<Option<Self>> {
        let mut arguments = std::env::args().skip_while(|argument| argument != ROLE);
        if arguments.next().is_none() {
            return Ok(None);
        }
        Ok(Some(serde_json::from_str(&arguments.next().context("--role without a role")?)?))
    }

    /// The name of the exchange, and of the first topic. Each contender has its own for each kind of queue,
    /// as neither can be declared again in another way; and for each shape, as two servers would share a
    /// topic.
    pub(crate) fn address(&self) -> String {
        let Shape { methods, topics, reply_queues } = self.shape;
        let (server, queue) = (self.server.name(), self.setting.queue.name());
        format!("throughput-{server}-{queue}-{methods}-{topics}-{reply_queues}")
    }

    /// The names of all topics.
    pub(crate) fn topics(&self) -> Vec<String> {
        let first = self.address();
        let further = (1..self.shape.topics).map(|number| format!("{first}-topic-{number}"));
        [first.clone()].into_iter().chain(further).collect()
    }
}
