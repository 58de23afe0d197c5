//! What becomes of a request once the receiver has taken it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::counters::Tally;
use super::dispatch::Endpoints;
use super::execution::{Panics, answer, execute, stopped};
use super::handler::Handler;
use super::heartbeats::Heartbeats;
use super::log::Log;
use super::observer::Observer;
use super::replier::Replier;
use crate::error::RemoteError;
use crate::receiving::{Claim, Forgotten, Forwarder, Held, Letter, Memory, Phase};
use crate::text::shortened;
use crate::transport::driver::{AckForGood, Line, Settle};
use crate::wire::{Limits, MessageFormat, ReplyAddress, Request};

/// What the tasks of all requests share.
pub(super) struct Requests {
    pub(super) endpoints: Endpoints,
    pub(super) format: MessageFormat,
    pub(super) limits: Limits,
    pub(super) observer: Option<Observer>,
    pub(super) forwarder: Option<Arc<Forwarder>>,
    pub(super) replier: Arc<Replier>,
    pub(super) heartbeats: Heartbeats,
    pub(super) memory: Memory,
    pub(super) panics: Panics,
    pub(super) log: Arc<Log>,
    pub(super) forgotten: Forgotten,
    pub(super) phases: watch::Receiver<Phase>,
    pub(super) tally: Arc<Tally>,
}

/// Requests that came in together and are acknowledged together, before they are executed.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) acknowledged: AckForGood,
    /// Each with the connection that it came by, and the id that it is known by.
    pub(super) executions: Vec<(Execution, Line, Option<String>)>,
}

impl Batch {
    /// What was accepted when it came is executed without another word.
    pub(super) fn is_empty(&self) -> bool {
        self.acknowledged.is_empty() && self.executions.is_empty()
    }
}

/// A request whose execution has not started. What it takes is much less than the request, and is
/// moved several times.
pub(super) struct Execution {
    handler: Handler,
    reply: Option<ReplyAddress>,
    heartbeat: Option<Duration>,
    held: Option<Held>,
    permit: OwnedSemaphorePermit,
}

impl Requests {
    /// `held` is the memory that the request takes, if that counts.
    pub(super) fn prepare(
        &self,
        request: Request,
        held: Option<Held>,
        permit: OwnedSemaphorePermit,
    ) -> Execution {
        let Request { reply, heartbeat, context, invocation, .. } = request;
        let handler = Handler::find(&self.endpoints, invocation, context);
        Execution { handler, reply, heartbeat, held, permit }
    }

    /// Executes requests that are taken from their queues for good, once that is certain.
    pub(super) async fn run_acknowledged(self: Arc<Self>, batch: Batch) {
        let Batch { acknowledged, mut executions } = batch;
        let lost = acknowledged.written().await;
        // What is back in its queue is not executed here, and may come again.
        executions.retain_mut(|(_, line, unique_id)| {
            let there = lost.has(*line);
            if there && let Some(unique_id) = unique_id.take() {
                self.forgotten.note(unique_id);
            }
            !there
        });
        let last = executions.pop();
        for (execution, ..) in executions {
            tokio::spawn(Arc::clone(&self).run(execution, None));
        }
        if let Some((execution, ..)) = last {
            self.run(execution, None).await;
        }
    }

    /// Executes a request and sends its reply; a claim is settled after that.
    pub(super) fn run(self: Arc<Self>, execution: Execution, claim: Option<Claim>) -> BoxFuture<'static, ()> {
        // Here, as an async block would have room for the whole beside its parts.
        let Execution { handler: Handler { method, work }, reply, heartbeat, held, permit } = execution;
        let run = async move {
            let beating = match (&reply, heartbeat) {
                (Some(reply), Some(interval)) => Some(self.heartbeats.start(reply, interval)),
                _ => None,
            };
            let outcome = execute(&method, work, &self.phases, &self.panics, &self.log).await;
            drop((beating, held));
            let outcome = match (outcome, &claim) {
                (Some(outcome), _) => outcome,
                (None, None) => stopped(&method),
                // The next server that gets it answers the caller.
                (None, Some(_)) => {
                    tracing::info!(%method, "cut off; the request goes back to its queue");
                    self.tally.given_back.add_one();
                    return claim.map_or((), Claim::give_back);
                }
            };
            self.tally.executed.add_one();
            if let Err(raised) = &outcome {
                self.log.failed(raised, &method, reply.is_some());
            }
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
        let Some(slot) = self.replier.slot(body.len()).await else { return };
        drop(permit);
        self.replier.send(reply, body, method, slot, move || {
            if let Some(claim) = claim {
                claim.done();
            }
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
        let Some(slot) = self.replier.slot(body.len()).await else { return };
        self.replier.send(caller, body, "".into(), slot, || {});
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
        let named = shortened(&method);
        let error = format!("{named}() was delivered {} times and never finished", letter.earlier());
        let Ok(why) = forwarder.give_up(letter, error).await else {
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
