//! Work that takes long, away from the threads that others wait for.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::lock::lock;

/// How long the thread stays when there is nothing to do.
const IDLE: Duration = Duration::from_secs(2);

type Work = Box<dyn FnOnce() + Send>;

/// A thread that does one piece of work after the other, in the order in which it is given them. It is there while
/// there is something to do. Dropping this drops what was not begun.
#[derive(Debug)]
pub(crate) struct Aside(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    name: &'static str,
    line: Mutex<Line>,
    more: Condvar,
    /// What is not done, what is being done included.
    left: AtomicUsize,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Work>,
    has_thread: bool,
    over: bool,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({})", self.waiting.len())
    }
}

impl Aside {
    /// `name` is what the thread is called.
    pub(crate) fn new(name: &'static str) -> Self {
        let shared = Shared { name, line: Mutex::default(), more: Condvar::new(), left: AtomicUsize::new(0) };
        Self(Arc::new(shared))
    }

    /// Whether something is not done yet.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.left.load(Ordering::Acquire) > 0
    }

    /// Has something done after all that was given before. How much that is, the one who gives it bounds.
    pub(crate) fn give(&self, work: impl FnOnce() + Send + 'static) {
        self.0.left.fetch_add(1, Ordering::AcqRel);
        let mut line = lock(&self.0.line);
        line.waiting.push_back(Box::new(work));
        if std::mem::replace(&mut line.has_thread, true) {
            drop(line);
            return self.0.more.notify_one();
        }
        drop(line);
        let shared = Arc::clone(&self.0);
        if thread::Builder::new().name(shared.name.to_owned()).spawn(move || shared.work(IDLE)).is_err() {
            // No more threads are to be had: then here, and what comes after it tries again.
            self.0.work(Duration::ZERO);
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        let mut line = lock(&self.0.line);
        line.over = true;
        let waiting = std::mem::take(&mut line.waiting);
        drop(line);
        self.0.more.notify_one();
        drop(waiting);
    }
}

impl Shared {
    /// Does what there is, until there was nothing for so long.
    fn work(&self, idle: Duration) {
        while let Some(work) = self.next(idle) {
            // Its panic is its own: the others are done all the same.
            drop(catch_unwind(AssertUnwindSafe(work)));
            self.left.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn next(&self, idle: Duration) -> Option<Work> {
        let line = lock(&self.line);
        let nothing = |line: &mut Line| line.waiting.is_empty() && !line.over;
        let waited = self.more.wait_timeout_while(line, idle, nothing);
        let (mut line, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let next = line.waiting.pop_front();
        line.has_thread = next.is_some();
        next
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn in_order_on_one_thread_and_past_a_panic() {
        let aside = Aside::new("aside");
        let (sender, done) = channel();
        for n in 0..100 {
            let sender = sender.clone();
            aside.give(move || {
                assert_ne!(n, 50, "it panics once");
                sender.send((n, thread::current().id())).unwrap();
            });
        }
        drop(sender);
        let done: Vec<_> = done.iter().collect();
        assert_eq!(
            done.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            (0..100).filter(|n| *n != 50).collect::<Vec<_>>()
        );
        assert!(done.iter().all(|(_, thread)| *thread == done[0].1 && *thread != thread::current().id()));
    }

    #[test]
    fn what_was_not_begun_is_dropped_with_it() {
        let aside = Aside::new("aside");
        let (begun, has_begun) = channel();
        let (go, going) = channel::<()>();
        aside.give(move || {
            begun.send(()).unwrap();
            going.recv().unwrap();
        });
        let (never, dropped) = channel::<()>();
        aside.give(move || never.send(()).unwrap());
        has_begun.recv().unwrap();
        assert!(aside.is_busy());
        drop(aside);
        assert!(dropped.recv().is_err(), "nobody can send any more");
        go.send(()).unwrap();
    }

    #[test]
    fn a_thread_that_had_nothing_to_do_is_replaced() {
        let aside = Aside::new("aside");
        let once = || {
            let (sender, done) = channel();
            aside.give(move || sender.send(thread::current().id()).unwrap());
            done.recv().unwrap()
        };
        let first = once();
        let has_thread = || lock(&aside.0.line).has_thread;
        while has_thread() {
            thread::sleep(Duration::from_millis(50));
        }
        assert!(!aside.is_busy());
        assert_ne!(once(), first);
    }
}
