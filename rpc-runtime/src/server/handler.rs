//! The one place where a request of a server passes whole: in with its head, its context and its arguments, out with
//! the work that comes to its outcome.
//!
//! What is to see or change every request of a server, as tracing and metrics do, belongs into [`Handler::find`], around
//! the work; a request that is refused there has its outcome already, and takes no box.

use std::borrow::Cow;

use futures::future::BoxFuture;

use super::dispatch::{Answerer, Endpoints, PING};
use super::incoming::{Incoming, Outcome};
use crate::error::RemoteError;
use crate::wire::{Arguments, EncodedValue, Invocation};

/// What answers a request.
pub(super) struct Handler {
    /// The name that it was called by, for logs and failures; empty if the request does not say.
    pub(super) method: Cow<'static, str>,
    pub(super) work: Work,
}

/// What is to be done for a request.
pub(super) enum Work {
    /// To run the method, which has not started.
    Run(BoxFuture<'static, Outcome>),
    /// Nothing more.
    Done(Outcome),
}

impl Handler {
    /// What answers a request, whose head is read; nothing of it runs yet.
    pub(super) fn find(
        endpoints: &Endpoints,
        invocation: Result<Invocation, Box<RemoteError>>,
        context: Arguments,
    ) -> Self {
        let invocation = match invocation {
            Ok(invocation) => invocation,
            Err(error) => return Self { method: "".into(), work: Work::Done(Err(error.into())) },
        };
        match endpoints.find(&invocation) {
            Ok(Answerer::Endpoint(endpoint, method)) => {
                let objects = &endpoints.objects;
                let incoming = Incoming::new(method, invocation.args, context, objects.cap());
                let work = Work::Run(objects.dispatch(endpoint, incoming));
                Self { method: method.into(), work }
            }
            Ok(Answerer::Ping) => Self { method: PING.into(), work: Work::Done(pong()) },
            Err(error) => Self { method: invocation.method.into(), work: Work::Done(Err(error.into())) },
        }
    }
}

fn pong() -> Outcome {
    Ok(EncodedValue::new("pong").map_err(|error| RemoteError::builtin("ValueError", error.to_string()))?)
}
