//! The runtime as lapin sees it: tokio for tasks and timers, [`Filter`] for the connection.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_rs::Tokio;
use async_rs::traits::{Executor, Reactor, RuntimeKit};
use async_rs::util::Task;
use futures::Stream;
use futures::io::{AsyncRead, AsyncWrite};
use lapin::AsyncTcpStream;

use super::filter::Filter;
use super::stream::Socket;
use super::thread::{Calling, Thread};

/// For one connection.
#[derive(Debug, Clone)]
pub(super) struct Kit {
    tokio: Tokio,
    thread: Arc<Thread>,
}

impl Kit {
    /// On the tokio runtime of the caller.
    pub(super) fn new(thread: Arc<Thread>) -> Self {
        Self { tokio: Tokio::current(), thread }
    }
}

impl RuntimeKit for Kit {}

impl Executor for Kit {
    type Task<T: Send + 'static> = <Tokio as Executor>::Task<T>;

    fn block_on<T, F: Future<Output = T>>(&self, f: F) -> T {
        self.tokio.block_on(f)
    }

    fn spawn<T: Send + 'static, F: Future<Output = T> + Send + 'static>(&self, f: F) -> Task<Self::Task<T>> {
        // Few and rare: heartbeats, the opening and closing of channels.
        self.tokio.spawn(Calling { future: Box::pin(f), thread: self.thread.clone() })
    }

    fn spawn_blocking<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
        &self,
        f: F,
    ) -> Task<Self::Task<T>> {
        self.tokio.spawn_blocking(f)
    }
}

impl Reactor for Kit {
    /// With TLS below it, if there is any.
    type TcpStream = Filter<AsyncTcpStream<Socket>>;
    type Sleep = <Tokio as Reactor>::Sleep;

    /// lapin only connects, and is given its stream.
    fn register<H: Read + Write + Send + 'static>(
        &self,
        _: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        Err::<Self::TcpStream, _>(io::ErrorKind::Unsupported.into())
    }

    fn sleep(&self, dur: Duration) -> Self::Sleep {
        self.tokio.sleep(dur)
    }

    fn interval(&self, dur: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.tokio.interval(dur)
    }

    fn tcp_connect_addr(
        &self,
        _: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        std::future::ready(Err(io::ErrorKind::Unsupported.into()))
    }
}
