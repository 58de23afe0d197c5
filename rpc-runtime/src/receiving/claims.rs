//! Messages that are acknowledged late: which are being handled, which are done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::sleep;

use super::duplicates::Duplicates;
use crate::lock::lock;
use crate::transport::driver::Settle;

/// Remembers by `_unique_id` what runs and what is done, so that a redelivery is not executed
/// again by the server that has the first delivery.
#[derive(Debug)]
pub(crate) struct Claims(Mutex<Ledger>);

#[derive(Debug)]
struct Ledger {
    /// Each with the redeliveries that came meanwhile; they are settled with the first delivery.
    running: HashMap<String, Vec<Settle>>,
    done: Duplicates,
}

impl Claims {
    /// Remembers the last `window` requests that are done, and all that run.
    pub(crate) fn new(window: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Ledger { running: HashMap::new(), done: Duplicates::new(window) })))
    }

    /// Gives the right to settle back if the request is new, else takes care of it.
    pub(crate) fn admit(&self, unique_id: Option<&str>, settle: Settle) -> Option<Settle> {
        let Some(id) = unique_id else { return Some(settle) };
        let mut ledger = lock(&self.0);
        if let Some(others) = ledger.running.get_mut(id) {
            // Those of earlier connections are void; without this they would pile up.
            others.retain(Settle::counts);
            others.push(settle);
            return None;
        }
        if ledger.done.contains(id) {
            settle.ack();
            return None;
        }
        Some(settle)
    }

    /// Claims a request that was admitted.
    pub(crate) fn claim(self: &Arc<Self>, unique_id: Option<String>, settle: Settle) -> Claim {
        if let Some(id) = &unique_id {
            lock(&self.0).running.insert(id.clone(), Vec::new());
        }
        Claim { claims: Arc::clone(self), unique_id, settle: Some(settle) }
    }

    /// Ends a claim; all that has to be settled with it.
    fn end(&self, unique_id: Option<&str>, done: bool) -> Vec<Settle> {
        let Some(id) = unique_id else { return Vec::new() };
        let mut ledger = lock(&self.0);
        if done {
            ledger.done.is_new(id);
        }
        ledger.running.remove(id).unwrap_or_default()
    }
}

/// How long a request is kept that something unforeseen took from its handler: it comes again at once.
const PAUSE: Duration = Duration::from_secs(1);

/// A request in execution. Dropped before it is done, it goes back to its queue after a pause.
#[derive(Debug)]
pub(crate) struct Claim {
    claims: Arc<Claims>,
    unique_id: Option<String>,
    /// Taken at the end.
    settle: Option<Settle>,
}

impl Claim {
    /// The request is done, whatever its outcome.
    pub(crate) fn done(mut self) {
        for settle in self.end(true) {
            settle.ack();
        }
    }

    /// The message is taken from its queue for good, but nobody has done what it asks for: it may be put there again.
    #[cfg(feature = "notifications")]
    pub(crate) fn put_away(mut self) {
        for settle in self.end(false) {
            settle.ack();
        }
    }

    /// The same in the way in which a broker may have dead letters of its own.
    #[cfg(feature = "notifications")]
    pub(crate) fn reject(mut self) {
        for settle in self.end(false) {
            settle.reject(false);
        }
    }

    /// It goes back to its queue now.
    pub(crate) fn give_back(mut self) {
        give_back(self.end(false));
    }

    fn end(&mut self, done: bool) -> Vec<Settle> {
        let Some(settle) = self.settle.take() else { return Vec::new() };
        let mut all = self.claims.end(self.unique_id.as_deref(), done);
        all.insert(0, settle);
        all
    }
}

