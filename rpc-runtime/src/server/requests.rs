//! What becomes of a request once the receiver has taken it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::claims::Claim;
use super::counters::Tally;
use super::dispatch::Endpoints;
use super::execution::{answer, execute, stopped, with_heartbeats};
use super::forwarder::{Forwarder, Letter};
use super::handler::Handler;
use super::incoming::{Outcome, Raised};
use super::observer::Observer;
use super::phase::Phase;
use super::replier::Replier;
use crate::error::RemoteError;
use crate::transport::driver::{AckForGood, Settle};
use crate::wire::{Limits, MessageFormat, ReplyAddress, Request};

/// What the tasks of all requests share.
pub(super) struct Requests {
    pub(super) endpoints: Endpoints,
    pub(super) format: MessageFormat,
    pub(super) limits: Limits,
    pub(super) observer: Option<Observer>,
    pub(super) forwarder: Option<Arc<Forwarder>>,
    pub(super) replier: Arc<Replier>,
    pub(super) phases: watch::Receiver<Phase>,
    pub(super) tally: Arc<Tally>,
}

/// Requests that came in together and are acknowledged together, before they are executed.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) acknowledged: AckForGood,
    pub(super) executions: Vec<Execution>,
}

/// A request whose execution has not started. What it takes is much less than the request, and is
/// moved several times.
pub(super) struct Execution {
    handler: Handler,
    reply: Option<ReplyAddress>,
    heartbeat: Option<Duration>,
    permit: OwnedSemaphorePermit,
}

impl Requests {
    pub(super) fn prepare(&self, request: Request, permit: OwnedSemaphorePermit) -> Execution {
        let Request { reply, heartbeat, context, invocation, .. } = request;
        Execution { handler: Handler::find(&self.endpoints, invocation, context), reply, heartbeat, permit }
    }

    /// Executes requests that are taken from their queues for good, once that is certain.
    pub(super) async fn run_acknowledged(self: Arc<Self>, batch: Batch) {
        let Batch { acknowledged, mut executions } = batch;
        acknowledged.written().await;
        let last = executions.pop();
        for execution in executions {
            tokio::spawn(Arc::clone(&self).run(execution, None));
        }
        if let Some(execution) = last {
            self.run(execution, None).await;
        }
    }

    /// Executes a request and sends its reply; a claim is settled after that.
    pub(super) fn run(self: Arc<Self>, execution: Execution, claim: Option<Claim>) -> BoxFuture<'static, ()> {
        // Here, as an async block would have room for the whole beside its parts.
        let Execution { handler: Handler { method, work }, reply, heartbeat, permit } = execution;
        let run = async move {
            let running = execute(&method, work, &self.phases);
            let outcome = match (&reply, heartbeat) {
                (Some(reply), Some(interval)) => {
                    // Apart, so that the many others have no room for it.
                    Box::pin(with_heartbeats(running, reply, interval, self.format, &self.replier)).await
                }
                _ => running.await,
            };
            let outcome = match (outcome, &claim) {
                (Some(outcome), _) => outcome,
                (None, None) => stopped(&method),
                // The next server that gets it answers the caller.
                (None, Some(_)) => {
                    tracing::info!(%method, "cut off; the request goes back to its queue");
                    return self.tally.given_back.add_one();
                }
            };
            self.tally.executed.add_one();
            log_failure(&outcome, &method, reply.is_some());
            match reply {
                Some(reply) => {
                    let body = answer(&reply.msg_id, outcome, self.format, self.limits.max_body);
                    self.reply(reply, body, method, claim, permit).await;
                }
                None => {
                    if let Some(claim) = claim {
                        claim.done();
                    }
                }
            }
        };
        // As a task of its own it is moved six times: that took 2 % of the instructions of a call in memory.
        run.boxed()
    }

    async fn reply(
        &self,
        reply: ReplyAddress,
        body: Bytes,
        method: Cow<'static, str>,
        claim: Option<Claim>,
        permit: OwnedSemaphorePermit,
    ) {
        // The worker is free only once the reply has a slot: replies are bounded, and a handler
        // never waits for the broker.
        let Some(slot) = self.replier.slot().await else { return };
        drop(permit);
        self.replier.send(reply, body, method, move || {
            if let Some(claim) = claim {
                claim.done();
            }
            // After the claim: a shutdown waits for the slots, and closes the channel then.
            drop(slot);
        });
    }

    /// Tells the caller of a request that was not read.
    pub(super) async fn answer_unread(
        self: Arc<Self>,
        caller: ReplyAddress,
        bytes: usize,
        why: String,
        _permit: Arc<OwnedSemaphorePermit>,
    ) {
        let error = RemoteError::builtin(
            "ValueError",
            format!("the request has {bytes} bytes and is not read: {why}"),
        );
        let body = self.format.failure(&caller.msg_id, &error);
        let Some(slot) = self.replier.slot().await else { return };
        self.replier.send(caller, body, "".into(), move || drop(slot));
    }

    /// Makes a request a dead letter that was delivered too often, and tells its caller.
    pub(super) async fn give_up(
        self: Arc<Self>,
        forwarder: Arc<Forwarder>,
        request: Request,
        letter: Letter,
        claim: Claim,
        permit: OwnedSemaphorePermit,
    ) {
        let method = method_of(&request);
        let Ok(why) = forwarder.give_up(letter, &method).await else {
            return self.tally.given_back.add_one();
        };
        self.tally.dead_lettered.add_one();
        match request.reply {
            Some(reply) => {
                let error = RemoteError::builtin("RuntimeError", why);
                let body = self.format.failure(&reply.msg_id, &error);
                self.reply(reply, body, method.into(), Some(claim), permit).await;
            }
            None => claim.done(),
        }
    }

    /// Puts a copy with a count in the place of a message.
    pub(super) async fn count(
        self: Arc<Self>,
        forwarder: Arc<Forwarder>,
        letter: Letter,
        settle: Settle,
        _permit: OwnedSemaphorePermit,
    ) {
        if forwarder.count(letter).await.is_ok() {
            settle.ack();
        } else {
            self.tally.given_back.add_one();
            settle.reject(true);
        }
    }

    /// Makes a message a dead letter that cannot be decoded.
    pub(super) async fn put_aside(
        self: Arc<Self>,
        forwarder: Arc<Forwarder>,
        letter: Letter,
        error: String,
        settle: Settle,
        _permit: Arc<OwnedSemaphorePermit>,
    ) {
        if forwarder.put_aside(letter, error).await.is_ok() {
            self.tally.dead_lettered.add_one();
            settle.ack();
        } else {
            self.tally.given_back.add_one();
            settle.reject(true);
        }
    }
}

/// The method, for logs; empty if the request does not say.
fn method_of(request: &Request) -> String {
    request.invocation.as_ref().map_or_else(|_| String::new(), |invocation| invocation.method.clone())
}

fn log_failure(outcome: &Outcome, method: &str, told: bool) {
    let Err(Raised { error, expected }) = outcome else { return };
    let RemoteError { module, class, message, .. } = &**error;
    // The caller of a call is told; a failed cast is known here only.
    match told {
        _ if *expected => tracing::debug!(method, module, class, "failed as expected: {message}"),
        true => tracing::info!(method, module, class, "failed: {message}"),
        false => tracing::error!(method, module, class, "failed: {message}"),
    }
}
