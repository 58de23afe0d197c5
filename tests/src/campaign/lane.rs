//! The servers of a topic and one client of them, with a load and a ledger of their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures::future::try_join_all;
use rpc_runtime::notification::ListenerBuilder;
use rpc_runtime::{ServerBuilder, Transport};

use super::process::{Process, ServerProcess};
use super::sending::Sending;
use super::serving::{By, Post, Serving};
use super::settled::{settled, settled_within};
use super::{Id, Kind, Ledger, Outcome, Pace, Promise, Side, Tally};
use crate::limits::{PATIENCE, PEERS_PATIENCE};
use crate::{Vhost, until};

/// How many requests of each kind have to succeed before a lane is taken to work.
const ENOUGH: usize = 5;

/// The heartbeat of lanes that set none. The task that the client library has for it outlives a lost
/// connection by half of it, and what is left behind is waited for.
const HEARTBEAT: [&str; 2] = ["heartbeat_timeout_threshold", "6"];

/// A lane that is yet to be started; its options hold for both sides.
///
/// There is one server unless said otherwise, because "exactly once" is the promise of one: a message
/// whose acknowledgement was written and lost with the connection comes again, and only the server that
/// has seen it knows that it is a repetition.
#[derive(Debug)]
pub struct Lane {
    name: &'static str,
    by: Vec<By>,
    python_client: bool,
    url: Option<String>,
    options: Vec<String>,
    pace: Pace,
    promise: Promise,
    seconds: f64,
    late: bool,
    blocking: bool,
    set: fn(ServerBuilder) -> ServerBuilder,
    notifies: bool,
    set_listener: fn(ListenerBuilder) -> ListenerBuilder,
}

impl Lane {
    fn new(name: &'static str, by: By) -> Self {
        Self {
            name,
            by: vec![by],
            python_client: false,
            url: None,
            options: Vec::new(),
            pace: Pace::default(),
            promise: Promise::ALL,
            seconds: 0.0,
            late: false,
            blocking: false,
            set: |builder| builder,
            notifies: false,
            set_listener: |builder| builder,
        }
    }

    /// A Rust server of the topic `name`.
    #[must_use]
    pub fn rust(name: &'static str) -> Self {
        Self::new(name, By::Rust("rust"))
    }

    /// A Python server of the topic `name`, at a pace that Python keeps up with.
    #[must_use]
    pub fn python(name: &'static str) -> Self {
        let mut lane = Self::new(name, By::Python).per_second(40);
        lane.promise.servers = Side::Peers;
        lane
    }

    /// A Python client of a Rust server of the topic `name`, at a pace that Python keeps up with. It ends
    /// casts when it likes.
    #[must_use]
    pub fn python_client(name: &'static str) -> Self {
        let mut lane = Self::rust(name).per_second(40);
        // As many as a Python client has threads.
        lane.pace.at_once = 30;
        lane.promise.punctual = false;
        lane.promise.client = Side::Peers;
        lane.python_client = true;
        lane
    }

    /// A Rust server of the topic `name` in a process of its own, to be killed: `peer`, the program
    /// of this crate, at `path`.
    #[must_use]
    pub fn process(name: &'static str, path: impl Into<PathBuf>) -> Self {
        Self::new(name, By::Process(path.into()))
    }

    /// With another Rust server of the topic.
    #[must_use]
    pub fn with_another(mut self) -> Self {
        self.by.push(By::Rust("another"));
        self
    }

    /// With a Python server of the topic beside the others, at a pace that Python keeps up with.
    #[must_use]
    pub fn with_python(mut self) -> Self {
        self.by.push(By::Python);
        self.promise.servers = Side::Peers;
        self.per_second(40)
    }

    /// Connects to this transport URL, without options, in place of that of the virtual host: by way
    /// of a proxy, or to several hosts.
    #[must_use]
    pub fn at(mut self, url: &str) -> Self {
        self.url = Some(url.to_owned());
        self
    }

    /// Sets an option of the transport URL, `NAME=VALUE`.
    #[must_use]
    pub fn option(mut self, option: &str) -> Self {
        self.options.push(option.to_owned());
        self
    }

    /// With durable queues.
    #[must_use]
    pub fn durable(self) -> Self {
        self.option("amqp_durable_queues=true")
    }

    /// With quorum queues.
    #[must_use]
    pub fn quorum(self) -> Self {
        self.option("rabbit_quorum_queue=true")
    }

