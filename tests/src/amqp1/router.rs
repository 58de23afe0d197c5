//! `tests/python/amqp1_router.py`.

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::python::router_script;
use crate::reservation::Reservation;

/// A router on a port of its own, which fails as it is told to; dropping it kills it.
///
/// What is said `of` addresses is about those that contain the text.
#[derive(Debug)]
pub struct Router {
    ports: Reservation<1>,
    args: Vec<String>,
    /// `None` once it is killed.
    peer: Option<Peer>,
}

/// The form of addresses that its peers choose by what it says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As for old brokers, of which it says nothing to be told from.
    Legacy,
    /// As for routers.
    Routable,
}

/// What becomes of a message that goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is accepted, and lost.
    Accepted,
    /// It was not taken.
    Released,
    /// It is refused.
    Rejected,
    /// It was not taken, and has changed.
    Modified,
    /// It may have been executed.
    Failed,
    /// It was not taken, and will not be taken here.
    Undeliverable,
    /// Nobody ever says.
    None,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Modified => "modified",
            Self::Failed => "failed",
            Self::Undeliverable => "undeliverable",
            Self::None => "none",
        }
    }
}

/// The open links of some addresses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Links {
    /// How many connections there are at all.
    pub connections: usize,
    /// Links by which peers get messages.
    pub consumers: usize,
    /// Links by which peers send messages.
    pub producers: usize,
    /// How many messages are with consumers that have not said what became of them.
    pub unsettled: usize,
    /// The addresses.
    pub addresses: Vec<String>,
}

/// How many connections, sessions or links it was about.
#[derive(Deserialize)]
struct Number {
    n: usize,
}

impl Router {
    /// Starts one and returns once it takes connections.
    pub async fn start(mode: Mode) -> Result<Self> {
        Self::start_with(mode, &[]).await
    }

    /// The same with more arguments of the script.
    pub async fn start_with(mode: Mode, args: &[&str]) -> Result<Self> {
        let ports = Reservation::new()?;
        let [port] = ports.ports();
        let mut all = vec!["--port".to_owned(), port.to_string()];
        if mode == Mode::Routable {
            all.extend(["--product".to_owned(), "router of the tests".to_owned()]);
        }
        all.extend(args.iter().map(|arg| (*arg).to_owned()));
        let mut router = Self { ports, args: all, peer: None };
        router.restart().await?;
        Ok(router)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        let [port] = self.ports.ports();
        port
    }

    /// The URL of a transport over it.
    pub fn url(&self) -> String {
        format!("amqp1://127.0.0.1:{}/", self.port())
    }

    /// Kills it.
    pub async fn kill(&mut self) -> Result<()> {
        self.peer.take().context("it does not run")?.kill().await?;
        Ok(())
    }

    /// Starts it on the same port after [`Router::kill`].
    pub async fn restart(&mut self) -> Result<()> {
        let mut command = router_script()?;
        command.args(&self.args);
        self.peer = Some(Peer::start("amqp1_router.py", command).await?);
        Ok(())
    }

    /// Stops it where it is: connections stay, and nothing is said on them.
    pub fn freeze(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on after [`Router::freeze`].
    pub fn thaw(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.peer.as_ref().context("it does not run")?.pid()?)?;
        Ok(kill_process(Pid::from_raw(pid).context("no process")?, signal)?)
    }

    /// From now on messages have this outcome, and go nowhere.
    pub async fn outcome(&mut self, of: &str, outcome: Outcome) -> Result<()> {
        self.ask(json!({"do": "outcome", "of": of, "outcome": outcome.name()})).await
    }

    /// The same for the next so many messages.
    pub async fn outcome_of_next(&mut self, times: u32, of: &str, outcome: Outcome) -> Result<()> {
        self.ask(json!({"do": "outcome", "of": of, "outcome": outcome.name(), "times": times})).await
    }

    /// From now on who sends gets no more credit.
    pub async fn withhold(&mut self, of: &str) -> Result<()> {
        self.ask(json!({"do": "withhold", "of": of})).await
    }

    /// From now on links are closed with this condition once they are attached.
    pub async fn refuse(&mut self, of: &str, condition: &str) -> Result<()> {
        self.ask(json!({"do": "refuse", "of": of, "condition": condition})).await
    }

    /// Ends all that was to be from some time on.
    pub async fn heal(&mut self) -> Result<()> {
        self.ask(json!({"do": "heal"})).await
    }

    /// Closes links with this condition; how many.
    pub async fn detach(&mut self, of: &str, condition: &str) -> Result<usize> {
        self.number(json!({"do": "detach", "of": of, "condition": condition})).await
    }

    /// Ends the sessions that have such links, as RabbitMQ does for many reasons; how many.
    pub async fn end_sessions(&mut self, of: &str, condition: &str) -> Result<usize> {
        self.number(json!({"do": "end", "of": of, "condition": condition})).await
    }

    /// Closes all connections with this condition, as one does that is shut down; how many.
    pub async fn close_connections(&mut self, condition: &str) -> Result<usize> {
        self.number(json!({"do": "close", "condition": condition})).await
    }

    /// Sends a message to the consumers, by the fields of Proton's `Message`; how many those are.
    pub async fn deliver(&mut self, of: &str, message: Value) -> Result<usize> {
        self.number(json!({"do": "deliver", "of": of, "message": message})).await
    }

    /// What links there are.
    pub async fn links(&mut self, of: &str) -> Result<Links> {
        self.ask(json!({"do": "describe", "of": of})).await
    }

    async fn number(&mut self, line: Value) -> Result<usize> {
        Ok(self.ask::<Number>(line).await?.n)
    }

    async fn ask<A: DeserializeOwned>(&mut self, line: Value) -> Result<A> {
        self.peer.as_mut().context("it does not run")?.ask(&line).await
    }
}
