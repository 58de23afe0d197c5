//! A server that takes every argument and tells what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rpc_runtime::codegen::{Dispatch, Incoming, Outcome, endpoint};
use rpc_runtime::{Arg, Context, Interface, Kind, Method, RemoteError, Server, Target, Transport, Version};
use rpc_tests::limits::PATIENCE;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

type Returns = Result<Value, RemoteError>;

const ANY: &[Arg] = &[Arg::new("args", "Map<String, Value>").as_rest()];

const fn any(name: &'static str) -> Method {
    Method::call_or_cast::<Returns>(name, &[], ANY)
}

/// Every method of every interface in these tests, by its names on the wire.
static EVERYTHING: Interface =
    Interface::new("Peer", "compute", Version::new(6, 99), METHODS).with_older(&[Version::new(5, 99)]);
const METHODS: &[Method] = &[
    any("attach"),
    any("detach"),
    any("failover"),
    any("failover_host"),
    any("find"),
    any("live_migration"),
    any("ping"),
    any("rebuild"),
    any("resize"),
    any("shelve_instance"),
    any("start_instance"),
    any("stop"),
];

/// A message as its receiver saw it.
#[derive(Debug, PartialEq)]
pub(crate) struct Sent {
    /// Topic and name of the server that got it.
    pub server: String,
    pub kind: Kind,
    pub version: String,
    pub method: String,
    pub args: Value,
}

impl Sent {
    /// Version, method and arguments, which most tests are about.
    pub(crate) fn content(self) -> (String, String, Value) {
        (self.version, self.method, self.args)
    }
}

/// Servers that record.
pub(crate) struct Peer {
    sent: mpsc::UnboundedReceiver<Sent>,
    _servers: Vec<Server>,
}

impl Peer {
    /// Servers of these topics and names, on a broker of their own.
    pub(crate) async fn start(addresses: &[(&str, &str)]) -> (Transport, Self) {
        let transport = Transport::connect("memory://").await.unwrap();
        let (sender, sent) = mpsc::unbounded_channel();
        let mut servers = Vec::new();
        for (topic, server) in addresses {
            let heads = Arc::new(Mutex::new(VecDeque::new()));
            let recorder = Recorder {
                server: format!("{topic}.{server}"),
                heads: Arc::clone(&heads),
                sender: sender.clone(),
            };
            let server = Server::builder(&transport, Target::new(*topic).with_server(*server))
                .endpoint(endpoint(&EVERYTHING, recorder))
                .on_request(move |request| heads.lock().unwrap().push_back((request.kind, request.version)))
                .start()
                .await
                .unwrap();
            servers.push(server);
        }
        (transport, Self { sent, _servers: servers })
    }

    /// One server, `compute` at `host1`.
    pub(crate) async fn one() -> (Transport, Self) {
        Self::start(&[("compute", "host1")]).await
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Sent {
        tokio::time::timeout(PATIENCE, self.sent.recv()).await.expect("a message").unwrap()
    }

    /// Checks that nothing more was sent. The servers are asked in between, so that nothing is
    /// still on its way.
    pub(crate) fn nothing_more(&mut self) {
        assert!(self.sent.try_recv().is_err());
    }
}

struct Recorder {
    server: String,
    heads: Arc<Mutex<VecDeque<(Kind, Version)>>>,
    sender: mpsc::UnboundedSender<Sent>,
}

impl Dispatch for Recorder {
    async fn dispatch(&self, incoming: Incoming) -> Outcome {
        let method = EVERYTHING.method(incoming.method()).unwrap();
        let (_, args) = incoming.open::<Context, Context>(method)?;
        let args: Map<String, Value> = args.rest()?;
        let (kind, version) = self.heads.lock().unwrap().pop_front().unwrap();
        let sent = Sent {
            server: self.server.clone(),
            kind,
            version: version.to_string(),
            method: method.name.to_owned(),
            args: args.into(),
        };
        // The test may have seen enough.
        let _ = self.sender.send(sent);
        incoming.outcome(Returns::Ok(Value::Null))
    }
}
