//! This project: a generated client and server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rpc_runtime::{AmqpOptions, CallOptions, Context, RemoteError, Server, Target, Transport, rpc_manager};

use crate::hundred::{self, Echoes, HundredApi, METHODS};
use crate::load::Client;
use crate::messages::Messages;
use crate::notifications::{ListensLater, Notifying};
use crate::setup::{Setup, Side};

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
pub(crate) struct Counter {
    pub(crate) noted: AtomicUsize,
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

/// A client, a server, or both, running.
pub(crate) struct Ours {
    pub(crate) caller: Option<Caller>,
    pub(crate) counter: Arc<Counter>,
    pub(crate) listener: ListensLater,
    servers: Vec<Server>,
    transport: Transport,
}

impl Ours {
    pub(crate) async fn start(setup: &Setup, side: Side) -> Result<Self> {
        let options = AmqpOptions::default().rabbit_quorum_queue(setup.quorum);
        let transport =
            Transport::builder(&setup.url)?.control_exchange(setup.address()).amqp(options).connect().await?;
        let (counter, mut servers) = (Arc::new(Counter::default()), Vec::new());
        if side == Side::Server || setup.server.in_memory() {
            for topic in setup.topics() {
                servers.push(serve(&transport, setup, topic, &counter).await?);
            }
        }
        let caller = if side == Side::Client { Some(Caller::new(&transport, setup)?) } else { None };
        let listener = ListensLater::new(&transport, setup);
        Ok(Self { caller, counter, listener, servers, transport })
    }

    pub(crate) async fn stop(self) -> Result<()> {
        for server in self.servers {
            server.shutdown(CLOSING).await?;
        }
        self.transport.close(CLOSING).await;
        Ok(())
    }
}

async fn serve(
    transport: &Transport,
    setup: &Setup,
    topic: String,
    counter: &Arc<Counter>,
) -> Result<Server> {
    let endpoint = match setup.methods {
        METHODS => HundredApi::endpoint(Arc::new(Echoes)),
        _ => ThroughputApi::endpoint(Arc::clone(counter)),
    };
    let server = Server::builder(transport, Target::new(topic).with_server("server")).endpoint(endpoint);
    Ok(server.prefetch(PREFETCH).start().await?)
}

/// Takes topics and methods in turn.
pub(crate) struct Caller {
    topics: Vec<ThroughputApi>,
    hundred: Option<HundredApi>,
    next: AtomicUsize,
    context: Context,
    /// Where messages are kept.
    notifying: Option<Notifying>,
    messages: Messages,
}

impl Caller {
    fn new(transport: &Transport, setup: &Setup) -> Result<Self> {
        let api = |topic| ThroughputApi::new(transport).with(CallOptions::new().topic(topic));
        let hundred = || HundredApi::new(transport).with(CallOptions::new().topic(setup.address()));
        let messages = Messages::of(setup.body)?;
        Ok(Self {
            notifying: setup
                .client
                .keeps()
                .then(|| Notifying::new(transport, setup, &messages))
                .transpose()?,
            topics: setup.topics().map(api).collect(),
            hundred: (setup.methods == METHODS).then(hundred),
            next: AtomicUsize::new(0),
            context: Context::new(),
            messages,
        })
    }

    fn next(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

impl Client for Caller {
    async fn call(&self) -> Result<()> {
        let (number, value) = (self.next(), self.messages.echoed.clone());
        let size = value.len();
        let call = match &self.hundred {
            Some(api) => hundred::call(api, number, &self.context, value),
            None => self.topics[number % self.topics.len()].echo(&self.context, value),
        };
        ensure!(call.await?.len() == size, "not what was sent");
        Ok(())
    }

    async fn cast(&self) -> Result<()> {
        let topic = &self.topics[self.next() % self.topics.len()];
        Ok(topic.note(&self.context, self.messages.noted.clone()).await?)
    }

    async fn notify(&self) -> Result<()> {
        self.notifying.as_ref().context("nothing is kept there that is notified of")?.notify().await
    }
}
