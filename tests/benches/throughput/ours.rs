//! This project: a generated client and a server, each on a transport of its own as two processes would be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use rpc_runtime::{Context, RemoteError, Server, Target, Transport, rpc_manager};

use super::content::Messages;
use super::load::{Case, Kind, Sample, closed_loop, handled};

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
struct Counter {
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

pub(crate) struct Ours {
    transports: [Transport; 2],
    server: Server,
    counter: Arc<Counter>,
    api: ThroughputApi,
    sent: usize,
    messages: Messages,
}

impl Ours {
    pub(crate) async fn start(url: &str, messages: &Messages) -> Result<Self> {
        let transports = [Transport::connect(url).await?, Transport::connect(url).await?];
        let [serving, calling] = &transports;
        let counter = Arc::new(Counter::default());
        let target = Target::topic(ThroughputApi::INTERFACE.topic).with_server("server");
        let server = Server::builder(serving, target)
            .endpoint(ThroughputApi::endpoint(Arc::clone(&counter)))
            .prefetch(PREFETCH)
            .start()
            .await?;
        let api = ThroughputApi::new(calling);
        Ok(Self { transports, server, counter, api, sent: 0, messages: messages.clone() })
    }

    pub(crate) async fn measure(&mut self, case: Case, time: Duration) -> Result<Sample> {
        let (api, context) = (self.api.clone(), Context::new());
        match case.kind {
            Kind::Call => {
                let value = self.messages.echoed.clone();
                let call = move || {
                    let call = api.echo(&context, value.clone());
                    let size = value.len();
                    async move {
                        ensure!(call.await?.len() == size, "not what was sent");
                        Ok(())
                    }
                };
                closed_loop(case.in_flight, time, call).await?.sample()
            }
            Kind::Cast => {
                let value = self.messages.noted.clone();
                let cast = move || {
                    let cast = api.note(&context, value.clone());
                    async move { Ok(cast.await?) }
                };
                let done = closed_loop(case.in_flight, time, cast).await?;
                self.sent += done.count();
                handled(&self.counter.noted, self.sent).await;
                done.sample()
            }
        }
    }

    pub(crate) async fn stop(self) -> Result<()> {
        self.server.shutdown(CLOSING).await?;
        for transport in self.transports {
            transport.close(CLOSING).await;
        }
        Ok(())
    }
}
