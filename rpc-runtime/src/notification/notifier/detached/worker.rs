//! The task that sends what waits.

use std::collections::VecDeque;
use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::task::coop::{consume_budget, unconstrained};
use tokio::time::{Instant, sleep_until};

use super::super::emission::Emission;
use super::shared::Shared;
use crate::lock::lock;

/// Sends until nothing waits and nothing is under way.
pub(super) fn work(shared: Arc<Shared>) -> impl Future<Output = ()> {
    Task { shared, over: false }.run()
}

/// Dropped before it is over, with its runtime or when the time is, it gives up what waits; one that panicked leaves that to
/// another one.
struct Task {
    shared: Arc<Shared>,
    over: bool,
}

impl Task {
    async fn run(mut self) {
        let shared = &*Arc::clone(&self.shared);
        let mut under_way = FuturesUnordered::new();
        let mut end = shared.end.subscribe();
        loop {
            while under_way.len() < shared.limits.under_way
                && let Some((number, emission)) = self.take()
            {
                // The order of events is that in which they are polled. Those that the runtime has wait for their task's next
                // turn would be overtaken by others.
                under_way.push(unconstrained(send(shared, number, emission)));
            }
            consume_budget().await;
            if lock(&shared.queue).rest() {
                self.over = true;
                return;
            }
            let give_up = *end.borrow_and_update();
            tokio::select! {
                biased;
                Some(number) = under_way.next() => {
                    lock(&shared.queue).done(number);
                    shared.settle();
                }
                () = shared.more.notified(), if under_way.len() < shared.limits.under_way => {}
                Ok(()) = end.changed() => {}
                () = reached(give_up) => {
                    drop(under_way);
                    return;
                }
            }
        }
    }

    fn take(&self) -> Option<(u64, Emission)> {
        lock(&self.shared.queue).take()
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let shared = &self.shared;
        let (cut_off, waiting) = {
            let mut queue = lock(&shared.queue);
            // Who emits starts another task, unless nobody can or no task can run any more.
            let panicked = thread::panicking() && shared.end.borrow().is_none();
            (queue.abandon(), if panicked { VecDeque::new() } else { queue.clear() })
        };
        let given_up = cut_off + waiting.len();
        if given_up > 0 {
            shared.give_up(given_up, "the notifier has ended, or its runtime");
        }
        shared.settle();
    }
}

/// Waits for a moment, for ever if there is none.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}

/// Sends one; its number. What a driver of the user panics with ends this event alone.
async fn send(shared: &Shared, number: u64, emission: Emission) -> u64 {
    let outlet = &shared.outlet;
    match AssertUnwindSafe(outlet.deliver(&emission)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => outlet.log.failed(emission.event_type(), &error.to_string()),
        Err(panic) => {
            // It was printed, and to drop it may panic again.
            std::mem::forget(panic);
            outlet.tally.failed.add_one();
            outlet.log.failed(emission.event_type(), "a driver panicked");
        }
    }
    number
}
