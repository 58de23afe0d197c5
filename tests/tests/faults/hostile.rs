//! Peers that send what no client of ours or of Python would, and handlers that keep all threads.
//!
//! What honest calls suffer is measured against the same calls just before and after, in the same run.

use std::fs;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use rpc_runtime::wire::Compression;
use rpc_runtime::{CallOptions, Context, RemoteError, Server, Target, Transport, rpc_manager};
use rpc_tests::campaign::alone;
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Vhost, until};
use serde_json::{Map, Value, json};

use super::vhost;

/// For whoever looks at the output of a test.
macro_rules! said {
    ($($text:tt)+) => {{
        use std::io::Write as _;
        writeln!(std::io::stderr(), $($text)+)?;
    }};
}

/// Calls that are measured together.
const CALLS: usize = 100;
/// How often an attack is made before it is not the machine that makes those slow.
const ATTACKS: u64 = 4;

#[rpc_manager(client = PlainApi, topic = "plain", version = "1.0", error = RemoteError)]
trait Plain {
    /// Returns what it is given.
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: u64) -> Result<u64, RemoteError>;

    /// Keeps its thread.
    #[rpc(call)]
    async fn block(&self, ctx: Context, seconds: u64) -> Result<(), RemoteError>;

    /// Does not end.
    #[rpc(cast)]
    async fn hang(&self, ctx: Context, #[arg(default = 0)] seconds: u64) -> Result<(), RemoteError>;

    /// How many there are.
    #[rpc(call)]
    async fn count(&self, ctx: Context, #[arg(rest)] rest: Map<String, Value>) -> Result<usize, RemoteError>;
}

struct Manager;

impl Plain for Manager {
    async fn echo(&self, _: Context, value: u64) -> Result<u64, RemoteError> {
        Ok(value)
    }

    async fn block(&self, _: Context, seconds: u64) -> Result<(), RemoteError> {
        std::thread::sleep(Duration::from_secs(seconds));
        Ok(())
    }

    async fn hang(&self, _: Context, _: u64) -> Result<(), RemoteError> {
        pending().await
    }

    async fn count(&self, _: Context, rest: Map<String, Value>) -> Result<usize, RemoteError> {
        Ok(rest.len())
    }
}

async fn serve(vhost: &Vhost) -> Result<(Server, Transport)> {
    let transport = Transport::connect(&vhost.url()).await?;
    let target = Target::new("plain").with_server("host1");
    let server = Server::builder(&transport, target).endpoint(PlainApi::endpoint(Arc::new(Manager)));
    Ok((server.start().await?, transport))
}

/// Someone else on the bus, with a library of their own.
struct Attacker {
    _connection: Connection,
    channel: Channel,
}

impl Attacker {
    async fn connect(vhost: &Vhost) -> Result<Self> {
        let uri = vhost.url().replacen("rabbit://", "amqp://", 1);
        let connection = Connection::connect(&uri, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        Ok(Self { _connection: connection, channel })
    }

    /// Sends a body and returns once the broker has it.
    async fn send(
        &self,
        exchange: &str,
        key: &str,
        body: &[u8],
        compression: Option<Compression>,
    ) -> Result<()> {
        let mut headers = FieldTable::default();
        if let Some(compression) = compression {
            headers
                .insert("compression".into(), AMQPValue::LongString(LongString::from(compression.header())));
        }
        let properties =
            BasicProperties::default().with_content_type("application/json".into()).with_headers(headers);
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let sent = self.channel.basic_publish(exchange.into(), key.into(), options, body, properties).await?;
        ensure!(sent.await?.is_ack(), "{exchange}/{key} does not take it");
        Ok(())
    }

    /// So many requests with this message, each of few bytes.
    async fn requests(&self, count: usize, message: &str) -> Result<()> {
        let body = json!({"oslo.version": "2.0", "oslo.message": message}).to_string();
        let body = Compression::Gzip.compress(body.as_bytes())?;
        for _ in 0..count {
            self.send("openstack", "plain", &body, Some(Compression::Gzip)).await?;
        }
        Ok(())
    }
}

/// 16 MiB in 48 bytes.
fn bomb() -> Result<Vec<u8>> {
    Ok(Compression::Bzip2.compress(&vec![b' '; 16 << 20])?)
}

/// How long so many honest calls take, one after the other.
async fn honest(transport: &Transport) -> Result<Duration> {
    let api = PlainApi::new(transport).with(CallOptions::new().timeout(PATIENCE));
    let began = Instant::now();
    for n in 0..CALLS as u64 {
        ensure!(api.echo(&Context::new(), n).await? == n, "another answer");
    }
    Ok(began.elapsed())
}

fn resident() -> Result<usize> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let pages: usize = statm.split(' ').nth(1).context("no second number")?.parse()?;
    Ok(pages * 4096)
}

/// Makes an attack, and is over once that is: fails if honest calls suffer more than anybody would who shares two cores
/// with it. That others were busy meanwhile is no reason, so it has to be so each time.
async fn bearable(
    client: &Transport,
    most: f64,
    attack: impl AsyncFn() -> Result<()>,
    over: impl AsyncFn(u64) -> Result<()>,
) -> Result<()> {
    honest(client).await?;
    let mut ratios = Vec::new();
    for times in 1..=ATTACKS {
        let before = honest(client).await?;
        attack().await?;
        let during = honest(client).await?;
        over(times).await?;
        // How busy the machine is may have changed meanwhile.
        let without = before.max(honest(client).await?);
        let ratio = during.as_secs_f64() / without.as_secs_f64();
        said!("{CALLS} calls took {without:?} without and {during:?} during it, {ratio:.1} times as long");
        if ratio < most {
            return Ok(());
        }
        ratios.push(ratio);
    }
    bail!("honest calls took {ratios:.1?} times as long")
}

/// Waits until a queue is empty.
async fn emptied(vhost: &Vhost, name: &str) -> Result<()> {
    until("all are taken", async || {
        let queues = vhost.queues().await?;
        let queue = queues.iter().find(|queue| queue.name == name).context("it is gone")?;
        Ok((queue.messages == 0).then_some(()))
    })
    .await
}

#[test]
fn small_messages_that_become_large_in_a_server() {
    alone(async || {
        let vhost = vhost("bombs").await?;
        let (server, _serving) = serve(&vhost).await?;
        let client = Transport::connect(&vhost.url()).await?;
        let (attacker, bomb) = (Attacker::connect(&vhost).await?, bomb()?);
        let attack = async || {
            for _ in 0..100 {
                attacker.send("openstack", "plain", &bomb, Some(Compression::Bzip2)).await?;
            }
            Ok(())
        };
        let refused = async |times| {
            let all = || server.counters().rejected == times * 100;
            until("all are refused", async || Ok(all().then_some(()))).await
        };
        bearable(&client, 10.0, attack, refused).await
    });
}

/// RabbitMQ closes the connection of who sends to a reply address of its own making that leads nowhere.
#[test]
fn calls_that_name_reply_addresses_of_the_broker() {
    alone(async || {
        let vhost = vhost("own-addresses").await?;
        let (server, serving) = serve(&vhost).await?;
        let client = Transport::connect(&vhost.url()).await?;
        honest(&client).await?;
        let attacker = Attacker::connect(&vhost).await?;
        for queue in ["amq.rabbitmq.reply-to.g2dkAA.x", "amq.rabbitmq.reply-to", "amq.gen-x"] {
            let ids = format!(r#""_msg_id": "1", "_timeout": 60, "_reply_q": "{queue}""#);
            attacker.requests(1, &format!(r#"{{"method": "echo", "args": {{"value": 1}}, {ids}}}"#)).await?;
        }
        let all = CALLS as u64 + 3;
        until("all are executed", async || Ok((server.counters().executed == all).then_some(()))).await?;
        honest(&client).await?;
        ensure!(serving.status().is_ready(), "{:?}", serving.status());
        Ok(())
    });
}

#[test]
fn small_messages_that_become_large_in_a_client() {
    alone(async || {
        let vhost = vhost("bombs-back").await?;
        let (_server, _serving) = serve(&vhost).await?;
        // So that a thread that is kept is noticed.
        let client = Transport::connect(&format!("{}?heartbeat_timeout_threshold=5", vhost.url())).await?;
        honest(&client).await?;
        let queues = vhost.queues().await?;
        let reply = queues.iter().find(|queue| queue.name.starts_with("reply_")).context("no reply queue")?;
        let (attacker, bomb) = (Attacker::connect(&vhost).await?, bomb()?);
        let attack = async || {
            for _ in 0..100 {
                attacker.send("", &reply.name, &bomb, Some(Compression::Bzip2)).await?;
            }
            Ok(())
        };
        bearable(&client, 10.0, attack, async |_| emptied(&vhost, &reply.name).await).await
    });
}

/// A message of 8 kB that is read after all: it becomes almost a hundred times as large.
fn dense(members: &str) -> Result<Vec<u8>> {
    let mut random = fastrand::Rng::with_seed(1);
    let random: String = std::iter::repeat_with(|| random.alphanumeric()).take(8_400).collect();
    let blanks = " ".repeat(760 << 10);
    let message = format!(r#"{{"random": "{random}", "blanks": "{blanks}", {members}}}"#);
    let body = json!({"oslo.version": "2.0", "oslo.message": message}).to_string();
    let dense = Compression::Gzip.compress(body.as_bytes())?;
    ensure!(dense.len() <= 8 << 10 && body.len() > dense.len() * 90, "{} of {}", dense.len(), body.len());
    Ok(dense)
}

/// What is before a call in its queue is before it, however many messages a server may hold: so each has to be little
/// work, whatever is in it.
#[test]
fn more_small_messages_than_a_server_is_handed_at_once() {
    alone(async || {
        let vhost = vhost("many-bombs").await?;
        let (server, _serving) = serve(&vhost).await?;
        let client = Transport::connect(&vhost.url()).await?;
        let attacker = Attacker::connect(&vhost).await?;
        let read = dense(r#""method": "none", "args": {}"#)?;
        // Far too dense, in as much as is read with the small ones, and in much less.
        let [large, small] = [8 << 20, 1 << 20].map(|blanks| Compression::Gzip.compress(&vec![b' '; blanks]));
        let (large, small) = (large?, small?);
        let attack = async || {
            for body in std::iter::repeat_n([&read, &large, &small, &small], 100).flatten() {
                attacker.send("openstack", "plain", body, Some(Compression::Gzip)).await?;
            }
            Ok(())
        };
        let over = async |times| {
            // Of three times as many honest calls, as often.
            let (rejected, executed) = (times * 300, times * (100 + 3 * CALLS as u64));
            let counters = || server.counters();
            let done = || counters().rejected == rejected && counters().executed == executed;
            until("all are refused or executed", async || Ok(done().then_some(()))).await
        };
        bearable(&client, 150.0, attack, over).await
    });
}

/// More than the broker hands over before some are taken from the queue.
#[test]
fn more_replies_to_nobody_than_a_client_is_handed_at_once() {
    alone(async || {
        let vhost = vhost("many-bombs-back").await?;
        let (_server, _serving) = serve(&vhost).await?;
        let client = Transport::connect(&vhost.url()).await?;
        honest(&client).await?;
        let queues = vhost.queues().await?;
        let reply = queues.iter().find(|queue| queue.name.starts_with("reply_")).context("no reply queue")?;
        let attacker = Attacker::connect(&vhost).await?;
        let nobodys = dense(r#""result": 1, "failure": null, "ending": true, "_msg_id": "1""#)?;
        let attack = async || {
            for _ in 0..2500 {
                attacker.send("", &reply.name, &nobodys, Some(Compression::Gzip)).await?;
            }
            Ok(())
        };
        bearable(&client, 40.0, attack, async |_| emptied(&vhost, &reply.name).await).await
    });
}

#[test]
fn small_messages_that_take_much_memory() {
    alone(async || {
        let vhost = vhost("memory").await?;
        let (server, _serving) = serve(&vhost).await?;
        let client = Transport::connect(&vhost.url()).await?;
        honest(&client).await?;
        let before = resident()?;
        let attacker = Attacker::connect(&vhost).await?;
        // One name again and again: in as much as any body may become, and in as much as so few bytes may.
        for times in [700_000, 6_000] {
            let seconds = r#""seconds": 60, "#.repeat(times);
            attacker
                .requests(20, &format!(r#"{{"method": "hang", "args": {{{seconds}"seconds": 1}}}}"#))
                .await?;
        }
        let all = CALLS as u64 + 40;
        until("all were taken up", async || Ok((server.counters().taken == all).then_some(()))).await?;
        ensure!(server.counters().rejected == 20, "the larger ones are not refused");
        let taken = resident()?.saturating_sub(before);
        said!("40 requests take {} MiB", taken >> 20);
        ensure!(taken < 200 << 20, "40 small requests take {} MiB", taken >> 20);
        honest(&client).await.map(drop)
    });
}

#[test]
fn what_replies_repeat_of_a_request() {
    alone(async || {
        let vhost = vhost("repeats").await?;
        let (server, _serving) = serve(&vhost).await?;
        let attacker = Attacker::connect(&vhost).await?;
        // As large as it may be, to the server's own queue: what comes back would be taken up and counted.
        let id = "m".repeat(100_000);
        let call = json!({
            "method": "hang", "args": {}, "_msg_id": id, "_reply_q": "plain.host1", "_timeout": 2,
        });
        attacker.requests(1, &call.to_string()).await?;
        until("it hangs", async || Ok((server.counters().taken == 1).then_some(()))).await?;
        // Three heartbeats and some.
        tokio::time::sleep(Duration::from_secs(4)).await;
        ensure!(server.counters().taken == 1, "a queue of the sender's choice was sent something");
        Ok(())
    });
}

#[test]
fn many_arguments_and_what_is_handed_on() {
    alone(async || {
        let vhost = vhost("many").await?;
        let (_server, _serving) = serve(&vhost).await?;
        let client = Transport::connect(&vhost.url()).await?;
        let api = PlainApi::new(&client);
        let many =
            |count: usize| (0..count).map(|n| (format!("key{n}"), Value::from(n))).collect::<Map<_, _>>();
        let (few, lots) = (many(5_000), many(80_000));
        let timed = async |rest: &Map<String, Value>| -> Result<Duration> {
            let began = Instant::now();
            ensure!(api.count(&Context::new(), rest).await? == rest.len(), "not all came");
            Ok(began.elapsed())
        };
        timed(&few).await?;
        // The least of several, as others may be busy: in turns, so that they are during all of one kind only if always.
        let mut least = [Duration::MAX; 2];
        for _ in 0..5 {
            for (least, rest) in least.iter_mut().zip([&few, &lots]) {
                *least = timed(rest).await?.min(*least);
            }
        }
        let [few, lots] = least;
        let ratio = lots.as_secs_f64() / few.as_secs_f64();
        said!("16 times as many arguments took {ratio:.1} times as long: {few:?}, {lots:?}");
        ensure!(ratio < 64.0, "16 times as many arguments took {ratio:.1} times as long");
        Ok(())
    });
}

#[test]
fn monitored_calls_of_handlers_that_keep_every_thread() {
    alone(async || {
        let vhost = vhost("monitored").await?;
        let url = vhost.url();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        let serving = std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let transport = Transport::connect(&url).await?;
                let target = Target::new("plain").with_server("host1");
                let builder =
                    Server::builder(&transport, target).endpoint(PlainApi::endpoint(Arc::new(Manager)));
                let _server = builder.start().await?;
                let _ = ready.send(());
                let _ = stopped.await;
                Ok(())
            })
        });
        is_ready.await?;
        let client = Transport::connect(&vhost.url()).await?;
        let api = PlainApi::new(&client);
        ensure!(api.echo(&Context::new(), 1).await? == 1);
        let options = CallOptions::new().monitor(Duration::from_secs(6)).timeout(PATIENCE);
        // Twice as long as the caller bears silence.
        api.with(options).block(&Context::new(), 13).await?;
        drop(stop);
        serving.join().map_err(|_| anyhow::anyhow!("the server panicked"))?
    });
}
