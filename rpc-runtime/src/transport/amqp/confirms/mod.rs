//! Which message a confirm and a return belong to.
//!
//! The broker returns an unroutable message before it confirms it. The library takes each confirm that comes
//! in, in order, together with the oldest return that it holds: often that of another message. What can be
//! relied on:
//!
//! 1. A return is handed out not later than with the confirm of its own message, or it was in the way: then
//!    an earlier confirm has it, or a later one will.
//! 2. A confirm without a return was resolved when no return was held; so the return of its message, if there
//!    is one, is with a confirm that was resolved before.
//! 3. When all confirms are in, so are all returns.
//!
//! Therefore results are taken in complete batches (whatever has been resolved so far), all returns of a batch
//! are noted before its confirms are judged, and a confirm that came with the return of another message waits
//! for its own, for (2) of a message published later than it, or for (3).

use std::collections::HashMap;

use super::library::{Answer, BrokerError, Confirm, Returned};

/// A message under way; `number` grows with each message of the channel.
#[derive(Debug)]
pub(super) struct Sent<J> {
    pub(super) number: u64,
    pub(super) mandatory: bool,
    pub(super) job: J,
}

/// What became of a message for certain, or that it is not known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Acked,
    Nacked,
    /// No queue took it; carries the broker's words.
    Returned(String),
    /// The channel or the link ended first.
    Unknown(BrokerError),
}

/// The confirms of one channel that cannot be judged yet, and the returns that were not claimed.
#[derive(Debug)]
pub(super) struct Confirms<J> {
    returned: HashMap<u64, String>,
    /// Acknowledged, but with the return of another message; and the number of the next message to be sent
    /// at that time.
    unclear: Vec<(Sent<J>, u64)>,
}

impl<J> Confirms<J> {
    pub(super) fn new() -> Self {
        Self { returned: HashMap::new(), unclear: Vec::new() }
    }

    /// Judges everything that has been resolved since the last call. `next` is the number of the next message
    /// to be sent; `all_in` says that no message is under way any more.
    pub(super) fn settle(
        &mut self,
        batch: impl IntoIterator<Item = (Sent<J>, Confirm)>,
        next: u64,
        all_in: bool,
        mut tell: impl FnMut(u64, J, Settled),
    ) {
        let mut batch: Vec<_> = batch.into_iter().collect();
        let mut last_without_return = None;
        for (sent, confirm) in &mut batch {
            match (&confirm.returned, &confirm.verdict) {
                (Some(Returned { id: Some(id), why }), _) => {
                    self.returned.insert(*id, why.clone());
                }
                (None, Ok(_)) => last_without_return = last_without_return.max(Some(sent.number)),
                _ => {}
            }
        }
        let waiting = std::mem::take(&mut self.unclear);
        for (sent, Confirm { verdict, returned }) in batch {
            match verdict {
                Err(error) => tell(sent.number, sent.job, Settled::Unknown(error)),
                Ok(Answer::Nack) => {
                    self.returned.remove(&sent.number);
                    tell(sent.number, sent.job, Settled::Nacked);
                }
                Ok(Answer::Ack) if !sent.mandatory => tell(sent.number, sent.job, Settled::Acked),
                Ok(Answer::Ack) => match self.returned.remove(&sent.number) {
                    Some(why) => tell(sent.number, sent.job, Settled::Returned(why)),
                    None if returned.is_none() || all_in => tell(sent.number, sent.job, Settled::Acked),
                    None => self.unclear.push((sent, next)),
                },
            }
        }
        for (sent, next) in waiting {
            match self.returned.remove(&sent.number) {
                Some(why) => tell(sent.number, sent.job, Settled::Returned(why)),
                None if all_in || last_without_return >= Some(next) => {
                    tell(sent.number, sent.job, Settled::Acked)
                }
                None => self.unclear.push((sent, next)),
            }
        }
    }

    /// Gives up: the channel has ended, and with it what could have made the rest clear.
    pub(super) fn into_unclear(self) -> impl Iterator<Item = (u64, J)> {
        self.unclear.into_iter().map(|(sent, _)| (sent.number, sent.job))
    }
}

#[cfg(test)]
mod tests;
