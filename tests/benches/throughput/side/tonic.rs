//! tonic: unary calls over one HTTP/2 connection, with messages of protobuf. What its compiler generates of a service
//! with one method is written by hand here.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use anyhow::{Result, bail, ensure};
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status, server};
use tonic_prost::ProstCodec;

use crate::load::Client;
use crate::messages::Messages;
use crate::setup::Setup;

const PATH: &str = "/throughput.Throughput/Echo";

/// The request and the reply.
#[derive(Clone, PartialEq, prost::Message)]
struct Echoed {
    #[prost(string, tag = "1")]
    value: String,
}

pub(crate) struct Caller {
    channel: Channel,
    value: String,
}

pub(crate) async fn client(setup: &Setup) -> Result<Caller> {
    let channel = Channel::from_shared(format!("http://{}", setup.socket()?))?.connect().await?;
    Ok(Caller { channel, value: Messages::of(setup.body)?.echoed })
}

impl Client for Caller {
    async fn call(&self) -> Result<()> {
        let mut client = Grpc::new(self.channel.clone());
        client.ready().await?;
        let (request, codec) = (Echoed { value: self.value.clone() }, ProstCodec::<Echoed, Echoed>::new());
        let reply = client.unary(Request::new(request), PathAndQuery::from_static(PATH), codec).await?;
        ensure!(reply.into_inner().value.len() == self.value.len(), "not what was sent");
        Ok(())
    }

    async fn cast(&self) -> Result<()> {
        bail!("tonic has no casts")
    }
}

/// Answers from now on.
pub(crate) async fn serve(setup: &Setup) -> Result<()> {
    let incoming = TcpIncoming::bind(setup.socket()?)?.with_nodelay(Some(true));
    tokio::spawn(Server::builder().serve_with_incoming(Throughput, incoming));
    Ok(())
}

#[derive(Clone)]
struct Throughput;

impl Service<http::Request<Body>> for Throughput {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            Ok(match request.uri().path() {
                PATH => server::Grpc::new(ProstCodec::new()).unary(Echo, request).await,
                _ => Status::unimplemented("no such method").into_http(),
            })
        })
    }
}

struct Echo;

impl Service<Request<Echoed>> for Echo {
    type Response = Response<Echoed>;
    type Error = Status;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Echoed>) -> Self::Future {
        ready(Ok(Response::new(request.into_inner())))
    }
}
