//! tarpc with client and server in one process.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use tarpc::client::Config;
use tarpc::context::Context;
use tarpc::server::{BaseChannel, Channel};
use tarpc::tokio_serde::formats::Json;
use tarpc::tokio_util::codec::LengthDelimitedCodec;
use tarpc::{ClientMessage, Response, Transport};

use super::Program;
use crate::content::Messages;
use crate::load::{Ended, Kind, Load, closed_loop};

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

pub(super) struct Tarpc {
    client: EchoClient,
    value: String,
}

impl Tarpc {
    /// Messages are encoded as JSON and go through a pipe.
    pub(super) fn with_json(messages: &Messages) -> Self {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let framed = |end| LengthDelimitedCodec::builder().new_framed(end);
        let server = tarpc::serde_transport::new(framed(theirs), Json::default());
        let client = tarpc::serde_transport::new(framed(ours), Json::default());
        Self::start(client, server, messages)
    }

    /// Messages go through a channel as they are: nothing is encoded.
    pub(super) fn with_channel(messages: &Messages) -> Self {
        let (client, server) = tarpc::transport::channel::unbounded();
        Self::start(client, server, messages)
    }

    fn start<C, S>(client: C, server: S, messages: &Messages) -> Self
    where
        C: Transport<ClientMessage<EchoRequest>, Response<EchoResponse>> + Send + 'static,
        S: Transport<Response<EchoResponse>, ClientMessage<EchoRequest>> + Send + 'static,
        C::Error: std::error::Error + Send + Sync + 'static,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        // As in tarpc's own examples: each request is a task.
        let requests = BaseChannel::with_defaults(server).execute(Echoes.serve());
        tokio::spawn(requests.for_each(async |request| drop(tokio::spawn(request))));
        Self { client: EchoClient::new(Config::default(), client).spawn(), value: messages.echoed.clone() }
    }
}

impl Program for Tarpc {
    fn load(&self, load: Load, time: Duration) -> BoxFuture<'_, Result<Ended>> {
        let (client, value) = (self.client.clone(), self.value.clone());
        let call = move || {
            let (client, value) = (client.clone(), value.clone());
            async move {
                let size = value.len();
                let echoed =
                    client.echo(tarpc::context::current(), value).await?.map_err(|why| anyhow!(why))?;
                ensure!(echoed.len() == size, "not what was sent");
                Ok(())
            }
        };
        async move {
            ensure!(load.kind == Kind::Call, "tarpc has no casts");
            closed_loop(load.in_flight, time, call).await.context("tarpc")
        }
        .boxed()
    }

    fn noted(&self) -> usize {
        0
    }

    fn stop(&mut self) -> BoxFuture<'_, Result<()>> {
        async { Ok(()) }.boxed()
    }
}
