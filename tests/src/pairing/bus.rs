//! A bus, and how peers come to it.

use std::iter;

use anyhow::Result;
use rpc_runtime::{CallOptions, Context, Transport};

use crate::sample::{RustServer, SampleApi};
use crate::{PeerBuilder, PythonClient, PythonServer, until_found};

/// A bus that is there, of which peers know the URL.
#[derive(Debug, Clone)]
pub struct Bus {
    url: String,
    server: fn(&str, &str, &str) -> PeerBuilder<PythonServer>,
    client: fn(&str) -> PeerBuilder<PythonClient>,
    /// Whether all goes through what is in the middle: it knows the servers and lets them take turns. Else clients have to
    /// find them by themselves.
    pub(super) routed: bool,
}

impl Bus {
    /// One over AMQP 1.0, with something in the middle.
    pub fn over_amqp1(url: impl Into<String>) -> Self {
        let (server, client) = (PythonServer::over_amqp1, PythonClient::over_amqp1);
        Self { url: url.into(), server, client, routed: true }
    }

    /// One over ZeroMQ, with a Redis that says who is there.
    pub fn over_zmq(url: impl Into<String>) -> Self {
        let (server, client) = (PythonServer::over_zmq, PythonClient::over_zmq);
        Self { url: url.into(), server, client, routed: false }
    }

    /// A transport of its own, as another process would have it.
    pub async fn connect(&self) -> Result<Transport> {
        Ok(Transport::connect(&self.url).await?)
    }

    /// The same once it has found who serves the topic of the sample, and each of these servers, if it has to.
    pub async fn connect_to(&self, servers: &[&str]) -> Result<Transport> {
        let transport = self.connect().await?;
        if !self.routed {
            let api = SampleApi::new(&transport);
            let by_name = servers.iter().map(|server| api.with(CallOptions::new().server(*server)));
            for api in iter::once(api.clone()).chain(by_name) {
                until_found(async || api.whoami(&Context::new()).await).await??;
            }
        }
        Ok(transport)
    }

    /// A client on such a transport.
    pub async fn client(&self, servers: &[&str]) -> Result<SampleApi> {
        Ok(SampleApi::new(&self.connect_to(servers).await?))
    }

    /// A server of the sample in Rust.
    pub async fn rust_server(&self, name: &str) -> Result<RustServer> {
        RustServer::start(&self.connect().await?, name).await
    }

    /// The same in Python.
    pub async fn python_server(&self, name: &str) -> Result<PythonServer> {
        (self.server)(&self.url, "topic", name).start().await
    }

    /// A Python client in which the exceptions of the sample may be raised. Where it has to find servers, it asks once for
    /// each topic and server where they are: those have to be there before it does.
    pub async fn python_client(&self) -> Result<PythonClient> {
        (self.client)(&self.url).allow("sample_exceptions").allow("builtins").start().await
    }
}
