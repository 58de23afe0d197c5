//! The deadlines of many, watched by one task.
//!
//! A timer of tokio that is the first of its runtime wakes the thread that waits for timers. With one call at a time
//! each call's is, and again that of its publish: another wake-up each, for a deadline that is hardly ever reached.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use futures::future::Either;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::lock::lock;

/// The task ends when they are closed, or with the runtime that it was started on.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    board: Mutex<Board>,
    /// There is one before all that the task knows.
    earlier: Notify,
}

#[derive(Debug, Default)]
struct Board {
    /// By time; the number keeps equal times apart.
    set: BTreeMap<(Instant, u64), Waker>,
    next: u64,
    /// When the task looks next, however many alarms are gone by then.
    looks: Option<Instant>,
    closed: bool,
}

/// Resolves at its time.
#[derive(Debug)]
pub(crate) struct Alarm {
    alarms: Arc<Alarms>,
    at: Instant,
    /// Its number, once it was polled.
    number: Option<u64>,
}

/// One of these, or a timer of the runtime for a driver that has none.
pub(crate) type AnyAlarm = Either<Alarm, Sleep>;

/// Sets it to another time.
pub(crate) fn reset(alarm: Pin<&mut AnyAlarm>, at: Instant) {
    match alarm.as_pin_mut() {
        Either::Left(alarm) => alarm.get_mut().reset(at),
        Either::Right(timer) => timer.reset(at),
    }
}

impl Alarms {
    /// Starts the task on the runtime of `handle`.
    #[cfg_attr(
        not(any(test, feature = "amqp")),
        expect(dead_code, reason = "in memory nothing runs on a runtime of its own")
    )]
    pub(crate) fn start(handle: &Handle) -> Arc<Self> {
        let alarms = Arc::<Self>::default();
        handle.spawn(watch(alarms.clone()));
        alarms
    }

    pub(crate) fn at(self: &Arc<Self>, at: Instant) -> Alarm {
        Alarm { alarms: self.clone(), at, number: None }
    }

    /// Ends the task. Who is still waiting has no time left.
    #[cfg_attr(not(any(test, feature = "amqp")), expect(dead_code, reason = "as `start`"))]
    pub(crate) fn close(&self) {
        lock(&self.board).closed = true;
        self.earlier.notify_one();
    }

    /// Takes out what is due, and tells when to look again; `None` once they are closed.
    fn look(&self, now: Instant) -> (impl Iterator<Item = Waker> + use<>, Option<Option<Instant>>) {
        let mut board = lock(&self.board);
        if board.closed {
            return (std::mem::take(&mut board.set).into_values(), None);
        }
        let later = board.set.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut board.set, later);
        board.looks = board.set.first_key_value().map(|((at, _), _)| *at);
        (due.into_values(), Some(board.looks))
    }
}

async fn watch(alarms: Arc<Alarms>) {
    loop {
        let (due, next) = alarms.look(Instant::now());
        due.for_each(Waker::wake);
        match next {
            Some(Some(next)) => tokio::select! {
                () = sleep_until(next) => {}
                () = alarms.earlier.notified() => {}
            },
            Some(None) => alarms.earlier.notified().await,
            None => return,
        }
    }
}

impl Alarm {
    fn reset(&mut self, at: Instant) {
        self.clear();
        self.at = at;
    }

    fn clear(&mut self) {
        if let Some(number) = self.number.take() {
            lock(&self.alarms.board).set.remove(&(self.at, number));
        }
    }
}

impl Future for Alarm {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.at {
            self.clear();
            return Poll::Ready(());
        }
        let at = self.at;
        let mut board = lock(&self.alarms.board);
        if board.closed {
            return Poll::Ready(());
        }
        if let Some(waker) = self.number.and_then(|number| board.set.get_mut(&(at, number))) {
            waker.clone_from(cx.waker());
            return Poll::Pending;
        }
        let number = board.next;
        board.next += 1;
        board.set.insert((at, number), cx.waker().clone());
        let first = board.looks.is_none_or(|looks| at < looks);
        drop(board);
        if first {
            self.alarms.earlier.notify_one();
        }
        self.number = Some(number);
        Poll::Pending
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_at_its_time() {
        let alarms = Alarms::start(&Handle::current());
        let began = Instant::now();
        let seconds = |n| began + Duration::from_secs(n);
        let wait = |n| alarms.at(seconds(n)).map(move |()| (n, Instant::now()));
        let rung = futures::future::join_all([3, 1, 2, 1].map(wait)).await;
        assert_eq!(rung, [3, 1, 2, 1].map(|n| (n, seconds(n))));
        assert!(alarms.at(began).now_or_never().is_some());

        let mut reset = alarms.at(seconds(5));
        assert!((&mut reset).now_or_never().is_none());
        reset.reset(seconds(4));
        assert!(timeout(Duration::from_millis(999), &mut reset).await.is_err());
        reset.await;
        assert_eq!(Instant::now(), seconds(4));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_dropped_leaves_nothing() {
        let alarms = Alarms::start(&Handle::current());
        let at = Instant::now() + Duration::from_secs(1);
        assert!(alarms.at(at).now_or_never().is_none());
        assert!(lock(&alarms.board).set.is_empty());
        assert!(timeout(Duration::from_secs(2), alarms.at(at + Duration::from_secs(1))).await.is_ok());
        let late = tokio::spawn(alarms.at(at + Duration::from_secs(60)));
        tokio::task::yield_now().await;
        alarms.close();
        assert!(timeout(Duration::from_secs(1), late).await.is_ok());
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }
}
