//! What we do by a configuration.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use rpc_runtime::config::Config;
use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint, Notifier, Priority};
use rpc_runtime::{CallOptions, Context, RemoteError, RpcError, Server, Target, Transport, rpc_manager};
use rpc_tests::limits::PATIENCE;
use rpc_tests::until;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::facts::Facts;
use super::raw::Raw;
use super::session::{Act, Session};

/// How many sessions there are at once.
const SESSIONS: usize = 4;

/// For what must not happen.
const PAUSE: Duration = Duration::from_millis(300);

#[rpc_manager(client = ProbeApi, topic = "probe", version = "1.0", error = RemoteError)]
pub trait Probe {
    #[rpc(call)]
    async fn add(&self, ctx: Context, a: i64) -> Result<i64, RemoteError>;

    #[rpc(cast)]
    async fn note(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(cast, fanout)]
    async fn tell(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(call_or_cast)]
    async fn hold(&self, ctx: Context) -> Result<(), RemoteError>;
}

/// What the session's requests come to.
struct Prober {
    told: Semaphore,
    held: AtomicUsize,
    released: watch::Sender<bool>,
}

impl Probe for Prober {
    async fn add(&self, _: Context, a: i64) -> Result<i64, RemoteError> {
        Ok(a + 10)
    }

    async fn note(&self, _: Context) -> Result<(), RemoteError> {
        self.told.add_permits(1);
        Ok(())
    }

    async fn tell(&self, _: Context) -> Result<(), RemoteError> {
        self.told.add_permits(1);
        Ok(())
    }

    async fn hold(&self, _: Context) -> Result<(), RemoteError> {
        self.held.fetch_add(1, Ordering::Relaxed);
        self.released.subscribe().wait_for(|released| *released).await.unwrap();
        Ok(())
    }
}

/// What each session found out, or why there was none.
pub(super) async fn run(sessions: &[Session]) -> Vec<Result<Facts, String>> {
    stream::iter(sessions).map(one).buffered(SESSIONS).collect().await
}

async fn one(session: &Session) -> Result<Facts, String> {
    let config = read(session)?;
    let facts = match session.act {
        Act::Rpc => rpc(session, &config).await,
        Act::Ping => ping(session, &config).await,
        Act::AtOnce(wanted) => at_once(session, &config, wanted).await,
        Act::Unanswered => unanswered(session, &config).await,
        Act::Notify => notify(&config).await,
        Act::Serve => Err("nobody would end it".to_owned()),
    };
    facts.map(Facts::from_iter)
}

fn read(session: &Session) -> Result<Config, String> {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), &session.file).unwrap();
    let nothing: [(&str, &str); 0] = [];
    Config::builder().environment(nothing).file(file.path()).read().map_err(text)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// A server, its handler, and the transport of both ends.
pub(super) struct Served {
    server: Server,
    prober: Arc<Prober>,
    transport: Transport,
}

impl Served {
    /// The server of a session, for others to call it.
    pub(super) async fn of(session: &Session) -> Result<Self, String> {
        Self::start(session, &read(session)?).await
    }

    async fn start(session: &Session, config: &Config) -> Result<Self, String> {
        let transport = Transport::from_config(config).await.map_err(text)?;
        let prober = Arc::new(Prober {
            told: Semaphore::new(0),
            held: AtomicUsize::new(0),
            released: watch::Sender::new(false),
        });
        let server = Server::builder(&transport, Target::new(&session.topic).with_server("host1"))
            .endpoint(ProbeApi::endpoint(Arc::clone(&prober)))
            .config(config)
            .start()
            .await
            .map_err(text)?;
        Ok(Self { server, prober, transport })
    }

    pub(super) async fn end(self) {
        self.prober.released.send_replace(true);
        self.server.shutdown(PATIENCE).await.unwrap();
        self.transport.close(PATIENCE).await;
    }
}

