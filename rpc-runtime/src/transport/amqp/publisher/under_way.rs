//! The messages under way on a channel, each a future that waits for the broker's answer.
//!
//! Whoever holds the set polls what was woken: a caller that publishes does so in passing, so the task that owns
//! the channel sleeps through most answers. It is rung for those that somebody waits for.
//!
//! All that was woken before a look is seen by it, which `confirms` relies on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::{BoxFuture, FutureExt};
use tokio::sync::Notify;

use crate::lock::lock;

/// Wakes the task.
#[derive(Debug, Default)]
pub(super) struct Bell {
    bell: Notify,
    /// Whether it rings for every message.
    eager: AtomicBool,
}

impl Bell {
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Has it ring for every message from now on, or for the urgent ones only.
    pub(super) fn set_eager(&self, eager: bool) {
        self.eager.store(eager, Ordering::Relaxed);
    }

    /// Waits until it rings; for one task only.
    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }
}

/// The futures, each in a place of its own: places and their wakers are used again and again.
pub(super) struct UnderWay<T, O> {
    places: Vec<Place<T, O>>,
    free: Vec<usize>,
    /// The places of those that were woken since the last look.
    woken: Arc<Mutex<Vec<usize>>>,
    looking: Vec<usize>,
    bell: Arc<Bell>,
}

struct Place<T, O> {
    knock: Arc<Knock>,
    waker: Waker,
    /// What it is about, and the answer to come.
    taken: Option<(T, BoxFuture<'static, O>)>,
}

/// How a future makes itself heard.
struct Knock {
    place: usize,
    listed: AtomicBool,
    urgent: AtomicBool,
    woken: Arc<Mutex<Vec<usize>>>,
    bell: Arc<Bell>,
}

impl Wake for Knock {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.listed.swap(true, Ordering::AcqRel) {
            lock(&self.woken).push(self.place);
        }
        if self.urgent.load(Ordering::Relaxed) || self.bell.eager.load(Ordering::Relaxed) {
            self.bell.ring();
        }
    }
}

impl<T, O> UnderWay<T, O> {
    pub(super) fn new(bell: Arc<Bell>) -> Self {
        Self { places: Vec::new(), free: Vec::new(), woken: Arc::default(), looking: Vec::new(), bell }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Polls `answer` for the first time; `about` comes back with its result, now or by [`look`](Self::look).
    pub(super) fn start(
        &mut self,
        about: T,
        mut answer: BoxFuture<'static, O>,
        urgent: bool,
        resolved: &mut Vec<(T, O)>,
    ) {
        let n = self.free.pop().unwrap_or_else(|| self.add_place());
        let place = &mut self.places[n];
        place.knock.urgent.store(urgent, Ordering::Relaxed);
        match answer.poll_unpin(&mut Context::from_waker(&place.waker)) {
            Poll::Ready(outcome) => {
                self.free.push(n);
                resolved.push((about, outcome));
            }
            Poll::Pending => place.taken = Some((about, answer)),
        }
    }

    fn add_place(&mut self) -> usize {
        let place = self.places.len();
        let knock = Arc::new(Knock {
            place,
            listed: AtomicBool::new(false),
            urgent: AtomicBool::new(false),
            woken: Arc::clone(&self.woken),
            bell: Arc::clone(&self.bell),
        });
        let waker = Waker::from(Arc::clone(&knock));
        self.places.push(Place { knock, waker, taken: None });
        place
    }

    /// Polls everything that was woken, until nothing is.
    pub(super) fn look(&mut self, resolved: &mut Vec<(T, O)>) {
        loop {
            std::mem::swap(&mut *lock(&self.woken), &mut self.looking);
            if self.looking.is_empty() {
                return;
            }
            for n in self.looking.drain(..) {
                let place = &mut self.places[n];
                // Before it is polled: it may be woken meanwhile.
                place.knock.listed.store(false, Ordering::Release);
                let Some((_, answer)) = &mut place.taken else { continue };
                if let Poll::Ready(outcome) = answer.poll_unpin(&mut Context::from_waker(&place.waker)) {
                    resolved.extend(place.taken.take().map(|(about, _)| (about, outcome)));
                    self.free.push(n);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;

    fn rung(bell: &Bell) -> bool {
        bell.rung().now_or_never().is_some()
    }

    #[test]
    fn what_was_woken_is_seen_at_the_next_look() {
        let bell = Arc::<Bell>::default();
        let mut under_way = UnderWay::new(Arc::clone(&bell));
        let mut resolved = Vec::new();
        let senders: Vec<_> = (0..3)
            .map(|n| {
                let (sender, receiver) = oneshot::channel::<u32>();
                let answer = receiver.map(Result::unwrap).boxed();
                under_way.start(n, answer, n == 2, &mut resolved);
                sender
            })
            .collect();
        let [a, b, c] = <[_; 3]>::try_from(senders).unwrap();
        a.send(10).unwrap();
        assert!(!rung(&bell), "nobody is in a hurry");
        c.send(12).unwrap();
        assert!(rung(&bell));
        under_way.look(&mut resolved);
        assert_eq!(resolved, [(0, 10), (2, 12)]);
        assert_eq!(under_way.len(), 1);

        under_way.start(3, std::future::ready(13).boxed(), false, &mut resolved);
        bell.set_eager(true);
        b.send(11).unwrap();
        assert!(rung(&bell));
        under_way.look(&mut resolved);
        assert_eq!(resolved[2..], [(3, 13), (1, 11)]);
        assert!(under_way.is_empty());
    }

    #[test]
    fn a_future_that_wakes_itself_is_polled_until_it_rests() {
        let mut under_way = UnderWay::new(Arc::default());
        let mut resolved = Vec::new();
        let (seen, polls) = mpsc::channel();
        let mut left = 3;
        let answer = std::future::poll_fn(move |cx| {
            seen.send(()).unwrap();
            left -= 1;
            cx.waker().wake_by_ref();
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        });
        under_way.start((), answer.boxed(), false, &mut resolved);
        under_way.look(&mut resolved);
        assert_eq!((polls.try_iter().count(), resolved.len()), (3, 1));
    }
}
