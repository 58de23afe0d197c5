//! Users' code that panics, where it runs and where it is dropped.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a panic said, if it said it in words.
pub(crate) fn said(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no message").to_owned();
    drop_fenced(panic);
    text
}

/// Runs users' code; an error is what it said when it panicked.
#[cfg(feature = "notifications")]
pub(crate) fn fenced<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(said)
}

/// Drops what users' code has made; tells what it said if that panics.
fn drop_fenced<T>(value: T) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(value))).err()?;
    if panic.is::<&str>() || panic.is::<String>() {
        return Some(said(panic));
    }
    // Made by a `Drop`, it may have one that panics in its turn, and so on: such a thing is not dropped.
    std::mem::forget(panic);
    Some("no message".to_owned())
}

/// A future of users' code that ends with what its panic said, and can be dropped like any other.
pub(crate) struct Fenced<F>(Option<Pin<Box<F>>>)
where
    F: Future + ?Sized;

impl<F: Future + ?Sized> Fenced<F> {
    pub(crate) fn new(future: Pin<Box<F>>) -> Self {
        Self(Some(future))
    }

    /// Drops the future; tells what it said if that panics.
    fn end(&mut self) -> Option<String> {
        drop_fenced(self.0.take())
    }
}

impl<F: Future + ?Sized> Future for Fenced<F> {
    /// With what the future said, if it panicked when it was dropped after its end.
    type Output = (Result<F::Output, String>, Option<String>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let outcome = match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => Ok(outcome),
            Err(panic) => Err(said(panic)),
        };
        Poll::Ready((outcome, self.end()))
    }
}

impl<F: Future + ?Sized> Drop for Fenced<F> {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::panic::panic_any;

    use futures::FutureExt;
    use futures::future::BoxFuture;

    use super::*;

    #[cfg(feature = "notifications")]
    #[test]
    fn what_runs_fenced_says_what_it_came_to() {
        assert_eq!(fenced(|| 1), Ok(1));
        assert_eq!(fenced(|| -> u8 { panic!("boom") }), Err("boom".to_owned()));
    }

    /// Panics when it is dropped, with something that does the same, so many times.
    struct Bomb(u8);

    impl Drop for Bomb {
        fn drop(&mut self) {
            match self.0 {
                0 => panic!("dropped"),
                more => panic_any(Bomb(more - 1)),
            }
        }
    }

    /// A future with a bomb beside it, which is there until the future is dropped.
    struct Armed(BoxFuture<'static, u8>, #[expect(dead_code, reason = "held for its drop")] Bomb);

    impl Future for Armed {
        type Output = u8;

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u8> {
            self.0.as_mut().poll(context)
        }
    }

    #[test]
    fn no_payload_and_no_future_panics_outside() {
        for depth in [0, 1, 2] {
            let panicking = async move { panic_any(Bomb(depth)) };
            let panicking: BoxFuture<'static, u8> = Box::pin(panicking);
            let (outcome, _) = Fenced::new(panicking).now_or_never().unwrap();
            assert_eq!(outcome, Err("no message".to_owned()));

            let (outcome, dropped) =
                Fenced::new(Box::pin(Armed(ready(5).boxed(), Bomb(depth)))).now_or_never().unwrap();
            assert_eq!(outcome, Ok(5));
            assert_eq!(dropped.as_deref(), Some(if depth == 0 { "dropped" } else { "no message" }));

            drop(Fenced::new(Box::pin(Armed(pending().boxed(), Bomb(depth)))));
        }
        let (outcome, _) = Fenced::new(Box::pin(async { panic!("it {}", "said") })).now_or_never().unwrap();
        assert_eq!(outcome, Err::<(), _>("it said".to_owned()));
    }
}
