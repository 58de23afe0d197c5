//! Bounds how many messages of a transport wait for the broker at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::{Instant, timeout_at};

use super::library::Links;
use crate::transport::amqp::options::{AmqpOptions, InFlightPolicy};
use crate::transport::driver::{PublishError, PublishFault};

/// The places for messages that are sent and not confirmed, or wait to be sent.
#[derive(Debug)]
pub(super) struct InFlight {
    places: Arc<Semaphore>,
    /// As many for messages that go where nothing is confirmed at the moment, so that they take no room of others.
    aside: Arc<Semaphore>,
    limit: usize,
    policy: InFlightPolicy,
    links: Links,
}

/// The place of one message, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    permit: OwnedSemaphorePermit,
    /// Of a place among those that can be sent.
    aside: Option<Arc<Semaphore>>,
}

impl Place {
    /// Changes to a place aside if there is one, and returns what is left for others.
    pub(super) fn step_aside(&mut self) -> Option<OwnedSemaphorePermit> {
        let permit = self.aside.as_ref()?.clone().try_acquire_owned().ok()?;
        self.aside = None;
        Some(std::mem::replace(&mut self.permit, permit))
    }
}

impl InFlight {
    pub(super) fn new(options: &AmqpOptions, links: Links) -> Self {
        // More is no limit, and more than a semaphore can count.
        let limit = options.max_in_flight.min(Semaphore::MAX_PERMITS);
        let policy = options.max_in_flight_policy;
        let [places, aside] = [(); 2].map(|()| Arc::new(Semaphore::new(limit)));
        Self { places, aside, limit, policy, links }
    }

    /// Takes a place, aside if `is_stalled` says that nothing is confirmed where the message goes to. If there is none, it
    /// waits until `deadline` or fails at once, as the options say.
    pub(super) async fn enter(
        &self,
        deadline: Instant,
        is_stalled: impl Fn() -> bool,
    ) -> Result<Place, PublishError> {
        let stalled = is_stalled();
        match self.room(stalled).try_acquire_owned() {
            Ok(permit) => return Ok(self.place(permit, stalled)),
            Err(TryAcquireError::Closed) => return Err(PublishFault::Closed.into()),
            Err(TryAcquireError::NoPermits) if self.policy == InFlightPolicy::Fail => {
                return Err(PublishFault::Overloaded { limit: self.limit }.into());
            }
            Err(TryAcquireError::NoPermits) => {}
        }
        // Rare, and the larger future.
        Box::pin(self.wait(deadline, is_stalled)).await
    }

    async fn wait(&self, deadline: Instant, is_stalled: impl Fn() -> bool) -> Result<Place, PublishError> {
        loop {
            let stalled = is_stalled();
            let Ok(permit) = timeout_at(deadline, self.room(stalled).acquire_owned()).await else {
                return Err(PublishFault::Expired(self.why_full(stalled)).into());
            };
            let permit = permit.map_err(|_| PublishFault::Closed)?;
            // Those that wait here since before it was noticed would take the room of others, one after the other.
            if stalled || !is_stalled() {
                return Ok(self.place(permit, stalled));
            }
        }
    }

    fn room(&self, stalled: bool) -> Arc<Semaphore> {
        if stalled { self.aside.clone() } else { self.places.clone() }
    }

    fn place(&self, permit: OwnedSemaphorePermit, stalled: bool) -> Place {
        Place { permit, aside: (!stalled).then(|| self.aside.clone()) }
    }

    fn why_full(&self, stalled: bool) -> String {
        let slow = match stalled {
            true => "the broker confirms nothing that is sent there",
            false => "the broker is slow to confirm them",
        };
        let why = self.links.trouble().unwrap_or_else(|| slow.to_owned());
        format!("not sent: {} messages are before it, and {why}", self.limit)
    }

    /// Lets nobody in any more; who waits is told.
    pub(super) fn close(&self) {
        self.places.close();
        self.aside.close();
    }
}

#[cfg(test)]
mod tests;
