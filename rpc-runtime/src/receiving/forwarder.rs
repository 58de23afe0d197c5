//! Messages that are sent on instead of being handled.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::sleep;

use super::dead_letters::DeadLetters;
use super::log::Log;
use super::phase::Phase;
use crate::clock::after;
use crate::transport::Transport;
#[cfg(feature = "notifications")]
use crate::transport::driver::Settle;
use crate::transport::driver::{
    Death, Delivery, Forward, History, Labels, PublishError, PublishFault, Route, Standing,
};

/// How long the broker may take to confirm a message that is sent on.
const LIMIT: Duration = Duration::from_secs(10);
/// How long a message is kept back that could not be sent on: it comes again at once, or is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Sends messages on, to the dead letters or to the end of their own queue.
#[derive(Debug)]
pub(crate) struct Forwarder {
    transport: Transport,
    dead_letters: Route,
    limit: u32,
    undecodable: bool,
    log: Arc<Log>,
    phases: watch::Receiver<Phase>,
}

/// All of a delivery but the right to settle it.
#[derive(Debug)]
pub(crate) struct Letter {
    body: Bytes,
    labels: Labels,
    history: History,
    queue: Arc<str>,
    earlier: u32,
    /// Of a delivery that is not settled already, and that its queue does not deliver again: whether it still can be.
    last: Option<Standing>,
}

impl Letter {
    /// A copy, which shares the body, of one from a queue with this limit, see `Driver::delivery_limit`.
    pub(crate) fn of(delivery: &Delivery, limit: Option<u32>) -> Self {
        Self {
            body: delivery.body.clone(),
            labels: delivery.labels.clone(),
            history: delivery.history,
            queue: Arc::clone(&delivery.queue),
            earlier: delivery.earlier(),
            last: delivery.is_last(limit).then(|| delivery.settle.standing()).flatten(),
        }
    }

    /// All of it, and the right.
    #[cfg(feature = "notifications")]
    pub(crate) fn take(delivery: Delivery, limit: Option<u32>) -> (Self, Settle) {
        let (earlier, is_last) = (delivery.earlier(), delivery.is_last(limit));
        let Delivery { body, labels, history, queue, settle, .. } = delivery;
        let last = is_last.then(|| settle.standing()).flatten();
        (Self { body, labels, history, queue, earlier, last }, settle)
    }

    /// The same of a delivery that is settled.
    #[cfg(feature = "notifications")]
    pub(crate) fn settled(self) -> Self {
        Self { last: None, ..self }
    }

    /// The same as one that was delivered so often.
    #[cfg(feature = "notifications")]
    pub(crate) fn delivered(self, times: u32) -> Self {
        Self { earlier: times, ..self }
    }

    #[cfg(feature = "notifications")]
    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }

    /// How often the message was delivered before, at least.
    pub(crate) fn earlier(&self) -> u32 {
        self.earlier
    }
}

impl Forwarder {
    /// For a receiver from queues of `topic` in `exchange`, which is told `phases`.
    pub(crate) fn new(
        transport: &Transport,
        exchange: &Arc<str>,
        topic: &str,
        dead_letters: &DeadLetters,
        log: &Arc<Log>,
        phases: watch::Receiver<Phase>,
    ) -> Self {
        let topic = dead_letters.topic_for(topic);
        Self {
            transport: transport.clone(),
            dead_letters: Route::DeadLetters { exchange: Arc::clone(exchange), topic },
            limit: dead_letters.limit(),
            undecodable: dead_letters.keeps_undecodable(),
            log: Arc::clone(log),
            phases,
        }
    }

    /// Whether a message that was delivered so often before is given up.
    pub(crate) fn gives_up(&self, earlier: u32) -> bool {
        earlier > self.limit
    }

    /// Whether messages that cannot be decoded are kept.
    pub(crate) fn keeps_undecodable(&self) -> bool {
        self.undecodable
    }

    /// Makes a message a dead letter that was delivered too often, as `error` says; what to tell its caller.
    pub(crate) async fn give_up(&self, letter: Letter, error: String) -> Result<String, PublishError> {
        self.bury(letter, "delivery_limit", error.clone()).await?;
        Ok(format!("{error}; it is kept in {}", self.dead_letters))
    }

    /// Makes a message a dead letter that cannot be decoded, or that nobody wants.
    pub(crate) async fn put_aside(&self, letter: Letter, error: String) -> Result<(), PublishError> {
        self.bury(letter, "rejected", error).await
    }

    async fn bury(&self, letter: Letter, reason: &'static str, error: String) -> Result<(), PublishError> {
        let death = Death { reason, queue: Arc::clone(&letter.queue), error };
        let deliveries = letter.earlier;
        self.log.gave_up(&death.queue, deliveries, &self.dead_letters.to_string(), &death.error);
        // Its time in a queue is over: nobody would find it.
        self.send(letter, self.dead_letters.clone(), deliveries, None, Some(death)).await
    }

    /// Puts a copy with a count at the end of the queue that the message came from.
    pub(crate) async fn count(&self, letter: Letter) -> Result<(), PublishError> {
        let route = Route::Queue { name: Arc::clone(&letter.queue) };
        let (deliveries, expiration) = (letter.earlier, letter.history.expiration);
        self.send(letter, route, deliveries, expiration, None).await
    }

    /// Gives up after one attempt: what goes back to its queue comes again. Not so a message that was delivered for the
    /// last time, which its queue would drop, or give to dead letters of its own. It is kept and tried again for as long as
    /// it is held: to handle it after all would do no better, as it is lost then if its handler gives it back, or ends the
    /// process once more.
    async fn send(
        &self,
        letter: Letter,
        route: Route,
        deliveries: u32,
        expiration: Option<Duration>,
        death: Option<Death>,
    ) -> Result<(), PublishError> {
        let Letter { body, labels, queue, last, .. } = letter;
        let deadline = after(LIMIT);
        let mut message = Forward { route, body, labels, expiration, deliveries, death, deadline };
        loop {
            let Err(error) = self.transport.driver().forward(message.clone()).await else { return Ok(()) };
            self.log.not_sent_on(&queue, &error.to_string());
            sleep(PAUSE).await;
            let held = last.as_ref().is_some_and(Standing::holds) && self.serves();
            if !held || matches!(error.fault, PublishFault::Closed) {
                return Err(error);
            }
            message.deadline = after(LIMIT);
        }
    }

    /// Whether the receiver is neither to end nor gone.
    fn serves(&self) -> bool {
        self.phases.has_changed().is_ok() && *self.phases.borrow() == Phase::Serve
    }
}

#[cfg(all(test, feature = "notifications"))]
mod tests {
    use super::*;
    use crate::transport::stub::{Book, delivery};

    #[test]
    fn only_what_is_not_settled_is_kept_for_a_last_try() {
        let settle = Settle::new(Arc::new(Arc::<Book>::default()), 1);
        let mut last = delivery("{}", settle);
        last.history.counted = Some(3);
        assert!(Letter::of(&last, Some(4)).last.is_none() && Letter::of(&last, None).last.is_none());
        let letter = Letter::of(&last, Some(3));
        assert!(letter.last.is_some() && letter.settled().last.is_none());
        let (letter, settle) = Letter::take(last, Some(3));
        assert!(letter.last.as_ref().is_some_and(Standing::holds) && settle.ack());
        assert_eq!((letter.earlier(), letter.delivered(7).earlier()), (3, 7));
    }
}