    /// The server process acknowledges requests after their execution.
    #[must_use]
    pub fn late(mut self) -> Self {
        self.late = true;
        self
    }

    /// The fault may take confirmed casts with it; those sent after it are kept.
    #[must_use]
    pub fn may_lose(mut self) -> Self {
        self.promise.keeps = false;
        self
    }

    /// The fault may make a request run twice; those sent after it run once.
    #[must_use]
    pub fn may_repeat(mut self) -> Self {
        self.promise.once = false;
        self
    }

    /// Begins so many requests in a second.
    #[must_use]
    pub fn per_second(mut self, requests: u32) -> Self {
        self.pace.per_second = requests;
        self
    }

    /// Gives each request so long.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.pace.deadline = deadline;
        self
    }

    /// The Rust server takes so long for each request.
    #[must_use]
    pub fn taking(mut self, seconds: f64) -> Self {
        self.seconds = seconds;
        self
    }

    /// The handlers of the Rust server keep their thread for as long as a request asks for.
    #[must_use]
    pub fn blocking(mut self) -> Self {
        self.blocking = true;
        self
    }

    /// Sets up the Rust server.
    #[must_use]
    pub fn serving(mut self, set: fn(ServerBuilder) -> ServerBuilder) -> Self {
        self.set = set;
        self
    }

    /// Has a notifier in place of the client, and listeners in place of the servers: whoever would be a server listens to the
    /// topic.
    #[must_use]
    pub fn notifying(mut self) -> Self {
        self.notifies = true;
        self
    }

    /// Sets up the Rust listener.
    #[must_use]
    pub fn listening(mut self, set: fn(ListenerBuilder) -> ListenerBuilder) -> Self {
        self.set_listener = set;
        self
    }

    /// Starts the servers and connects the client.
    pub(super) async fn start(self, vhost: &Vhost) -> Result<Running> {
        let Self { name, by, python_client, url, mut options, pace, promise, .. } = self;
        let Self { seconds, late, blocking, set, notifies, set_listener, .. } = self;
        if !options.iter().any(|option| option.starts_with(HEARTBEAT[0])) {
            options.push(HEARTBEAT.join("="));
        }
        let ledger = Arc::new(Ledger::new(name));
        let host = url.unwrap_or_else(|| vhost.url());
        let post = Post {
            host: &host,
            topic: name,
            options: &options,
            seconds,
            late,
            blocking,
            set,
            notifies,
            set_listener,
            ledger: &ledger,
        };
        let servers = try_join_all(by.into_iter().map(|by| Serving::start(by, &post))).await?;
        let client =
            if python_client { Sending::python(&post, pace).await? } else { Sending::rust(&post).await? };
        let (url, kinds) = (post.url(), post.kinds());
        Ok(Running { url, ledger, servers, client, kinds, pace, promise })
    }
}

/// A lane at work.
#[derive(Debug)]
pub struct Running {
    url: String,
    ledger: Arc<Ledger>,
    servers: Vec<Serving>,
    client: Sending,
    kinds: &'static [Kind],
    pace: Pace,
    promise: Promise,
}

impl Running {
    /// Its ledger.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The transport of its client; fails if that is Python's.
    pub fn transport(&self) -> Result<&Transport> {
        self.client.transport()
    }

    /// One request beside the load, which takes its server so long; fails if the client is Python's.
    pub async fn request(&self, kind: Kind, deadline: Duration, seconds: f64) -> Result<Outcome> {
        self.client.request(kind, deadline, seconds).await
    }

    /// Kills the process that the server is and starts another one of the same name; fails if the
    /// server is none.
    pub async fn kill_server(&mut self) -> Result<()> {
        self.process()?.kill_and_start().await
    }

    /// Another client, in a process of its own, is killed in the middle of `calls` calls: `peer`, the
    /// program of this crate, at `path`. What it leaves in the broker goes after two seconds.
    pub async fn kill_client(&self, path: impl AsRef<Path>, calls: u64) -> Result<()> {
        let (ledger, topic) = (&self.ledger, self.ledger.name());
        let ids: Vec<_> = (0..calls).map(|_| ledger.sent(Kind::Call)).collect();
        let url = format!("{}&rabbit_transient_queues_ttl=2", self.url);
        let list = ids.iter().map(Id::to_string).collect::<Vec<_>>().join(",");
        let args = ["--url", &url, "--topic", topic, "client", "--seconds", "3", "--ids", &list];
        let client = Process::start(path, &args, ledger).await?;
        until("its calls are executed", async || Ok(ledger.are_executed(&ids).then_some(()))).await?;
        client.kill().await?;
        for id in ids {
            ledger.ended(id, Outcome::Unclear("its client was killed".to_owned()), Duration::ZERO);
        }
        Ok(())
    }

