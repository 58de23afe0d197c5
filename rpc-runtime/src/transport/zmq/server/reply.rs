//! Replies on their way to callers.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use tokio::time::Instant;

use super::super::peer::{Outcome, SendError, SendFault, Ticket};
use super::caller::Caller;
use super::serving::Serving;
use crate::lock::lock;
use crate::transport::driver::{Done, PublishError, PublishFault};

impl Serving {
    /// Sends a reply to the place that a request named.
    pub(in super::super) fn reply(
        &self,
        place: &str,
        body: Bytes,
        deadline: Instant,
    ) -> BoxFuture<'static, Result<(), PublishError>> {
        match self.hand_over(place, body, deadline) {
            Ok(Reply { sent: Sent::Queued(ticket), to }) => ticket.map(move |sent| to.told(sent)).boxed(),
            Ok(Reply { sent: Sent::Later(sent), to }) => sent.map(move |sent| to.told(sent)).boxed(),
            Err(gone) => std::future::ready(Err(gone)).boxed(),
        }
    }

    /// The same for a reply that nobody waits for, which as a rule takes no task.
    pub(in super::super) fn post_reply(&self, place: &str, body: Bytes, deadline: Instant, done: Done) {
        match self.hand_over(place, body, deadline) {
            Ok(Reply { sent: Sent::Queued(ticket), to }) => ticket.tell(move |sent| done(to.told(sent))),
            Ok(Reply { sent: Sent::Later(sent), to }) => {
                drop(tokio::spawn(sent.map(move |sent| done(to.told(sent)))));
            }
            Err(gone) => done(Err(gone)),
        }
    }

    /// Hands a reply to the connection of its caller, if there is room for it.
    fn hand_over(&self, place: &str, body: Bytes, deadline: Instant) -> Result<Reply, PublishError> {
        let (number, endpoint, id) = read_place(place).ok_or_else(gone)?;
        let caller = lock(&self.callers).get(&number).cloned().ok_or_else(gone)?;
        let peer = caller.peer().ok_or_else(gone)?;
        let is_heartbeat = body.is_empty();
        let mut sent = None;
        if caller.is_ours() {
            match peer.offer(caller.reply(endpoint, id, body.clone()), deadline) {
                Ok(ticket) => sent = Some(Sent::Queued(ticket)),
                // What went with it is to be told again.
                Err(error) if error.fault == SendFault::Full => caller.progress_of(endpoint).untold(),
                Err(error) => return Err(failed(&error)),
            }
        }
        let sent = sent.unwrap_or_else(|| {
            let (caller, id) = (Arc::clone(&caller), id.to_owned());
            Sent::Later(async move { caller.reply_later(endpoint, &id, body, deadline).await }.boxed())
        });
        Ok(Reply { to: To { caller, is_heartbeat }, sent })
    }
}

/// A reply on its way.
struct Reply {
    to: To,
    sent: Sent,
}

/// Whom a reply is for.
struct To {
    caller: Arc<Caller>,
    is_heartbeat: bool,
}

enum Sent {
    /// It waits to be written.
    Queued(Ticket),
    /// It waits for room.
    Later(BoxFuture<'static, Outcome>),
}

impl To {
    /// What its sender is told.
    fn told(&self, outcome: Outcome) -> Result<(), PublishError> {
        outcome.map_err(|error| {
            // A heartbeat has little time, and another one comes after it.
            if !self.is_heartbeat {
                self.caller.late(&error);
            }
            failed(&error)
        })
    }
}

fn failed(error: &SendError) -> PublishError {
    match error.fault {
        SendFault::Ended(_) => gone(),
        SendFault::Expired | SendFault::Full => PublishFault::Expired(error.to_string()).into(),
    }
}

fn gone() -> PublishError {
    PublishFault::Gone("the caller has disconnected".to_owned()).into()
}

/// Reads what [`Caller::place_of_reply`] has written.
fn read_place(place: &str) -> Option<(u64, u64, &str)> {
    let mut parts = place.splitn(3, '/');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?))
}
