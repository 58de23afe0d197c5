//! The thread that lapin gives a connection, and how it is called.
//!
//! lapin has the runtime wait for the socket: whatever the broker sends wakes a thread of the runtime first, and
//! that wakes lapin's. Here lapin's thread waits for the socket itself, in [`Socket`](super::stream::Socket). It
//! sleeps there and not where lapin would wake it, so whoever has lapin do something calls it afterwards.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};

use mio::Waker;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::Dispatch;
use tracing::dispatcher;
use tracing::subscriber::NoSubscriber;

use super::super::library::Chore;
use crate::lock::lock;

/// It is awake, and will see all that was done before it got so.
const AWAKE: u8 = 0;
/// It was called since: it looks again before it sleeps.
const CALLED: u8 = 1;
const ASLEEP: u8 = 2;

/// One for each connection.
pub(super) struct Thread {
    state: AtomicU8,
    /// `None` while the thread does not wait for the socket by itself, and once it has ended.
    chores: Mutex<Option<Chores>>,
    /// Whether lapin is writing, and not reading.
    writes: AtomicBool,
    /// Does what is left to do then.
    runtime: Handle,
    /// Where chores log: lapin's own logs are off.
    log: Mutex<Dispatch>,
    /// Set by the thread before it sleeps for the first time.
    waker: OnceLock<Waker>,
    /// The thread itself, once the connection is in its hands.
    owner: OnceLock<ThreadId>,
    /// Turns true when it has ended, however that came.
    ended: watch::Sender<bool>,
    /// How often lapin's loop has gone round.
    #[cfg(test)]
    pub(super) rounds: std::sync::atomic::AtomicUsize,
}

#[derive(Default)]
struct Chores {
    now: Vec<Arc<dyn Chore>>,
    /// That something was written is no news before the broker has answered: to look at it took 10 of the 87 µs of
    /// CPU of a call with 128 in flight.
    after_reading: Vec<Arc<dyn Chore>>,
}

