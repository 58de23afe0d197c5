//! The receiving task of a server and the tasks of its requests.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::interval_at;

use super::builder::Observer;
use super::dispatch::{Answerer, Endpoints};
use super::duplicates::Duplicates;
use super::handle::Phase;
use super::incoming::{Incoming, Outcome, Raised};
use super::replier::Replier;
use crate::clock::after;
use crate::error::RemoteError;
use crate::interface::Kind;
use crate::transport::driver::Delivery;
use crate::version::Version;
use crate::wire::{Arguments, Content, EncodedValue, Invocation, Limits, Reply, ReplyAddress, Request};

/// A request as it comes in, for [`ServerBuilder::on_request`](super::ServerBuilder::on_request).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RequestInfo<'a> {
    /// The method, by its name on the wire.
    pub method: &'a str,
    /// [`Kind::Call`] if the caller waits for a reply, else [`Kind::Cast`]; a fanout cannot be
    /// told from a cast by its receiver.
    pub kind: Kind,
    /// The namespace, if any.
    pub namespace: Option<&'a str>,
    /// The version that the client stamped.
    pub version: Version,
    /// The `request_id` of the context, if it is there.
    pub request_id: Option<&'a str>,
}

/// Takes requests one by one and starts a task for each.
pub(super) struct Worker {
    pub(super) endpoints: Arc<Endpoints>,
    pub(super) limits: Limits,
    pub(super) duplicates: Duplicates,
    pub(super) observer: Option<Observer>,
    pub(super) workers: Arc<Semaphore>,
    pub(super) replier: Arc<Replier>,
    pub(super) phases: watch::Receiver<Phase>,
}

impl Worker {
    /// Runs until the server drains or the transport ends.
    pub(super) async fn run(mut self, mut deliveries: mpsc::Receiver<Delivery>) {
        let mut phases = self.phases.clone();
        let draining = phases.wait_for(|phase| *phase >= Phase::Drain).map(drop);
        futures::pin_mut!(draining);
        loop {
            // A worker first, a message second: what no worker takes stays unsettled, so that the
            // prefetch bounds it and a shutdown gives it back.
            let permit = tokio::select! {
                biased;
                () = &mut draining => return,
                permit = Arc::clone(&self.workers).acquire_owned() => permit,
            };
            let delivery = tokio::select! {
                biased;
                () = &mut draining => return,
                delivery = deliveries.recv() => delivery,
            };
            let (Ok(permit), Some(delivery)) = (permit, delivery) else { return };
            if let Some(request) = self.admit(delivery) {
                self.spawn(request, permit);
            }
        }
    }

    /// Decodes and settles a message; `None` if there is nothing to execute.
    fn admit(&mut self, delivery: Delivery) -> Option<Request> {
        let Delivery { body, content_type, compression, redelivered, settle } = delivery;
        let content = Content { content_type: content_type.as_deref(), compression: compression.as_deref() };
        let request = match Request::decode(&body, &content, &self.limits) {
            Ok(request) => request,
            Err(error) => {
                tracing::error!(bytes = body.len(), %error, "rejected a message");
                settle.reject(false);
                return None;
            }
        };
        // Before the execution: at most once, whatever happens to this process. What can't be
        // acknowledged any more is back in its queue, and another server may have it already.
        if !settle.ack() {
            tracing::debug!("left a message to its redelivery: its connection is gone");
            return None;
        }
        if let Some(unique_id) = &request.unique_id
            && !self.duplicates.is_new(unique_id)
        {
            tracing::warn!(unique_id, redelivered, "ignored a repeated message");
            return None;
        }
        Some(request)
    }