fn client(transport: &Transport, session: &Session) -> ProbeApi {
    ProbeApi::new(transport).with(CallOptions::new().topic(&session.topic))
}

async fn rpc(session: &Session, config: &Config) -> Result<Vec<String>, String> {
    let served = Served::start(session, config).await?;
    let (api, ctx) = (client(&served.transport, session), Context::new());
    let sum = api.add(&ctx, 1).await.map_err(text)?;
    api.note(&ctx).await.map_err(text)?;
    api.tell(&ctx).await.map_err(text)?;
    timeout(PATIENCE, served.prober.told.acquire_many(2)).await.unwrap().unwrap().forget();
    served.end().await;
    Ok(vec![format!("the sum is {sum}"), "2 are told".to_owned()])
}

async fn ping(session: &Session, config: &Config) -> Result<Vec<String>, String> {
    let served = Served::start(session, config).await?;
    client(&served.transport, session).add(&Context::new(), 1).await.map_err(text)?;
    // No client of ours sends it.
    let (raw, reply_to) =
        (Raw::connect(&session.place.url).await, format!("reply_{:032x}", fastrand::u128(..)));
    raw.queue(&reply_to).await;
    let (exchange, topic) = (format!("{}-exchange", session.topic), &session.topic);
    raw.call(&exchange, topic, "oslo_rpc_server_ping", &reply_to).await;
    let reply = raw.reply(&reply_to).await;
    let failure = reply["failure"].as_str().map(|text| serde_json::from_str::<Value>(text).unwrap());
    let answer = failure.map_or(reply["result"].clone(), |failure| failure["class"].clone());
    served.end().await;
    Ok(vec![format!("the ping is {}", answer.as_str().unwrap())])
}

async fn at_once(session: &Session, config: &Config, wanted: usize) -> Result<Vec<String>, String> {
    let served = Served::start(session, config).await?;
    let api = client(&served.transport, session);
    for _ in 0..wanted + 2 {
        api.hold(&Context::new()).cast().await.map_err(text)?;
    }
    let held = || served.prober.held.load(Ordering::Relaxed);
    until("as many as wanted", async || Ok((held() >= wanted).then_some(()))).await.unwrap();
    sleep(PAUSE).await;
    let held = held();
    served.end().await;
    Ok(vec![format!("{held} are handled at once")])
}

async fn unanswered(session: &Session, config: &Config) -> Result<Vec<String>, String> {
    let served = Served::start(session, config).await?;
    let api = client(&served.transport, session);
    // What a first call has to wait for may take longer than the next one has.
    api.with(CallOptions::new().timeout(Duration::from_secs(60)))
        .add(&Context::new(), 1)
        .await
        .map_err(text)?;
    let answer = api.hold(&Context::new()).call().await;
    served.end().await;
    match answer {
        Ok(()) => Ok(vec!["the call is answered".to_owned()]),
        Err(error) if error.rpc().is_some_and(RpcError::is_timeout) => {
            Ok(vec!["the call times out".to_owned()])
        }
        Err(error) => Err(error.to_string()),
    }
}

async fn notify(config: &Config) -> Result<Vec<String>, String> {
    let transport = Transport::from_config_for_notifications(config).await.map_err(text)?;
    let endpoint =
        NotificationEndpoint::new(|_: Context, _: Notification, _: Meta| async { Ok::<_, RemoteError>(()) });
    let listener = Listener::builder(&transport)
        .config(config)
        .endpoint(endpoint.priorities([Priority::Info]))
        .start()
        .await
        .map_err(text)?;
    let notifier =
        Notifier::builder(&transport).config(config).publisher_id("probe").build().map_err(text)?;
    let told = notifier.info(&Context::new(), "event", &json!({})).await;
    listener.shutdown(PATIENCE).await.unwrap();
    transport.close(PATIENCE).await;
    told.map(|()| vec!["told".to_owned()]).map_err(text)
}
