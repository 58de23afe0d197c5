//! This project: a generated client and server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::FutureExt;
use futures::future::BoxFuture;
use rpc_runtime::{AmqpOptions, CallOptions, Context, RemoteError, Server, Target, Transport, rpc_manager};

use super::Program;
use super::hundred::{self, HundredApi, METHODS};
use crate::content::Messages;
use crate::load::{Ended, Kind, Load, closed_loop};
use crate::role::{Contender, Queue, Role, Side};

/// As raw lapin has it.
const PREFETCH: u16 = 256;
const CLOSING: Duration = Duration::from_secs(10);

#[rpc_manager(client = ThroughputApi, topic = "throughput", version = "1.0", error = RemoteError)]
trait Throughput {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: String) -> Result<String, RemoteError>;

    #[rpc(cast)]
    async fn note(&self, ctx: Context, value: String) -> Result<(), RemoteError>;
}

#[derive(Debug, Default)]
pub(super) struct Counter {
    noted: AtomicUsize,
}

impl Throughput for Counter {
    async fn echo(&self, _: Context, value: String) -> Result<String, RemoteError> {
        Ok(value)
    }

    async fn note(&self, _: Context, _: String) -> Result<(), RemoteError> {
        self.noted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

pub(super) struct Ours {
    transports: Vec<Transport>,
    servers: Vec<Server>,
    counter: Arc<Counter>,
    client: Option<Client>,
}

/// Callers take topics and methods in turn.
#[derive(Clone)]
struct Client {
    topics: Arc<[ThroughputApi]>,
    hundred: Option<HundredApi>,
    next: Arc<AtomicUsize>,
    messages: Messages,
}

impl Ours {
    pub(super) async fn start(role: &Role, messages: &Messages) -> Result<Self> {
        let counter = Arc::new(Counter::default());
        let mut this = Self { transports: Vec::new(), servers: Vec::new(), counter, client: None };
        if role.side != Side::Client {
            this.serve(role).await?;
        }
        if role.side != Side::Server {
            this.client = Some(Client::start(this.connect(role).await?, role, messages));
        }
        Ok(this)
    }

    /// The servers of all topics, on one transport.
    async fn serve(&mut self, role: &Role) -> Result<()> {
        let transport = self.connect(role).await?;
        for topic in role.topics() {
            let endpoint = match role.shape.methods {
                METHODS => HundredApi::endpoint(Arc::clone(&self.counter)),
                _ => ThroughputApi::endpoint(Arc::clone(&self.counter)),
            };
            let server = Server::builder(&transport, Target::new(topic).with_server("server"))
                .endpoint(endpoint)
                .prefetch(PREFETCH)
                .start()
                .await?;
            self.servers.push(server);
        }
        Ok(())
    }

    async fn connect(&mut self, role: &Role) -> Result<Transport> {
        let url = match role.contender {
            // By name it is one broker for all transports.
            Contender::OursInMemory => "memory:///throughput",
            _ => &role.url,
        };
        let transport = Transport::builder(url)?
            .control_exchange(role.address())
            .amqp(AmqpOptions::default().rabbit_quorum_queue(role.setting.queue == Queue::Quorum))
            .connect()
            .await?;
        self.transports.push(transport.clone());
        Ok(transport)
    }
}

impl Client {
    fn start(transport: Transport, role: &Role, messages: &Messages) -> Self {
        let api = |topic| ThroughputApi::new(&transport).with(CallOptions::new().topic(topic));
        let hundred = (role.shape.methods == METHODS)
            .then(|| HundredApi::new(&transport).with(CallOptions::new().topic(role.address())));
        let topics = role.topics().into_iter().map(api).collect();
        Self { topics, hundred, next: Arc::default(), messages: messages.clone() }
    }

    async fn load(self, load: Load, time: Duration) -> Result<Ended> {
        let context = Context::new();
        match load.kind {
            Kind::Call => {
                let call = move || {
                    let (number, value) = (self.next(), self.messages.echoed.clone());
                    let size = value.len();
                    let call = match &self.hundred {
                        Some(api) => hundred::call(api, number, &context, value),
                        None => self.topics[number % self.topics.len()].echo(&context, value),
                    };
                    async move {
                        ensure!(call.await?.len() == size, "not what was sent");
                        Ok(())
                    }
                };
                closed_loop(load.in_flight, time, call).await
            }
            Kind::Cast => {
                let cast = move || {
                    let topic = &self.topics[self.next() % self.topics.len()];
                    let cast = topic.note(&context, self.messages.noted.clone());
                    async move { Ok(cast.await?) }
                };
                closed_loop(load.in_flight, time, cast).await
            }
        }
    }

    fn next(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

impl Program for Ours {
    fn load(&self, load: Load, time: Duration) -> BoxFuture<'_, Result<Ended>> {
        async move { self.client.clone().context("a server has no load")?.load(load, time).await }.boxed()
    }

    fn noted(&self) -> usize {
        self.counter.noted.load(Ordering::Relaxed)
    }

    fn stop(&mut self) -> BoxFuture<'_, Result<()>> {
        async move {
            for server in self.servers.drain(..) {
                server.shutdown(CLOSING).await?;
            }
            for transport in self.transports.drain(..) {
                transport.close(CLOSING).await;
            }
            Ok(())
        }
        .boxed()
    }
}
