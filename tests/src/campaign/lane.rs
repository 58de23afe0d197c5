//! One server and one client of a scenario, with a topic, a load and a ledger of their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rpc_runtime::{Kind, Server, ServerBuilder, Target, Transport};

use super::process::ServerProcess;
use super::settled::settled;
use super::{Ledger, Load, Outcome, Pace, Promise, PythonWorker, Requests, Tally, WorkApi, Worker};
use crate::Vhost;

/// How long a server and a transport may take to stop.
const STOP: Duration = Duration::from_secs(20);

/// How many requests of each kind have to succeed before a lane is taken to work.
const ENOUGH: usize = 5;

/// A lane that is yet to be started; its options hold for both sides.
///
/// There is one server, because "exactly once" is the promise of one: a message whose
/// acknowledgement was written and lost with the connection comes again, and only the server that
/// has seen it knows that it is a repetition.
#[derive(Debug)]
pub struct Lane {
    name: &'static str,
    by: By,
    url: Option<String>,
    options: Vec<String>,
    pace: Pace,
    promise: Promise,
    seconds: f64,
    late: bool,
    set: fn(ServerBuilder) -> ServerBuilder,
}

/// What the server is.
#[derive(Debug)]
enum By {
    Rust,
    Python,
    /// The program at this path, which is a Rust server.
    Process(PathBuf),
}

impl Lane {
    fn new(name: &'static str, by: By) -> Self {
        Self {
            name,
            by,
            url: None,
            options: Vec::new(),
            pace: Pace::default(),
            promise: Promise { keeps: true, once: true },
            seconds: 0.0,
            late: false,
            set: |builder| builder,
        }
    }

    /// A Rust server of the topic `name`.
    #[must_use]
    pub fn rust(name: &'static str) -> Self {
        Self::new(name, By::Rust)
    }

    /// A Python server of the topic `name`, at a pace that Python keeps up with.
    #[must_use]
    pub fn python(name: &'static str) -> Self {
        Self::new(name, By::Python).per_second(40)
    }

    /// A Rust server of the topic `name` in a process of its own, to be killed: `peer`, the program
    /// of this crate, at `path`.
    #[must_use]
    pub fn process(name: &'static str, path: impl Into<PathBuf>) -> Self {
        Self::new(name, By::Process(path.into()))
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

    /// The fault may take confirmed casts with it.
    #[must_use]
    pub fn may_lose(mut self) -> Self {
        self.promise.keeps = false;
        self
    }

    /// The fault may make a request run twice.
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

    /// Sets up the Rust server.
    #[must_use]
    pub fn serving(mut self, set: fn(ServerBuilder) -> ServerBuilder) -> Self {
        self.set = set;
        self
    }

    /// Starts the server and connects the client.
    pub(super) async fn start(self, vhost: &Vhost) -> Result<Running> {
        let ledger = Arc::new(Ledger::new(self.name));
        // An exchange of its own: one can't be durable for one lane and not for another.
        let mut options = vec![format!("control_exchange={}", self.name)];
        options.extend(self.options);
        let host = self.url.unwrap_or_else(|| vhost.url());
        let url = format!("{host}?{}", options.join("&"));
        let server = match self.by {
            By::Rust => {
                let transport = Transport::connect(&url).await?;
                let target = Target::topic(self.name).with_server("rust");
                let worker = Arc::new(Worker::new("rust", &ledger).taking(self.seconds));
                let builder = Server::builder(&transport, target).endpoint(WorkApi::endpoint(worker));
                Serving::Rust((self.set)(builder).start().await?, transport)
            }
            By::Python => {
                let exchange = format!("DEFAULT/control_exchange={}", self.name);
                let settings = options[1..].iter().chain([&exchange]);
                Serving::Python(PythonWorker::start(&host, self.name, settings, &ledger).await?)
            }
            By::Process(path) => Serving::Process(
                ServerProcess::start(path, &url, self.name, self.seconds, self.late, &ledger).await?,
            ),
        };
        let transport = Transport::connect(&url).await?;
        let requests = Requests::new(&transport, self.name, &ledger);
        let Self { pace, promise, .. } = self;
        Ok(Running { ledger, server, transport, requests, pace, promise, load: None })
    }
}

/// A lane at work.
#[derive(Debug)]
pub struct Running {
    ledger: Arc<Ledger>,
    server: Serving,
    transport: Transport,
    requests: Requests,
    pace: Pace,
    promise: Promise,
    load: Option<Load>,
}

#[derive(Debug)]
enum Serving {
    Rust(Server, Transport),
    Python(PythonWorker),
    Process(ServerProcess),
}

impl Running {
    /// Its ledger.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The transport of its client.
    #[must_use]
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// One request beside the load, which takes its server so long.
    pub async fn request(&self, kind: Kind, deadline: Duration, seconds: f64) -> Outcome {
        self.requests.send(kind, deadline, seconds).await
    }

    /// Kills the process that the server is and starts another one of the same name; fails if the
    /// server is none.
    pub async fn kill_server(&mut self) -> Result<()> {
        self.process()?.kill_and_start().await
    }

    fn process(&mut self) -> Result<&mut ServerProcess> {
        match &mut self.server {
            Serving::Process(server) => Ok(server),
            other => bail!("{other:?} is no process of its own"),
        }
    }

    /// One call, so that all that is made at the first use is there.
    pub(super) async fn touch(&self) -> Result<()> {
        match self.request(Kind::Call, self.pace.deadline, 0.0).await {
            Outcome::Answered(_) => Ok(()),
            outcome => bail!("{}: the first call: {outcome:?}", self.ledger.name()),
        }
    }

    pub(super) fn load(&mut self) {
        self.load = Some(Load::start(self.requests.clone(), self.pace));
    }

    /// Waits until more calls and casts, of those begun from now on, have succeeded.
    pub(super) async fn works(&self) -> Result<()> {
        let from = self.ledger.next_id();
        let read = async || Ok([Kind::Call, Kind::Cast].map(|kind| self.ledger.succeeded_since(from, kind)));
        let what = format!("{}: calls and casts succeed", self.ledger.name());
        let works = settled(&what, read, |counts| counts.iter().all(|count| *count >= ENOUGH)).await;
        works.map(drop).with_context(|| {
            let failures = self.ledger.failures_since(from, ENOUGH);
            format!("{:?}; the last failures:\n{failures}", self.transport.status())
        })
    }

    /// Stops the load; what is under way comes to its end.
    pub(super) async fn stop_load(&mut self) -> Result<()> {
        match self.load.take() {
            Some(load) => load.stop().await,
            None => Ok(()),
        }
    }

    /// Waits for the execution of what has to be executed; what is missing then is a finding.
    pub(super) async fn drain(&self) {
        if self.promise.keeps {
            let read = async || Ok(self.ledger.missing());
            drop(settled("every confirmed cast is executed", read, Vec::is_empty).await);
        }
    }

    /// Stops the server and the client; what the ledger says then is final.
    pub(super) async fn stop(self) -> Result<(Arc<Ledger>, Promise)> {
        let Self { ledger, server, transport, promise, .. } = self;
        match server {
            Serving::Rust(server, transport) => {
                server.shutdown(STOP).await.with_context(|| format!("the server of {}", ledger.name()))?;
                transport.close(STOP).await;
            }
            Serving::Python(server) => server.stop().await?,
            Serving::Process(server) => server.kill().await?,
        }
        transport.close(STOP).await;
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
        bail!("{}", findings.join("\n"));
    }
    Ok(tallies)
}
