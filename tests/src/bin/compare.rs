//! What unmodified oslo.messaging does under the faults of the campaign; see `tests/run --list`.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use rpc_tests::campaign::{
    Fault, Kind, Ledger, OPTIONS, Pace, Promise, PythonClient, PythonClients, PythonWorker, Site,
};
use rpc_tests::{Cluster, until, until_within};
use tokio::time::{Instant, sleep};

/// Runs a Python client and a Python server through the faults of the campaign, and a Python notifier and a Python listener
/// through some of them, and prints what a ledger says of each. Nothing is promised, so nothing fails.
#[derive(Parser)]
struct Args {
    /// Only faults with this in their text.
    #[arg(default_value = "")]
    only: String,
}

/// At which Python keeps up, as in the campaign.
const PACE: Pace = Pace { per_second: 40, at_once: 30, deadline: Duration::from_secs(15) };
const DURABLE: &str = "amqp_durable_queues=true";
/// Requests of each kind that have to succeed before they are taken to work.
const ENOUGH: usize = 5;
/// How many seconds a request takes of which a server is to be killed in the middle.
const IN_THE_MIDDLE: f64 = 0.2;
/// How many seconds a request takes of a server with one thread that does not keep up.
const SLOW: f64 = 0.2;
/// How many seconds a request takes that is stuck; more than a call waits.
const STUCK: f64 = 20.0;
/// One request at a time, for a client beside the one that is looked at.
const ALONE: Pace = Pace { per_second: 10, at_once: 1, deadline: Duration::from_secs(15) };
/// How long a server that is slow, or a client that is to be killed, is let be.
const A_WHILE: Duration = Duration::from_secs(5);
/// How long it is given to come to work again.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let Args { only } = Args::parse();
    let mut site = Site::start().await?;
    let events = Fault::ALL.into_iter().map(Event::Site).chain(Event::OTHERS).enumerate();
    for (number, event) in events.filter(|(_, event)| event.to_string().contains(&only)) {
        let topic = format!("topic{number}");
        let compared = match event {
            Event::KillLeader => lose_leader(&topic).await,
            _ => compare(&mut site, &topic, event).await,
        };
        if let Err(error) = compared {
            println!("{event}: not measured: {error:#}");
            // Whatever state it is in, the next fault gets a new one.
            site = Site::start().await?;
        }
    }
    Ok(())
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    Site(Fault),
    /// With a notifier and a listener.
    Notified(Fault),
    KillListener,
    KillServer,
    KillClient,
    Conflict,
    Slow,
    Stuck,
    KillLeader,
}

impl Event {
    const OTHERS: [Self; 12] = [
        Event::KillServer,
        Event::KillClient,
        Event::Conflict,
        Event::Slow,
        Event::Stuck,
        Event::KillLeader,
        Event::Notified(Fault::Kill),
        Event::Notified(Fault::Stop),
        Event::Notified(Fault::CloseConnections),
        Event::Notified(Fault::Reset),
        Event::Notified(Fault::DeleteQueue),
        Event::KillListener,
    ];

    /// Whether it happens to a notifier and a listener.
    fn notifies(self) -> bool {
        matches!(self, Event::Notified(_) | Event::KillListener)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Event::Site(fault) => return fault.fmt(f),
            Event::Notified(fault) => return write!(f, "with notifications, {fault}"),
            Event::KillListener => "a listener is killed in the middle of notifications",
            Event::KillServer => "a server is killed in the middle of requests",
            Event::KillClient => "another client is killed in the middle of requests",
            Event::Conflict => "another server declares the queue in another way",
            Event::Slow => "a server is slow",
            Event::Stuck => "a request is stuck in the server",
            Event::KillLeader => "a cluster loses the node that leads its quorum queues",
        })
    }
}

/// Where a Python client and a Python server of one topic meet, or a notifier and a listener.
struct Place {
    url: String,
    topic: String,
    options: Vec<String>,
    notifies: bool,
}

impl Place {
    fn new(url: String, topic: &str, own: &[&str], notifies: bool) -> Self {
        let mut options: Vec<_> = OPTIONS.iter().chain(own).map(|option| (*option).to_owned()).collect();
        options.push(format!("DEFAULT/control_exchange={topic}"));
        Self { url, topic: topic.to_owned(), options, notifies }
    }

