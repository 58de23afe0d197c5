//! What takes messages in a service: servers and listeners.

use std::future::Future;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::error::{ServiceError, Stopped};
#[cfg(feature = "notifications")]
use crate::notification::{Listener, ListenerBuilder};
use crate::receiving::ShutdownError;
use crate::server::{Server, ServerBuilder};

/// One that has not been started.
#[derive(Debug)]
pub(super) enum Part {
    Server(Box<ServerBuilder>),
    #[cfg(feature = "notifications")]
    Listener(Box<ListenerBuilder>),
}

impl Part {
    pub(super) fn start(self) -> BoxFuture<'static, Result<Running, ServiceError>> {
        // Boxed: each has all of its settings in it.
        match self {
            Self::Server(builder) => async move {
                let server = builder.who();
                let started = builder.start().await;
                let failed = |source| ServiceError::Server { server, source: Box::new(source) };
                started.map(Running::Server).map_err(failed)
            }
            .boxed(),
            #[cfg(feature = "notifications")]
            Self::Listener(builder) => async move {
                let started = builder.start().await;
                started.map(Running::Listener).map_err(|source| ServiceError::Listener { source })
            }
            .boxed(),
        }
    }
}

/// One that runs.
#[derive(Debug)]
pub(super) enum Running {
    Server(Server),
    #[cfg(feature = "notifications")]
    Listener(Listener),
}

impl Running {
    fn who(&self) -> &str {
        match self {
            Self::Server(server) => server.who(),
            #[cfg(feature = "notifications")]
            Self::Listener(listener) => listener.who(),
        }
    }

    /// Waits until it has stopped.
    pub(super) fn stopped(&self) -> impl Future<Output = Stopped> + Send + use<> {
        let who = self.who().to_owned();
        let reason = match self {
            Self::Server(server) => server.stopped().boxed(),
            #[cfg(feature = "notifications")]
            Self::Listener(listener) => listener.stopped().boxed(),
        };
        async move { Stopped { who, reason: reason.await } }
    }

    /// Shuts it down; tells how many handlers were cut off.
    pub(super) async fn shutdown(self, within: Duration) -> usize {
        let ended = match self {
            Self::Server(server) => server.shutdown(within).await,
            #[cfg(feature = "notifications")]
            Self::Listener(listener) => listener.shutdown(within).await,
        };
        ended.err().map_or(0, |ShutdownError { cut_off }| cut_off)
    }
}
