//! Services from their start to their end, with a paused clock.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::hooks::Hook;
use super::signals::Signals;
use super::systemd::Systemd;
use super::{HookError, Hooks, PeriodicTask, Service, ServiceBuilder, ServiceError};
use crate::interface::Interface;
use crate::lock::lock;
use crate::receiving::Signal;
use crate::server::{Dispatch, Endpoint, Incoming, Outcome, Server, ServerBuilder};
use crate::target::Target;
use crate::transport::Transport;
use crate::transport::driver::Delivery;
use crate::transport::stub::Stub;
use crate::version::Version;

#[cfg(feature = "config")]
mod configured;
mod periodic;
mod running;
mod starting;
mod stopping;
mod systemd;

const SECOND: Duration = Duration::from_secs(1);

static NOTHING: Interface = Interface::new("Nothing", "compute", Version::new(1, 0), &[]);

struct Nothing;

impl Dispatch for Nothing {
    async fn dispatch(&self, incoming: Incoming) -> Outcome {
        incoming.unknown()
    }
}

/// A bus with one server, and what becomes of it.
struct Bus {
    transport: Transport,
    deliveries: mpsc::Sender<Delivery>,
    stops: Arc<AtomicUsize>,
}

impl Bus {
    fn new() -> Self {
        let (deliveries, receiver) = mpsc::channel(1);
        let stub = Stub::able(crate::transport::abilities::Abilities::ALL).delivering(receiver);
        let stops = stub.stops();
        Self { transport: Transport::for_tests(stub), deliveries, stops }
    }

    fn server(&self) -> ServerBuilder {
        server(&self.transport)
    }

    /// How often a server was stopped.
    fn stops(&self) -> usize {
        self.stops.load(Ordering::SeqCst)
    }
}

fn server(transport: &Transport) -> ServerBuilder {
    let target = Target::new("compute").with_server("host1");
    Server::builder(transport, target).endpoint(Endpoint::new(&NOTHING, Nothing))
}

/// What managers were told, one after the other.
type Diary = Arc<Mutex<Vec<String>>>;

fn written(diary: &Diary) -> Vec<String> {
    lock(diary).clone()
}

/// What a manager does in one of its hooks.
#[derive(Clone, Copy, PartialEq)]
enum Mishap {
    Fails,
    Panics,
    Hangs,
}

/// A manager that writes down what it is told.
struct Scribe {
    name: &'static str,
    diary: Diary,
    mishap: Option<(Hook, Mishap)>,
}

impl Scribe {
    fn new(name: &'static str, diary: &Diary) -> Self {
        Self { name, diary: Arc::clone(diary), mishap: None }
    }

    fn with(self, hook: Hook, mishap: Mishap) -> Self {
        Self { mishap: Some((hook, mishap)), ..self }
    }

    async fn write(&self, hook: Hook) -> Result<(), HookError> {
        lock(&self.diary).push(format!("{} {}", self.name, hook.name()));
        // Others have their turn, as they have in a hook that does something.
        tokio::task::yield_now().await;
        match self.mishap {
            Some((when, Mishap::Fails)) if when == hook => Err("no disk".into()),
            Some((when, Mishap::Panics)) if when == hook => panic!("the password is hunter2"),
            Some((when, Mishap::Hangs)) if when == hook => pending().await,
            _ => Ok(()),
        }
    }
}

impl Hooks for Scribe {
    async fn init_host(&self) -> Result<(), HookError> {
        self.write(Hook::InitHost).await
    }

    async fn pre_start_hook(&self) -> Result<(), HookError> {
        self.write(Hook::PreStart).await
    }

    async fn post_start_hook(&self) -> Result<(), HookError> {
        self.write(Hook::PostStart).await
    }

    async fn reset(&self) -> Result<(), HookError> {
        self.write(Hook::Reset).await
    }

    async fn graceful_shutdown(&self, within: Duration) -> Result<(), HookError> {
        self.write(Hook::GracefulShutdown(within)).await
    }

    async fn cleanup_host(&self) -> Result<(), HookError> {
        self.write(Hook::CleanupHost).await
    }
}

/// Whoever sends signals.
struct Outside {
    stop: oneshot::Sender<Signal>,
    hangups: mpsc::UnboundedSender<()>,
}

fn outside() -> (Outside, Signals) {
    let (stop, stopped) = oneshot::channel();
    let (hangups, hung_up) = mpsc::unbounded_channel();
    let stop_signal = async {
        match stopped.await {
            Ok(signal) => signal,
            Err(_) => pending().await,
        }
    };
    let hangup = async |mut hung_up: mpsc::UnboundedReceiver<()>| Some((hung_up.recv().await?, hung_up));
    let hangup = futures::stream::unfold(hung_up, hangup).boxed();
    (Outside { stop, hangups }, Signals { stop: stop_signal.boxed(), hangups: hangup })
}

/// Runs a service; this is its end.
fn run(builder: ServiceBuilder, signals: Signals) -> tokio::task::JoinHandle<Result<(), ServiceError>> {
    tokio::spawn(async move { builder.run_with(signals, &Systemd::default()).await })
}

/// Waits until a manager was told this.
async fn until_written(diary: &Diary, what: &str) {
    let began = Instant::now();
    while !lock(diary).iter().any(|line| line == what) {
        assert!(began.elapsed() < 3600 * SECOND, "{what}: {:?}", written(diary));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A task whose only run takes so long.
fn taking(name: &str, time: Duration, diary: &Diary) -> PeriodicTask {
    let diary = Arc::clone(diary);
    let run = move |_| {
        let diary = Arc::clone(&diary);
        async move {
            lock(&diary).push("the task begins".to_owned());
            tokio::time::sleep(time).await;
            lock(&diary).push("the task ends".to_owned());
        }
    };
    PeriodicTask::new(name, Duration::MAX, run).run_immediately(true)
}
