//! One request: from its method to the body of its reply.

use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use tokio::sync::watch;
use tokio::time::interval_at;

use super::handler::Work;
use super::incoming::{Outcome, Raised};
use super::panics::panic_text;
use super::phase::Phase;
use super::replier::Replier;
use crate::clock::after;
use crate::error::RemoteError;
use crate::wire::{MessageFormat, ReplyAddress};

/// Does it; whatever happens is an outcome, and `None` that it was cut off because the server stops.
pub(super) async fn execute(method: &str, work: Work, phases: &watch::Receiver<Phase>) -> Option<Outcome> {
    let handler = match work {
        Work::Run(handler) => AssertUnwindSafe(handler).catch_unwind(),
        Work::Done(outcome) => return Some(outcome),
    };
    tokio::select! {
        biased;
        outcome = handler => Some(outcome.unwrap_or_else(|panic| {
            let text = format!("{method}() panicked: {}", panic_text(&*panic));
            tracing::error!("{text}");
            Err(RemoteError::builtin("RuntimeError", text).into())
        })),
        () = aborted(phases) => None,
    }
}

async fn aborted(phases: &watch::Receiver<Phase>) {
    let mut phases = phases.clone();
    if phases.wait_for(|phase| *phase >= Phase::Abort).await.is_err() {
        // A server that was dropped: its handlers go on.
        drop(phases);
        pending().await
    }
}

/// What the caller of a handler gets that was cut off.
pub(super) fn stopped(method: &str) -> Outcome {
    let text = format!("the server was stopped before {method}() finished");
    Err(RemoteError::builtin("RuntimeError", text).into())
}

/// The reply to a call; an outcome that is too large to be sent is a failure that says so.
pub(super) fn answer(msg_id: &str, outcome: Outcome, format: MessageFormat, max_body: usize) -> Bytes {
    let body = match outcome {
        Ok(value) => format.result(msg_id, &value),
        Err(Raised { error, .. }) => format.failure(msg_id, &error),
    };
    if body.len() <= max_body {
        return body;
    }
    let text = format!("the reply has {} bytes, more than max_body={max_body}", body.len());
    format.failure(msg_id, &RemoteError::builtin("ValueError", text))
}

/// Runs a call and tells its caller at every interval that it still runs.
pub(super) async fn with_heartbeats(
    execution: impl Future<Output = Option<Outcome>>,
    reply: &ReplyAddress,
    interval: Duration,
    format: MessageFormat,
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
                let body = format.heartbeat(&reply.msg_id);
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
