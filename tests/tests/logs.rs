//! What is logged by all threads of a process, and what a log does that panics.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use anyhow::Result;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, ConnectionProperties};
use rpc_runtime::{Context, RemoteError, Server, Target, Transport, rpc_manager};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Broker, until};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context as Layered, SubscriberExt};

#[rpc_manager(client = EchoApi, topic = "echo", version = "1.0", error = RemoteError)]
pub trait Echo {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, text: String) -> Result<String, RemoteError>;
}

struct Plain;

impl Echo for Plain {
    async fn echo(&self, _: Context, text: String) -> Result<String, RemoteError> {
        Ok(text)
    }
}

/// The log of this process.
#[derive(Default)]
struct Log {
    errors: Mutex<Vec<String>>,
    /// Whether it panics at replies that are rejected, and how often it did.
    panics: AtomicBool,
    panicked: AtomicUsize,
}

impl Log {
    fn of_the_process() -> Arc<Self> {
        static LOG: OnceLock<Arc<Log>> = OnceLock::new();
        let set = || {
            let log = Arc::new(Log::default());
            let subscriber = tracing_subscriber::registry().with(Shared(log.clone()));
            tracing::subscriber::set_global_default(subscriber).unwrap();
            log
        };
        LOG.get_or_init(set).clone()
    }
}

struct Shared(Arc<Log>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl<S: Subscriber> Layer<S> for Shared {
    fn on_event(&self, event: &Event<'_>, _: Layered<'_, S>) {
        let mut line = Line(format!("{} ", event.metadata().target()));
        event.record(&mut line);
        if line.0.contains("rejected a reply") && self.0.panics.load(Ordering::SeqCst) {
            self.0.panicked.fetch_add(1, Ordering::SeqCst);
            panic!("for the test: {}", line.0);
        }
        if *event.metadata().level() == Level::ERROR {
            self.0.errors.lock().unwrap().push(line.0);
        }
    }
}

async fn serve(transport: &Transport) -> Result<Server> {
    let target = Target::new("echo").with_server("a");
    Ok(Server::builder(transport, target).endpoint(EchoApi::endpoint(Arc::new(Plain))).start().await?)
}

#[tokio::test]
async fn a_clean_shutdown_logs_no_error() -> Result<()> {
    let log = Log::of_the_process();
    let vhost = Broker::shared()?.vhost("goodbyes").await?;
    for _ in 0..30 {
        let transport = Transport::connect(&vhost.url()).await?;
        let server = serve(&transport).await?;
        assert_eq!(EchoApi::new(&transport).echo(&Context::new(), "a").await?, "a");
        server.shutdown(PATIENCE).await?;
        transport.close(PATIENCE).await;
    }
    // Nor does a connection that is lost: it has a warning of its own.
    let transport = Transport::connect(&vhost.url()).await?;
    let _server = serve(&transport).await?;
    vhost.close_connections("for the test").await?;
    until("calls succeed again", async || {
        Ok(EchoApi::new(&transport).echo(&Context::new(), "a").await.is_ok().then_some(()))
    })
    .await?;
    let errors = log.errors.lock().unwrap();
    let of_connections: Vec<_> = errors.iter().filter(|line| line.starts_with("lapin")).collect();
    assert!(of_connections.is_empty(), "{of_connections:#?}");
    Ok(())
}

/// Whatever is delivered to a log that panics, on the thread that reads the connection, calls go on.
#[tokio::test]
async fn a_log_that_panics_ends_no_call() -> Result<()> {
    let log = Log::of_the_process();
    let vhost = Broker::shared()?.vhost("panics").await?;
    let transport = Transport::connect(&vhost.url()).await?;
    let _server = serve(&transport).await?;
    let api = EchoApi::new(&transport);
    assert_eq!(api.echo(&Context::new(), "before").await?, "before");
    let queues = vhost.queues().await?;
    let replies = queues.iter().find(|queue| queue.name.starts_with("reply_")).expect("the reply queue");

    let uri = vhost.url().replacen("rabbit://", "amqp://", 1);
    let raw = lapin::Connection::connect(&uri, ConnectionProperties::default()).await?;
    let channel = raw.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    log.panics.store(true, Ordering::SeqCst);
    for n in 1..=3 {
        let properties = BasicProperties::default().with_content_type("application/json".into());
        let options = BasicPublishOptions::default();
        let sent =
            channel.basic_publish("".into(), replies.name.as_str().into(), options, b"no reply", properties);
        sent.await?.await?;
        let panicked = || log.panicked.load(Ordering::SeqCst) >= n;
        until("the log panics", async || Ok(panicked().then_some(()))).await?;
        assert_eq!(api.echo(&Context::new(), "after").await?, "after");
    }
    until("nothing is delivered again", async || {
        let queues = vhost.queues().await?;
        let left = queues.iter().find(|queue| queue.name == replies.name).map(|queue| queue.messages);
        Ok((left == Some(0)).then_some(()))
    })
    .await?;
    assert_eq!(log.panicked.load(Ordering::SeqCst), 3);
    Ok(())
}
