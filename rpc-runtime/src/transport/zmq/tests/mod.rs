//! The whole driver over TCP, with a hand at the other side.

mod hostile_callers;
mod hostile_servers;

use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::message::{Address, Message, MessageType};
use super::ours::ready;
use super::peer::{self, End, Foul, Inbox, Peer};
use super::zmtp::{Multipart, Ready};
use crate::client::{CallOptions, Client};
use crate::context::Context;
use crate::error::{CallError, RemoteError, RpcError};
use crate::interface::{Arg, Interface, Method};
use crate::server::{Dispatch, Endpoint, Incoming, Outcome, Server};
use crate::target::Target;
use crate::transport::Transport;
use crate::version::Version;

/// For what should come about.
const PATIENCE: Duration = Duration::from_secs(120);

type Returns = Result<Value, RemoteError>;

const V1: Version = Version::new(1, 0);

static ECHO: Interface = Interface::new(
    "Echo",
    "echo",
    V1,
    &[
        Method::call::<Returns>("echo", &[V1], &[Arg::new("value", "Value")]),
        Method::call::<Returns>("wait", &[V1], &[]),
    ],
);

struct Echo;

impl Dispatch for Echo {
    async fn dispatch(&self, incoming: Incoming) -> Outcome {
        match incoming.method() {
            "echo" => {
                let (_, args) = incoming.open::<Context, Context>(&ECHO.methods[0])?;
                incoming.outcome(Returns::Ok(args.required("value")?))
            }
            "wait" => std::future::pending().await,
            _ => incoming.unknown(),
        }
    }
}

/// An address of this machine that no other test has.
fn address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let next = NEXT.fetch_add(1, Ordering::Relaxed) % 200;
    format!("127.{}.{high}.{low}:19501", 20 + next)
}

/// A server that echoes, with so many workers.
async fn serve(address: &str, workers: usize) -> (Transport, Server) {
    let transport = Transport::connect(&format!("zmq://{address}/")).await.unwrap();
    let server = Server::builder(&transport, Target::new("echo").with_server("a"))
        .endpoint(Endpoint::new(&ECHO, Echo))
        .workers(workers)
        .prefetch(4)
        .start();
    let server = server.await.unwrap();
    (transport, server)
}

/// A call of `echo`.
async fn once(client: &Client, value: &Value) -> Result<Value, CallError<RemoteError>> {
    client.request(&ECHO.methods[0], &Context::new()).arg("value", value).call::<Returns>().await
}

/// The same again while no server is found: a connection has to be there within two seconds, which is little on a busy
/// machine. What finds nobody was not executed.
async fn echo(client: &Client, value: &Value) -> Result<Value, CallError<RemoteError>> {
    let deadline = crate::clock::after(PATIENCE);
    loop {
        match once(client, value).await {
            Err(CallError::Rpc(RpcError::Undeliverable { .. })) if tokio::time::Instant::now() < deadline => {
            }
            outcome => return outcome,
        }
    }
}

/// Whatever comes to a peer that is played by hand.
struct Heard(mpsc::UnboundedSender<Multipart>);

impl Inbox for Heard {
    fn poll_room(&mut self, _: &mut TaskContext<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn take(&mut self, message: Multipart) -> Result<(), Foul> {
        let _ = self.0.send(message);
        Ok(())
    }
}

/// A peer that says what it likes.
struct Hand {
    peer: Peer,
    heard: mpsc::UnboundedReceiver<Multipart>,
    task: JoinHandle<End>,
}

impl Hand {
    /// One that connects, as a caller.
    async fn connect(address: &str, ready: Ready) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, heard) = mpsc::unbounded_channel();
        let (peer, connection) =
            peer::connect(stream, ready, Heard(sender), &peer::Options::default()).await.unwrap();
        Self { peer, heard, task: tokio::spawn(connection) }
    }

    /// One of this project.
    async fn of_ours(address: &str) -> Self {
        let mut hand = Self::connect(address, ready("by hand")).await;
        assert_eq!(hand.hears().await.kind, MessageType::Served);
        hand
    }

    async fn says(&self, message: impl Into<Multipart>) {
        self.peer.send(message.into(), crate::clock::after(PATIENCE)).await.unwrap();
    }

    async fn hears(&mut self) -> Message {
        let heard = tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("nothing is said");
        heard.expect("it has ended").try_into().unwrap()
    }

    /// Waits until the other side ends the connection.
    async fn end(self) -> End {
        let Self { peer, heard: _heard, task } = self;
        let end = tokio::time::timeout(PATIENCE, task).await.expect("it goes on").unwrap();
        drop(peer);
        end
    }
}

/// A request to the only endpoint of a server.
fn request(number: u64, body: impl Into<Bytes>) -> Message {
    let address = Address { endpoint: 1, number, millis: Some(60_000), at_once: true };
    Message::new(MessageType::Call, format!("id-{number}"), body.into()).with_extra(address.written())
}

fn echo_body(value: &str) -> String {
    json!([{}, {"method": "echo", "args": {"value": value}, "version": "1.0"}]).to_string()
}
