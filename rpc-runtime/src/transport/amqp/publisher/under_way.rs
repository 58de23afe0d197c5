//! The messages under way on a channel, each a future that waits for the broker's answer.
//!
//! Whoever holds the set polls what was woken: a caller that publishes does so in passing, and the thread that reads
//! the connection once it has read, so the task that owns the channel sleeps through all answers.
//!
//! All that was woken before a look is seen by it, which `confirms` relies on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::{BoxFuture, FutureExt};

use crate::lock::lock;

/// The futures, each in a place of its own: places and their wakers are used again and again.
pub(super) struct UnderWay<T, O> {
    places: Vec<Place<T, O>>,
    free: Vec<usize>,
    woken: Arc<Woken>,
    looking: Vec<usize>,
}

/// What was woken since the last look.
struct Woken {
    places: Mutex<Vec<usize>>,
    /// Has somebody look, told of the first.
    tell: Box<dyn Fn() + Send + Sync>,
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
    woken: Arc<Woken>,
}

impl Wake for Knock {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.listed.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut places = lock(&self.woken.places);
        places.push(self.place);
        let first = places.len() == 1;
        drop(places);
        if first {
            (self.woken.tell)();
        }
    }
}

impl<T, O> UnderWay<T, O> {
    /// `tell` is called when something was woken; it must not look at once.
    pub(super) fn new(tell: impl Fn() + Send + Sync + 'static) -> Self {
        let woken = Arc::new(Woken { places: Mutex::default(), tell: Box::new(tell) });
        Self { places: Vec::new(), free: Vec::new(), woken, looking: Vec::new() }
    }

    /// What the messages are about.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().filter_map(|place| place.taken.as_ref().map(|(about, _)| about))
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Polls `answer` for the first time; `about` comes back with its result, now or by [`look`](Self::look).
    pub(super) fn start(&mut self, about: T, mut answer: BoxFuture<'static, O>, resolved: &mut Vec<(T, O)>) {
        let n = self.free.pop().unwrap_or_else(|| self.add_place());
        let place = &mut self.places[n];
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
        let knock = Arc::new(Knock { place, listed: AtomicBool::new(false), woken: Arc::clone(&self.woken) });
        let waker = Waker::from(Arc::clone(&knock));
        self.places.push(Place { knock, waker, taken: None });
        place
    }

    /// Polls everything that was woken, until nothing is.
    pub(super) fn look(&mut self, resolved: &mut Vec<(T, O)>) {
        loop {
            std::mem::swap(&mut *lock(&self.woken.places), &mut self.looking);
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
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn what_was_woken_is_seen_at_the_next_look() {
        let told = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&told);
        let told = || told.load(Ordering::Relaxed);
        let mut under_way = UnderWay::new(move || _ = counted.fetch_add(1, Ordering::Relaxed));
        let mut resolved = Vec::new();
        let senders: Vec<_> = (0..3)
            .map(|n| {
                let (sender, receiver) = oneshot::channel::<u32>();
                under_way.start(n, receiver.map(Result::unwrap).boxed(), &mut resolved);
                sender
            })
            .collect();
        let [a, b, c] = <[_; 3]>::try_from(senders).unwrap();
        a.send(10).unwrap();
        c.send(12).unwrap();
        assert_eq!(told(), 1, "one look is for all");
        under_way.look(&mut resolved);
        assert_eq!(resolved, [(0, 10), (2, 12)]);
        assert_eq!(under_way.iter().collect::<Vec<_>>(), [&1]);

        under_way.start(3, std::future::ready(13).boxed(), &mut resolved);
        b.send(11).unwrap();
        assert_eq!(told(), 2);
        under_way.look(&mut resolved);
        assert_eq!(resolved[2..], [(3, 13), (1, 11)]);
        assert!(under_way.is_empty());
    }

    #[test]
    fn a_future_that_wakes_itself_is_polled_until_it_rests() {
        let mut under_way = UnderWay::new(|| {});
        let mut resolved = Vec::new();
        let (seen, polls) = mpsc::channel();
        let mut left = 3;
        let answer = std::future::poll_fn(move |cx| {
            seen.send(()).unwrap();
            left -= 1;
            cx.waker().wake_by_ref();
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        });
        under_way.start((), answer.boxed(), &mut resolved);
        under_way.look(&mut resolved);
        assert_eq!((polls.try_iter().count(), resolved.len()), (3, 1));
    }
}