impl Thread {
    /// For a connection on the tokio runtime of the caller.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: AtomicU8::new(AWAKE),
            chores: Mutex::new(None),
            writes: AtomicBool::new(false),
            runtime: Handle::current(),
            log: Mutex::new(dispatcher::get_default(Clone::clone)),
            waker: OnceLock::new(),
            owner: OnceLock::new(),
            ended: watch::Sender::new(false),
            #[cfg(test)]
            rounds: Default::default(),
        })
    }

    /// Looks for a log, where there was none: it may have been set up after the connection was.
    pub(super) fn finds_log(&self) {
        let mut log = lock(&self.log);
        if log.is::<NoSubscriber>() {
            *log = dispatcher::get_default(Clone::clone);
        }
    }

    /// Says, on the thread, that the connection is in its hands from now on. Without effect on a thread of the
    /// runtime: that must not sleep.
    pub(super) fn takes_over(&self) {
        if tokio::task::try_id().is_none() {
            // It is asked once.
            let _ = self.owner.set(thread::current().id());
        }
    }

    /// Whether it waits for the socket by itself.
    #[cfg(test)]
    pub(super) fn waits(&self) -> bool {
        lock(&self.chores).is_some()
    }

    /// Whether the connection is in the hands of the calling thread.
    pub(super) fn is_here(&self) -> bool {
        self.owner.get() == Some(&thread::current().id())
    }

    pub(super) fn owns_connection(&self) -> bool {
        self.owner.get().is_some()
    }

    /// Has a chore done before long: what the thread itself comes upon while it writes as soon as it has read
    /// something, and else at once. It need not be called from the thread itself, which looks before it sleeps.
    pub(super) fn has_to_do(&self, chore: Arc<dyn Chore>) {
        let own = self.is_here();
        match &mut *lock(&self.chores) {
            Some(chores) if own && self.writes.load(Ordering::Relaxed) => chores.after_reading.push(chore),
            Some(chores) => chores.now.push(chore),
            None => return drop(self.runtime.spawn(async { chore.run() })),
        }
        if !own {
            self.call();
        }
    }

    /// Says, on the thread, whether it writes.
    pub(super) fn writes(&self, writes: bool) {
        self.writes.store(writes, Ordering::Relaxed);
    }

    /// Does, on the thread, what there is to do; `fed` says whether something was read since the last time.
    ///
    /// An error is the end of the connection: something panicked, and who knows what it has left undone. It is mostly
    /// users' code, in a waker or a subscriber of the log.
    pub(super) fn does_chores(&self, fed: bool) -> io::Result<()> {
        let (now, after_reading) = match &mut *lock(&self.chores) {
            Some(chores) => {
                let after_reading = if fed { std::mem::take(&mut chores.after_reading) } else { Vec::new() };
                (std::mem::take(&mut chores.now), after_reading)
            }
            None => return Ok(()),
        };
        if now.is_empty() && after_reading.is_empty() {
            return Ok(());
        }
        let log = lock(&self.log).clone();
        let mut whole = true;
        for chore in now.into_iter().chain(after_reading) {
            let done = AssertUnwindSafe(|| dispatcher::with_default(&log, || chore.run()));
            if let Err(panic) = catch_unwind(done) {
                // What panics when it is dropped would end the thread; the panic was printed.
                std::mem::forget(panic);
                whole = false;
            }
        }
        if whole { Ok(()) } else { Err(io::Error::other("a panic on the thread of the connection")) }
    }

    /// Says that the thread does no more: with the connection, much comes to an end that waits for it.
    pub(super) fn ends(&self) {
        let left = lock(&self.chores).take();
        self.ended.send_replace(true);
        for chore in left.into_iter().flat_map(|left| left.now.into_iter().chain(left.after_reading)) {
            self.runtime.spawn(async { chore.run() });
        }
    }

    /// Waits until the thread has ended.
    pub(super) async fn ended(&self) {
        // The sender is here.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// How it is woken. From now on it does the chores.
    pub(super) fn wake_by(&self, waker: Waker) -> io::Result<()> {
        self.waker.set(waker).map_err(|_| io::Error::other("a second socket for one connection"))?;
        *lock(&self.chores) = Some(Chores::default());
        Ok(())
    }

    /// Has it look at what lapin was asked to do. Without effect before it owns the connection: it will look.
    pub(super) fn call(&self) {
        if self.state.swap(CALLED, Ordering::AcqRel) == ASLEEP
            && let Some(waker) = self.waker.get()
            && let Err(error) = waker.wake()
        {
            // It looks by itself before long.
            tracing::warn!("the thread of a connection cannot be woken: {error}");
        }
    }

    /// Says, on the thread, that it sees from now on what was done before.
    pub(super) fn looks(&self) {
        self.state.swap(AWAKE, Ordering::AcqRel);
    }

    /// Says, on the thread, that it sleeps; `false` if it was called and has to look first.
    pub(super) fn falls_asleep(&self) -> bool {
        self.state.compare_exchange(AWAKE, ASLEEP, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Says, on the thread, that it need not be woken.
    pub(super) fn woke_up(&self) {
        // An error means that it was called.
        let _ = self.state.compare_exchange(ASLEEP, AWAKE, Ordering::AcqRel, Ordering::Acquire);
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("owner", &self.owner.get()).finish_non_exhaustive()
    }
}

impl AsRef<Thread> for Thread {
    fn as_ref(&self) -> &Thread {
        self
    }
}

/// Does something of lapin without its logs: it takes a connection that is closed for an error, and what happens to
/// one is logged by its supervisor.
fn silently<T>(what: impl FnOnce() -> T) -> T {
    dispatcher::with_default(&Dispatch::new(NoSubscriber::new()), what)
}

/// Awaits a future of lapin that leaves something for the thread when it is first polled, and only then.
pub(super) async fn calling_once<T>(thread: &Thread, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let first = futures::poll!(&mut future);
    thread.call();
    match first {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => future.await,
    }
}

/// A future of lapin: whenever it was polled, it may have left something for the thread.
#[derive(Debug)]
pub(super) struct Calling<F, T> {
    pub(super) future: F,
    pub(super) thread: T,
}

impl<F, T> Future for Calling<F, T>
where
    F: Future + Unpin,
    T: AsRef<Thread> + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let outcome = silently(|| Pin::new(&mut self.future).poll(cx));
        self.thread.as_ref().call();
        outcome
    }
}
