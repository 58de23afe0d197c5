//! What becomes of a notification, as its handler says.

use std::fmt::Display;
use std::time::Duration;

/// What is to become of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It is done: the next endpoint has it, and after the last one it is taken from its queue.
    Handled,
    /// It goes back to its queue, for this listener or another one of the queue. The first time it goes at once; after
    /// that it is kept for a while, 0.1 seconds and each time twice as long, up to 10 seconds, so that nothing spins.
    ///
    /// Not for ever: after [`redeliveries`](super::ListenerBuilder::redeliveries), which by default is some two minutes, it is
    /// given up. Who waits for something that may be away for longer sets more, or dead letters, or asks for
    /// [`RequeueAfter`](Self::RequeueAfter).
    Requeue,
    /// The same after this time, if it is longer. Meanwhile it is kept, as one of the messages that
    /// [`prefetch`](super::ListenerBuilder::prefetch) allows, but takes no place among the handlers. A broker takes back
    /// what is kept for too long: RabbitMQ closes the channel after its `consumer_timeout`, 30 minutes by default.
    RequeueAfter(Duration),
    /// Nobody can do anything with it: it goes to the [dead letters](super::ListenerBuilder::dead_letters), or is
    /// rejected, which drops it unless a policy of the broker has dead letters of its own.
    Reject,
}

impl Verdict {
    /// How long it is kept before it goes back, beside what it has to be; `None` if it does not.
    pub(super) fn pause(self) -> Option<Duration> {
        match self {
            Self::Requeue => Some(Duration::ZERO),
            Self::RequeueAfter(pause) => Some(pause),
            Self::Handled | Self::Reject => None,
        }
    }
}

/// What becomes of a notification whose handler failed: it returned an error or panicked.
///
/// Either is counted, and logged with the event and the error, a few of them a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnError {
    /// As [`Verdict::Handled`]: the next endpoint has it.
    #[default]
    Handled,
    /// As [`Verdict::Requeue`].
    Requeue,
    /// As [`Verdict::Reject`].
    Reject,
}

impl OnError {
    pub(super) fn verdict(self) -> Verdict {
        match self {
            Self::Handled => Verdict::Handled,
            Self::Requeue => Verdict::Requeue,
            Self::Reject => Verdict::Reject,
        }
    }
}

/// What a handler may return: nothing, a [`Verdict`], or a result of either, with an error that can be displayed.
#[diagnostic::on_unimplemented(
    message = "a handler of notifications cannot return `{Self}`",
    label = "it returns `()`, a `Verdict`, or a `Result` of either with an error that implements `Display`"
)]
pub trait IntoVerdict {
    /// The verdict.
    ///
    /// # Errors
    /// What went wrong, for the log.
    fn into_verdict(self) -> Result<Verdict, String>;
}

impl IntoVerdict for () {
    fn into_verdict(self) -> Result<Verdict, String> {
        Ok(Verdict::Handled)
    }
}

impl IntoVerdict for Verdict {
    fn into_verdict(self) -> Result<Verdict, String> {
        Ok(self)
    }
}

impl<E: Display> IntoVerdict for Result<(), E> {
    fn into_verdict(self) -> Result<Verdict, String> {
        self.map(|()| Verdict::Handled).map_err(|error| error.to_string())
    }
}

impl<E: Display> IntoVerdict for Result<Verdict, E> {
    fn into_verdict(self) -> Result<Verdict, String> {
        self.map_err(|error| error.to_string())
    }
}

/// What a handler of batches may return: what one of single notifications may, for all of the batch, or a vector with one
/// for each notification, in their order, or a result of such a vector.
#[diagnostic::on_unimplemented(
    message = "a handler of batches cannot return `{Self}`",
    label = "it returns `()`, a `Verdict`, a `Result` of either, or a `Vec` of such"
)]
pub trait IntoVerdicts {
    /// A verdict for each of so many notifications, or what went wrong.
    fn into_verdicts(self, notifications: usize) -> Vec<Result<Verdict, String>>;
}

impl IntoVerdicts for () {
    fn into_verdicts(self, notifications: usize) -> Vec<Result<Verdict, String>> {
        for_all(self.into_verdict(), notifications)
    }
}

impl IntoVerdicts for Verdict {
    fn into_verdicts(self, notifications: usize) -> Vec<Result<Verdict, String>> {
        for_all(self.into_verdict(), notifications)
    }
}

impl<E: Display> IntoVerdicts for Result<(), E> {
    fn into_verdicts(self, notifications: usize) -> Vec<Result<Verdict, String>> {
        for_all(self.into_verdict(), notifications)
    }
}

impl<E: Display> IntoVerdicts for Result<Verdict, E> {
    fn into_verdicts(self, notifications: usize) -> Vec<Result<Verdict, String>> {
        for_all(self.into_verdict(), notifications)
    }
}

impl<V: IntoVerdict> IntoVerdicts for Vec<V> {
    fn into_verdicts(self, notifications: usize) -> Vec<Result<Verdict, String>> {
        if self.len() == notifications {
            return self.into_iter().map(V::into_verdict).collect();
        }
        let why = format!("{} verdicts for {notifications} notifications", self.len());
        for_all(Err(why), notifications)
    }
}

impl<V: IntoVerdict, E: Display> IntoVerdicts for Result<Vec<V>, E> {
    fn into_verdicts(self, notifications: usize) -> Vec<Result<Verdict, String>> {
        match self {
            Ok(verdicts) => verdicts.into_verdicts(notifications),
            Err(error) => for_all(Err(error.to_string()), notifications),
        }
    }
}

fn for_all(verdict: Result<Verdict, String>, notifications: usize) -> Vec<Result<Verdict, String>> {
    vec![verdict; notifications]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_handlers_return() {
        assert_eq!(().into_verdict(), Ok(Verdict::Handled));
        assert_eq!(Verdict::Reject.into_verdict(), Ok(Verdict::Reject));
        assert_eq!(Ok::<(), &str>(()).into_verdict(), Ok(Verdict::Handled));
        assert_eq!(Err::<(), _>("no").into_verdict(), Err("no".to_owned()));
        assert_eq!(Ok::<_, &str>(Verdict::Requeue).into_verdict(), Ok(Verdict::Requeue));
        assert_eq!(Err::<Verdict, _>("no").into_verdict(), Err("no".to_owned()));
    }

    #[test]
    fn one_for_all_or_one_for_each() {
        assert_eq!(().into_verdicts(2), [Ok(Verdict::Handled), Ok(Verdict::Handled)]);
        assert_eq!(Verdict::Reject.into_verdicts(1), [Ok(Verdict::Reject)]);
        assert_eq!(Err::<(), _>("no").into_verdicts(2), [Err("no".to_owned()), Err("no".to_owned())]);
        assert_eq!(Ok::<_, &str>(Verdict::Requeue).into_verdicts(1), [Ok(Verdict::Requeue)]);
        let each = vec![Ok(Verdict::Handled), Err("no")];
        assert_eq!(each.clone().into_verdicts(2), [Ok(Verdict::Handled), Err("no".to_owned())]);
        assert_eq!(Ok::<_, &str>(each.clone()).into_verdicts(2), each.clone().into_verdicts(2));
        assert_eq!(Err::<Vec<Verdict>, _>("no").into_verdicts(1), [Err("no".to_owned())]);
        let wrong = each.into_verdicts(3);
        assert_eq!(wrong, vec![Err("2 verdicts for 3 notifications".to_owned()); 3]);
    }
}