    fn spawn(&self, request: Request, permit: OwnedSemaphorePermit) {
        let Request { reply, heartbeat, context, invocation, warnings, .. } = request;
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        if let (Some(observer), Ok(invocation)) = (&self.observer, &invocation) {
            observe(observer, invocation, &context, reply.is_some());
        }
        let method =
            invocation.as_ref().map_or_else(|_| String::new(), |invocation| invocation.method.clone());
        let endpoints = Arc::clone(&self.endpoints);
        let replier = Arc::clone(&self.replier);
        let phases = self.phases.clone();
        let max_body = self.limits.max_body;
        tokio::spawn(async move {
            let execution = execute(&endpoints, invocation, context, phases);
            let outcome = match (&reply, heartbeat) {
                (Some(reply), Some(interval)) => with_heartbeats(execution, reply, interval, &replier).await,
                _ => execution.await,
            };
            if let Err(Raised { error, expected }) = &outcome {
                let RemoteError { module, class, message, .. } = &**error;
                // The caller of a call is told; a failed cast is known here only.
                match reply {
                    _ if *expected => tracing::debug!(method, module, class, "failed as expected: {message}"),
                    Some(_) => tracing::info!(method, module, class, "failed: {message}"),
                    None => tracing::error!(method, module, class, "failed: {message}"),
                }
            }
            let Some(reply) = reply else { return };
            // The worker is free only once the reply has a slot: replies are bounded, and a
            // handler never waits for the broker.
            let Some(_slot) = replier.slot().await else { return };
            drop(permit);
            let body = answer(&reply.msg_id, &outcome, max_body);
            replier.send(&reply.queue.as_str().into(), body, &method).await;
        });
    }
}

/// Tells the observer; its panic must not end the receiving of requests.
fn observe(observer: &Observer, invocation: &Invocation, context: &Arguments, wants_reply: bool) {
    let request_id = context.decode::<String>("request_id").and_then(Result::ok);
    let info = RequestInfo {
        method: &invocation.method,
        kind: if wants_reply { Kind::Call } else { Kind::Cast },
        namespace: invocation.namespace.as_deref(),
        version: invocation.version,
        request_id: request_id.as_deref(),
    };
    if let Err(panic) = std::panic::catch_unwind(AssertUnwindSafe(|| observer(&info))) {
        tracing::error!("on_request panicked: {}", panic_text(&*panic));
    }
}

/// Finds the method and runs it; whatever happens in it is an outcome.
async fn execute(
    endpoints: &Endpoints,
    invocation: Result<Invocation, Box<RemoteError>>,
    context: Arguments,
    mut phases: watch::Receiver<Phase>,
) -> Outcome {
    let invocation = invocation?;
    let endpoint = match endpoints.find(&invocation)? {
        Answerer::Endpoint(endpoint) => endpoint,
        Answerer::Ping => {
            return Ok(EncodedValue::new("pong")
                .map_err(|error| RemoteError::builtin("ValueError", error.to_string()))?);
        }
    };
    let method = invocation.method.clone();
    let handler = AssertUnwindSafe(endpoint.dispatch(Incoming::new(invocation, context))).catch_unwind();
    tokio::select! {
        biased;
        outcome = handler => outcome.unwrap_or_else(|panic| {
            let text = format!("{method}() panicked: {}", panic_text(&*panic));
            tracing::error!("{text}");
            Err(RemoteError::builtin("RuntimeError", text).into())
        }),
        // An error is a server that was dropped: its handlers go on.
        Ok(_) = phases.wait_for(|phase| *phase >= Phase::Abort) => {
            let text = format!("the server was stopped before {method}() finished");
            Err(RemoteError::builtin("RuntimeError", text).into())
        }
    }
}

/// The reply to a call; an outcome that is too large to be sent is a failure that says so.
fn answer(msg_id: &str, outcome: &Outcome, max_body: usize) -> Bytes {
    let body = match outcome {
        Ok(value) => Reply::result(msg_id, value),
        Err(Raised { error, .. }) => Reply::failure(msg_id, error),
    };
    if body.len() <= max_body {
        return body;
    }
    let text = format!("the reply has {} bytes, more than max_body={max_body}", body.len());
    Reply::failure(msg_id, &RemoteError::builtin("ValueError", text))
}

/// What a panic said, if it said it in words.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// Runs a call and tells its caller at every interval that it still runs.
async fn with_heartbeats(
    execution: impl Future<Output = Outcome>,
    reply: &ReplyAddress,
    interval: Duration,
    replier: &Replier,
) -> Outcome {
    futures::pin_mut!(execution);
    let queue = reply.queue.as_str().into();
    let mut ticks = interval_at(after(interval), interval);
    let mut wanted = true;
    loop {
        tokio::select! {
            biased;
            outcome = &mut execution => return outcome,
            _ = ticks.tick(), if wanted => {
                let body = Reply::heartbeat(&reply.msg_id);
                // In step with the execution, which must not wait for a slow broker.
                tokio::select! {
                    biased;
                    outcome = &mut execution => return outcome,
                    there = replier.heartbeat(&queue, body) => wanted = there,
                }
            }
        }
    }
}
