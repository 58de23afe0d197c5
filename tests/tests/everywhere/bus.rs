//! A bus of a test's own.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use rpc_runtime::Transport;
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::authority::{Authority, named};
use rpc_tests::{Broker, Redis, Vhost};
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Memory,
    Rabbit,
    Zmq,
    Zmqs,
    ZmqRedis,
    Amqp1,
    Amqp1s,
}

pub(super) struct Bus {
    kind: Kind,
    url: String,
    /// What has to be there as long as it.
    _held: Held,
}

enum Held {
    Nothing,
    #[expect(dead_code, reason = "held for its drop")]
    Vhost(Vhost),
    #[expect(dead_code, reason = "held for its drop")]
    Redis(Redis),
    #[expect(dead_code, reason = "held for its drop")]
    Files(TempDir),
    #[expect(dead_code, reason = "held for its drop")]
    Router(Box<Router>, Option<TempDir>),
}

/// That it is told soon what nobody takes, where that takes a while.
const SOON: &str = "default_send_timeout=5";

/// Some that no other test has: all of 127.0.0.0/8 is this machine.
fn addresses(n: u32) -> Vec<String> {
    let [_, _, high, low] = process::id().to_be_bytes();
    (0..4).map(|last| format!("127.{}.{high}.{low}:{}", 10 + n % 200, 20_000 + last)).collect()
}

impl Bus {
    pub(super) async fn new(kind: Kind) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let (url, held) = match kind {
            Kind::Memory => (format!("memory:///everywhere-{}-{n}", process::id()), Held::Nothing),
            Kind::Rabbit => {
                let vhost = Broker::shared().unwrap().vhost("everywhere").await.unwrap();
                (vhost.url(), Held::Vhost(vhost))
            }
            Kind::Zmq => (format!("zmq://{}/", addresses(n).join(",")), Held::Nothing),
            Kind::Zmqs => {
                let files = tempfile::tempdir().unwrap();
                let authority = Authority::new("shops").unwrap();
                // One certificate for all, each a server and a client.
                let hosts =
                    addresses(n).into_iter().map(|address| address.split(':').next().unwrap().to_owned());
                authority.sign_as(files.path(), "clerk", named("clerk", hosts.collect()).unwrap()).unwrap();
                std::fs::write(files.path().join("ca.pem"), &authority.certificate).unwrap();
                let dir = files.path().display();
                let options = format!(
                    "ssl_ca_file={dir}/ca.pem&ssl_cert_file={dir}/clerk.pem&ssl_key_file={dir}/clerk.key"
                );
                (format!("zmqs://{}/?{options}", addresses(n).join(",")), Held::Files(files))
            }
            Kind::ZmqRedis => {
                let redis = Redis::start().await.unwrap();
                (format!("zmq+redis://127.0.0.1:{}/", redis.port()), Held::Redis(redis))
            }
            Kind::Amqp1 => {
                let router = Router::start(Mode::Legacy).await.unwrap();
                (router.url(), Held::Router(Box::new(router), None))
            }
            Kind::Amqp1s => {
                let files = tempfile::tempdir().unwrap();
                let authority = Authority::new("shops").unwrap();
                authority.sign(files.path(), "router", "127.0.0.1").unwrap();
                std::fs::write(files.path().join("ca.pem"), &authority.certificate).unwrap();
                let dir = files.path().display().to_string();
                let (certificate, key) = (format!("{dir}/router.pem"), format!("{dir}/router.key"));
                let args = ["--certificate", &certificate, "--key", &key];
                let router = Router::start_with(Mode::Routable, &args).await.unwrap();
                let url = format!("amqp1s://127.0.0.1:{}/?ssl_ca_file={dir}/ca.pem", router.port());
                (url, Held::Router(Box::new(router), Some(files)))
            }
        };
        Self { kind, url, _held: held }
    }

    /// A transport of its own, as another process has it.
    pub(super) async fn connect(&self) -> Transport {
        Transport::connect(&self.url).await.unwrap()
    }

    /// One that is told soon what nobody takes, for what nobody is to take: what somebody takes may need longer.
    pub(super) async fn connect_hastily(&self) -> Transport {
        let url = &self.url;
        let url = match self.kind {
            Kind::Amqp1 => &format!("{url}?{SOON}"),
            Kind::Amqp1s => &format!("{url}&{SOON}"),
            _ => url,
        };
        Transport::connect(url).await.unwrap()
    }

    /// Whether it keeps messages that nobody takes.
    pub(super) fn stores(&self) -> bool {
        matches!(self.kind, Kind::Memory | Kind::Rabbit)
    }
}