fn give_back(all: Vec<Settle>) {
    for settle in all {
        settle.reject(true);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.settle.is_none() {
            return;
        }
        let all = self.end(false);
        match Handle::try_current() {
            // A task that waits does not keep its runtime from ending; the request goes back with the channel then.
            Ok(runtime) => drop(runtime.spawn(async move {
                sleep(PAUSE).await;
                give_back(all);
            })),
            Err(_) => give_back(all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::driver::{Settler, Verdict};

    const BACK: Verdict = Verdict::Reject { requeue: true };

    /// Writes verdicts down; deliveries below `lost` came by a connection that is gone.
    #[derive(Debug, Default)]
    struct Book {
        verdicts: Mutex<Vec<(u64, Verdict)>>,
        lost: Mutex<u64>,
    }

    impl Settler for Book {
        fn settle(&self, tag: u64, verdict: Verdict) -> bool {
            self.verdicts.lock().unwrap().push((tag, verdict));
            self.holds(tag)
        }

        fn holds(&self, tag: u64) -> bool {
            tag >= *self.lost.lock().unwrap()
        }
    }

    impl Book {
        fn settle(self: &Arc<Self>, tag: u64) -> Settle {
            Settle::new(Arc::clone(self) as Arc<dyn Settler>, tag)
        }

        fn take(&self) -> Vec<(u64, Verdict)> {
            std::mem::take(&mut self.verdicts.lock().unwrap())
        }
    }

    fn claim(claims: &Arc<Claims>, id: &str, settle: Settle) -> Claim {
        let settle = claims.admit(Some(id), settle).expect("it is new");
        claims.claim(Some(id.to_owned()), settle)
    }

    #[cfg(feature = "notifications")]
    #[tokio::test]
    async fn what_ends_and_was_not_done_may_come_again() {
        let ends: [(fn(Claim), Verdict); 3] = [
            (Claim::put_away, Verdict::Ack),
            (Claim::reject, Verdict::Reject { requeue: false }),
            (Claim::give_back, BACK),
        ];
        for (end, verdict) in ends {
            let (claims, book) = (Claims::new(16), Arc::<Book>::default());
            end(claim(&claims, "a", book.settle(1)));
            assert_eq!(book.take(), [(1, verdict)]);
            assert!(claims.admit(Some("a"), book.settle(2)).is_some());
        }
    }

    #[test]
    fn what_comes_again_while_it_runs_is_settled_with_it() {
        let (claims, book) = (Claims::new(16), Arc::new(Book::default()));
        let running = claim(&claims, "u", book.settle(1));
        assert!(claims.admit(Some("u"), book.settle(2)).is_none());
        assert_eq!(book.take(), [], "not before it is done");
        running.done();
        assert_eq!(book.take(), [(1, Verdict::Ack), (2, Verdict::Ack)]);
        assert!(claims.admit(Some("u"), book.settle(3)).is_none());
        assert_eq!(book.take(), [(3, Verdict::Ack)]);
    }

    #[test]
    fn what_was_dropped_may_come_again() {
        let (claims, book) = (Claims::new(16), Arc::new(Book::default()));
        let running = claim(&claims, "u", book.settle(1));
        assert!(claims.admit(Some("u"), book.settle(2)).is_none());
        drop(running);
        assert_eq!(book.take(), [(1, BACK), (2, BACK)]);
        drop(claim(&claims, "u", book.settle(3)));
        assert_eq!(book.take(), [(3, BACK)]);
        assert!(claims.admit(Some("u"), book.settle(4)).is_some());
    }

    #[test]
    fn redeliveries_of_lost_connections_do_not_pile_up() {
        let (claims, book) = (Claims::new(16), Arc::new(Book::default()));
        let running = claim(&claims, "u", book.settle(1));
        for tag in 2..100 {
            *book.lost.lock().unwrap() = tag;
            assert!(claims.admit(Some("u"), book.settle(tag)).is_none());
        }
        running.done();
        assert_eq!(book.take(), [(1, Verdict::Ack), (99, Verdict::Ack)]);
    }

    #[test]
    fn without_a_window_only_what_runs_is_known() {
        let (claims, book) = (Claims::new(0), Arc::new(Book::default()));
        let running = claim(&claims, "u", book.settle(1));
        assert!(claims.admit(Some("u"), book.settle(2)).is_none());
        running.done();
        assert!(claims.admit(Some("u"), book.settle(3)).is_some());
    }

    #[test]
    fn requests_without_an_id_are_all_new() {
        let (claims, book) = (Claims::new(16), Arc::new(Book::default()));
        let settle = claims.admit(None, book.settle(1)).unwrap();
        claims.claim(None, settle).done();
        assert!(claims.admit(None, book.settle(2)).is_some());
        assert_eq!(book.take(), [(1, Verdict::Ack)]);
    }
}