    fn kinds(&self) -> &'static [Kind] {
        if self.notifies { Kind::OF_NOTIFIERS } else { Kind::OF_CLIENTS }
    }

    /// A client or notifier, each of whose requests takes so many seconds.
    async fn client(&self, ledger: &Arc<Ledger>, pace: Pace, seconds: f64) -> Result<PythonClients> {
        let options = self.options.iter().map(String::as_str);
        let client =
            PythonClient::connect(&self.url, &self.topic, options, ledger, pace, self.kinds(), seconds);
        Ok(client.await?.load())
    }

    /// A server or listener, maybe with more options.
    async fn server(&self, ledger: &Arc<Ledger>, more: &[&str]) -> Result<PythonWorker> {
        let options: Vec<_> = self.options.iter().map(String::as_str).chain(more.iter().copied()).collect();
        if self.notifies {
            PythonWorker::listener(&self.url, &self.topic, options, ledger).await
        } else {
            PythonWorker::server(&self.url, &self.topic, options, ledger).await
        }
    }

    /// Waits until more requests of each kind, of those begun from now on, have succeeded.
    async fn works(&self, ledger: &Ledger) -> Result<()> {
        let from = ledger.next_id();
        until_within(PATIENCE, "requests succeed", async || {
            let enough = self.kinds().iter().all(|kind| ledger.succeeded_since(from, *kind) >= ENOUGH);
            Ok(enough.then_some(()))
        })
        .await
    }
}

/// Both at work.
struct Scene {
    place: Place,
    ledger: Arc<Ledger>,
    /// `None` only while it is replaced.
    server: Option<PythonWorker>,
    clients: PythonClients,
}

impl Scene {
    /// Starts both, and returns once requests succeed, each of which takes so many seconds.
    async fn start(place: Place, seconds: f64) -> Result<Self> {
        let ledger = Arc::new(Ledger::new("python"));
        let server = Some(place.server(&ledger, &[]).await?);
        let clients = place.client(&ledger, PACE, seconds).await?;
        place.works(&ledger).await?;
        Ok(Self { place, ledger, server, clients })
    }

    /// Waits until it works again, and prints what the ledger says.
    async fn finish(self, event: Event) {
        let over = Instant::now();
        let recovered = match self.place.works(&self.ledger).await {
            Ok(()) => format!("works {} s after it", over.elapsed().as_secs()),
            Err(_) => format!("does not work {} s after it", over.elapsed().as_secs()),
        };
        let stopped = self.clients.stop().await.map(drop);
        let ledger = self.ledger;
        // What is missing after that is lost.
        let _ = until("all is executed", async || Ok(ledger.missing_since(0).is_empty().then_some(()))).await;
        let ended = match self.server {
            Some(server) => server.stop().await,
            None => Ok(()),
        };
        println!("{event}: {recovered}; {}", ledger.tally());
        for finding in ledger.findings(Promise { punctual: false, ..Promise::ALL }) {
            println!("  {}", finding.lines().take(3).collect::<Vec<_>>().join("\n  "));
        }
        for error in [stopped.err(), ended.err()].into_iter().flatten() {
            println!("  {}", error.to_string().lines().next().unwrap_or_default());
        }
    }
}

async fn compare(site: &mut Site, topic: &str, event: Event) -> Result<()> {
    let (own, seconds): (&[&str], _) = match event {
        Event::KillServer | Event::KillListener => (&[DURABLE], IN_THE_MIDDLE),
        Event::Slow => (&[DURABLE, "DEFAULT/executor_thread_pool_size=1"], SLOW),
        _ => (&[DURABLE], 0.0),
    };
    let place = Place::new(site.url(), topic, own, event.notifies());
    let mut scene = Scene::start(place, seconds).await?;
    match event {
        Event::Site(fault) => fault.strike(site, &[topic]).await?,
        // By its queue.
        Event::Notified(fault) => fault.strike(site, &[&format!("{topic}.info")]).await?,
        Event::KillServer | Event::KillListener => {
            if let Some(server) = scene.server.take() {
                server.kill().await?;
            }
            scene.server = Some(scene.place.server(&scene.ledger, &[]).await?);
        }
        Event::KillClient => {
            // In the same ledger, where its last requests have no end.
            let other = scene.place.client(&scene.ledger, PACE, IN_THE_MIDDLE).await?;
            sleep(A_WHILE).await;
            other.kill();
        }
        Event::Conflict => match scene.place.server(&scene.ledger, &["amqp_durable_queues=false"]).await {
            Ok(server) => {
                println!("{event}: the other one says that it has started");
                server.kill().await?;
            }
            Err(error) => {
                let error = error.to_string();
                println!("{event}: the other one: {}", error.trim_end().lines().last().unwrap_or_default());
            }
        },
        Event::Stuck => {
            let other = scene.place.client(&scene.ledger, ALONE, STUCK).await?;
            sleep(A_WHILE).await;
            other.stop().await?;
        }
        Event::Slow => sleep(A_WHILE).await,
        Event::KillLeader => {}
    }
    scene.finish(event).await;
    Ok(())
}

async fn lose_leader(topic: &str) -> Result<()> {
    let mut cluster = Cluster::start(3).await?;
    let own = ["rabbit_quorum_queue=true", "rabbit_transient_quorum_queue=true"];
    let scene = Scene::start(Place::new(cluster.url(), topic, &own, false), 0.0).await?;
    cluster.leader(topic).await?.context("the queue has no leader")?.kill()?;
    scene.finish(Event::KillLeader).await;
    Ok(())
}
