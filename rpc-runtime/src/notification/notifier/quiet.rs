//! What is logged while an event is sent is not to become an event itself.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};

thread_local! {
    /// Whether this thread is sending one.
    static SENDING: Cell<bool> = const { Cell::new(false) };
}

/// Whether what is logged now comes of the sending of an event.
pub(in crate::notification) fn is_sending() -> bool {
    SENDING.get()
}

/// Does something that belongs to the sending of an event.
pub(in crate::notification) fn quietly<T>(act: impl FnOnce() -> T) -> T {
    /// Also if it panics.
    struct Before(bool);

    impl Drop for Before {
        fn drop(&mut self) {
            SENDING.set(self.0);
        }
    }

    let _before = Before(SENDING.replace(true));
    act()
}

/// The sending of an event.
pub(super) struct Quiet<F>(Pin<Box<F>>);

impl<F: Future> Quiet<F> {
    pub(super) fn new(future: F) -> Self {
        Self(Box::pin(future))
    }
}

impl<F: Future> Future for Quiet<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        quietly(|| self.0.as_mut().poll(cx))
    }
}
