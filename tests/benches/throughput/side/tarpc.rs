//! tarpc: client and server in one process, or over TCP.

use anyhow::{Result, anyhow, bail, ensure};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tarpc::client::Config;
use tarpc::context::Context;
use tarpc::serde_transport;
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Json;
use tarpc::tokio_util::codec::LengthDelimitedCodec;
use tarpc::{ClientMessage, Response, Transport};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

use crate::load::Client;
use crate::messages::Messages;
use crate::setup::Setup;

/// A stream on which messages are JSON, each with its length before it.
type InJson<S, Item, SinkItem> = serde_transport::Transport<S, Item, SinkItem, Json<Item, SinkItem>>;

/// How much the pipe holds: as much as a socket as a rule does, and several messages.
const PIPE: usize = 256 << 10;

#[tarpc::service]
trait Echo {
    async fn echo(value: String) -> Result<String, String>;
}

#[derive(Clone)]
struct Echoes;

impl Echo for Echoes {
    async fn echo(self, _: Context, value: String) -> Result<String, String> {
        Ok(value)
    }
}

pub(crate) struct Caller {
    client: EchoClient,
    value: String,
}

/// Messages are encoded as JSON and go through a pipe.
pub(crate) fn with_json(setup: &Setup) -> Result<Caller> {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    answer(in_json(theirs));
    call(in_json(ours), setup)
}

/// Messages go through a channel as they are: nothing is encoded.
pub(crate) fn with_channel(setup: &Setup) -> Result<Caller> {
    let (client, server) = tarpc::transport::channel::unbounded();
    answer(server);
    call(client, setup)
}

/// Messages are encoded as JSON and go over TCP.
pub(crate) async fn client(setup: &Setup) -> Result<Caller> {
    let stream = TcpStream::connect(setup.socket()?).await?;
    // As the others do.
    stream.set_nodelay(true)?;
    call(in_json(stream), setup)
}

/// Answers whoever calls over TCP from now on.
pub(crate) async fn serve(setup: &Setup) -> Result<()> {
    let listener = TcpListener::bind(setup.socket()?).await?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if stream.set_nodelay(true).is_ok() {
                answer(in_json(stream));
            }
        }
    });
    Ok(())
}

/// Calls over a transport.
fn call<T>(transport: T, setup: &Setup) -> Result<Caller>
where
    T: Transport<ClientMessage<EchoRequest>, Response<EchoResponse>> + Send + 'static,
{
    let client = EchoClient::new(Config::default(), transport).spawn();
    Ok(Caller { client, value: Messages::of(setup.body)?.echoed })
}

/// Answers what comes over a transport.
fn answer<T>(transport: T)
where
    T: Transport<Response<EchoResponse>, ClientMessage<EchoRequest>> + Send + 'static,
{
    let server = BaseChannel::with_defaults(transport);
    // As in tarpc's own examples: each request is a task.
    tokio::spawn(server.execute(Echoes.serve()).for_each(async |request| drop(tokio::spawn(request))));
}

fn in_json<S, Item, SinkItem>(end: S) -> InJson<S, Item, SinkItem>
where
    S: AsyncRead + AsyncWrite,
    Item: for<'de> Deserialize<'de>,
    SinkItem: Serialize,
{
    serde_transport::new(LengthDelimitedCodec::builder().new_framed(end), Json::default())
}

impl Client for Caller {
    async fn call(&self) -> Result<()> {
        let call = self.client.echo(tarpc::context::current(), self.value.clone());
        let echoed = call.await?.map_err(|why| anyhow!(why))?;
        ensure!(echoed.len() == self.value.len(), "not what was sent");
        Ok(())
    }

    async fn cast(&self) -> Result<()> {
        bail!("tarpc has no casts")
    }
}
