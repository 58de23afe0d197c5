//! tarpc with client and server in one process.

use anyhow::{Result, anyhow, bail, ensure};
use futures::StreamExt;
use tarpc::client::Config;
use tarpc::context::Context;
use tarpc::serde_transport;
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Json;
use tarpc::tokio_util::codec::LengthDelimitedCodec;

use crate::load::Client;
use crate::messages::Messages;
use crate::setup::Setup;

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
    let framed = |end| LengthDelimitedCodec::builder().new_framed(end);
    let server = BaseChannel::with_defaults(serde_transport::new(framed(theirs), Json::default()));
    // As in tarpc's own examples: each request is a task.
    tokio::spawn(server.execute(Echoes.serve()).for_each(async |request| drop(tokio::spawn(request))));
    let client = serde_transport::new(framed(ours), Json::default());
    let client = EchoClient::new(Config::default(), client).spawn();
    Ok(Caller { client, value: Messages::of(setup.body)?.echoed })
}

/// Messages go through a channel as they are: nothing is encoded.
pub(crate) fn with_channel(setup: &Setup) -> Result<Caller> {
    let (client, server) = tarpc::transport::channel::unbounded();
    let server = BaseChannel::with_defaults(server);
    tokio::spawn(server.execute(Echoes.serve()).for_each(async |request| drop(tokio::spawn(request))));
    let client = EchoClient::new(Config::default(), client).spawn();
    Ok(Caller { client, value: Messages::of(setup.body)?.echoed })
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