    fn process(&mut self) -> Result<&mut ServerProcess> {
        self.servers.first_mut().context("the lane has no server")?.process()
    }

    /// Its topic, if what is in its queues says nothing: Python's listener keeps what comes to it a second time, neither
    /// acknowledged nor rejected, until its connection ends.
    pub(super) fn uncounted(&self) -> Option<&str> {
        let of_python = self.kinds == Kind::OF_NOTIFIERS && self.promise.servers == Side::Peers;
        of_python.then(|| self.ledger.name())
    }

    /// The transports of this process.
    pub(super) fn transports(&self) -> impl Iterator<Item = &Transport> {
        self.servers.iter().filter_map(Serving::transport).chain(self.client.transport().ok())
    }

    /// What its servers have counted, those of this process: for people.
    pub(super) fn counted(&self) -> impl Iterator<Item = String> {
        let counted = self.servers.iter().filter_map(Serving::counted);
        counted.map(|counted| format!("{}: {counted}", self.ledger.name()))
    }

    /// One request, so that all that is made at the first use is there.
    pub(super) async fn touch(&mut self) -> Result<()> {
        self.client.touch().await.with_context(|| self.ledger.name().to_owned())
    }

    pub(super) fn load(&mut self) {
        self.client.load(self.pace);
    }

    /// Waits until more requests of each kind, of those begun from now on, have succeeded.
    pub(super) async fn works(&self) -> Result<()> {
        let from = self.ledger.next_id();
        let read = async || {
            let counts = self.kinds.iter().map(|kind| self.ledger.succeeded_since(from, *kind));
            Ok(counts.collect::<Vec<_>>())
        };
        let what = format!("{}: its requests succeed", self.ledger.name());
        let Promise { client, servers, .. } = self.promise;
        let limit = if (client, servers) == (Side::Ours, Side::Ours) { PATIENCE } else { PEERS_PATIENCE };
        let enough = |counts: &Vec<usize>| counts.iter().all(|count| *count >= ENOUGH);
        let works = settled_within(limit, &what, read, enough).await;
        works.map(drop).with_context(|| {
            let failures = self.ledger.failures_since(from, ENOUGH);
            let status = self.client.transport().map(Transport::status);
            format!("{status:?}; the last failures:\n{failures}")
        })
    }

    /// Notes that the fault is over.
    pub(super) fn note_recovery(&self) {
        self.ledger.recovered();
    }

    /// Stops the load; what is under way comes to its end.
    pub(super) async fn stop_load(&mut self) -> Result<()> {
        self.client.stop_load().await
    }

    /// Waits for the execution of what has to be executed; what is missing then is a finding. Nothing has to be by
    /// servers of others: what they still have comes in until they stop.
    pub(super) async fn drain(&self) {
        if self.promise.servers == Side::Peers {
            return;
        }
        let from = if self.promise.keeps { 0 } else { self.ledger.recovered_from() };
        let read = async || Ok(self.ledger.missing_since(from));
        drop(settled("every confirmed cast is executed", read, Vec::is_empty).await);
    }

    /// Stops the servers and the client; what the ledger says then is final.
    pub(super) async fn stop(self) -> Result<(Arc<Ledger>, Promise)> {
        let Self { ledger, servers, client, promise, .. } = self;
        for server in servers {
            server.stop().await.with_context(|| ledger.name().to_owned())?;
        }
        client.stop().await;
        Ok((ledger, promise))
    }
}

/// What a stopped lane came to.
pub(super) fn check(stopped: &[(Arc<Ledger>, Promise)]) -> Result<Vec<Tally>> {
    let mut tallies = Vec::new();
    let mut findings = Vec::new();
    for (ledger, promise) in stopped {
        match ledger.check(*promise) {
            Ok(tally) => tallies.push(tally),
            Err(found) => findings.push(found.to_string()),
        }
    }
    if !findings.is_empty() {
        // What else happened at the same time may explain it.
        findings.extend(tallies.iter().map(Tally::to_string));
        bail!("{}", findings.join("\n"));
    }
    Ok(tallies)
}
