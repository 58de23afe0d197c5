//! One request: from its method to the body of its reply.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use tokio::sync::watch;
use tokio::time::interval_at;

use super::builder::Observer;
use super::dispatch::{Answerer, Endpoints};
use super::handle::Phase;
use super::incoming::{Incoming, Outcome, Raised};
use super::replier::Replier;
use super::worker::RequestInfo;
use crate::clock::after;
use crate::error::RemoteError;
use crate::interface::Kind;
use crate::wire::{Arguments, EncodedValue, Invocation, Reply, ReplyAddress};

/// Tells the observer; its panic must not end the receiving of requests.
pub(super) fn observe(observer: &Observer, invocation: &Invocation, context: &Arguments, wants_reply: bool) {
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

/// Finds the method and runs it; whatever happens in it is an outcome, and `None` that it was cut
/// off because the server stops.
pub(super) async fn execute(
    endpoints: &Endpoints,
    invocation: Result<Invocation, Box<RemoteError>>,
    context: Arguments,
    mut phases: watch::Receiver<Phase>,
) -> Option<Outcome> {
    let found = invocation.and_then(|invocation| Ok((endpoints.find(&invocation)?, invocation)));
    let (endpoint, invocation) = match found {
        Ok((Answerer::Endpoint(endpoint), invocation)) => (endpoint, invocation),
        Ok((Answerer::Ping, _)) => return Some(pong()),
        Err(error) => return Some(Err(error.into())),
    };
    let method = invocation.method.clone();
    let handler = AssertUnwindSafe(endpoint.dispatch(Incoming::new(invocation, context))).catch_unwind();
    tokio::select! {
        biased;
        outcome = handler => Some(outcome.unwrap_or_else(|panic| {
            let text = format!("{method}() panicked: {}", panic_text(&*panic));
            tracing::error!("{text}");
            Err(RemoteError::builtin("RuntimeError", text).into())
        })),
        // An error is a server that was dropped: its handlers go on.
        Ok(_) = phases.wait_for(|phase| *phase >= Phase::Abort) => None,
    }
}

fn pong() -> Outcome {
    Ok(EncodedValue::new("pong").map_err(|error| RemoteError::builtin("ValueError", error.to_string()))?)
}

/// What the caller of a handler gets that was cut off.
pub(super) fn stopped(method: &str) -> Outcome {
    let text = format!("the server was stopped before {method}() finished");
    Err(RemoteError::builtin("RuntimeError", text).into())
}

/// The reply to a call; an outcome that is too large to be sent is a failure that says so.
pub(super) fn answer(msg_id: &str, outcome: &Outcome, max_body: usize) -> Bytes {
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
pub(super) async fn with_heartbeats(
    execution: impl Future<Output = Option<Outcome>>,
    reply: &ReplyAddress,
    interval: Duration,
    replier: &Replier,
) -> Option<Outcome> {
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
