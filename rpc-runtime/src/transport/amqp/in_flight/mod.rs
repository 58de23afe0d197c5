//! Bounds how many messages of a transport wait for the broker at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::{Instant, timeout_at};

use super::supervisor::Links;
use crate::transport::amqp::options::{AmqpOptions, InFlightPolicy};
use crate::transport::driver::{PublishError, PublishFault};

/// The places for messages that are sent and not confirmed, or wait to be sent.
#[derive(Debug)]
pub(super) struct InFlight {
    places: Arc<Semaphore>,
    limit: usize,
    policy: InFlightPolicy,
    links: Links,
}

impl InFlight {
    pub(super) fn new(options: &AmqpOptions, links: Links) -> Self {
        // More is no limit, and more than a semaphore can count.
        let limit = options.max_in_flight.min(Semaphore::MAX_PERMITS);
        let policy = options.max_in_flight_policy;
        Self { places: Arc::new(Semaphore::new(limit)), limit, policy, links }
    }

    /// Takes a place, which is free again when the permit is dropped. If there is none, it waits until
    /// `deadline` or fails at once, as the options say.
    pub(super) async fn enter(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, PublishError> {
        match self.places.clone().try_acquire_owned() {
            Ok(place) => return Ok(place),
            Err(TryAcquireError::Closed) => return Err(PublishFault::Closed.into()),
            Err(TryAcquireError::NoPermits) if self.policy == InFlightPolicy::Fail => {
                return Err(PublishFault::Overloaded { limit: self.limit }.into());
            }
            Err(TryAcquireError::NoPermits) => {}
        }
        // Rare, and the larger future.
        match Box::pin(timeout_at(deadline, self.places.clone().acquire_owned())).await {
            Ok(place) => place.map_err(|_| PublishFault::Closed.into()),
            Err(_) => {
                let why = self.links.trouble();
                let why = why.unwrap_or_else(|| "the broker is slow to confirm them".to_owned());
                let limit = self.limit;
                let why = format!("not sent: {limit} messages are before it, and {why}");
                Err(PublishFault::Expired(why).into())
            }
        }
    }

    /// Lets nobody in any more; who waits is told.
    pub(super) fn close(&self) {
        self.places.close();
    }
}

#[cfg(test)]
mod tests;
