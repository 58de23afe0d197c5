//! A request to one server.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures::FutureExt;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::super::message::MessageType;
use super::super::peer::{End, SendError, SendFault};
use super::lane::{Busy, Fate, InFlight, Lane, Request};
use super::table::{Serves, Way};
use super::up::{Up, lost};
use crate::error::{Fault, Reached};
use crate::text::printable;
use crate::transport::driver::{PublishError, PublishFault};

/// Why a server has not taken a request.
pub(super) enum Failure {
    /// It never came there, or will not be executed there: another one may have it.
    Elsewhere(String),
    /// It was sent, and what became of it nobody will know.
    Lost(Fault),
    /// Its time is over.
    Late { why: String, reached: Reached },
}

impl From<Failure> for PublishError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Elsewhere(why) => PublishFault::Expired(format!("not sent: {why}")).into(),
            Failure::Lost(fault) => Self { fault: PublishFault::Lost(fault), reached: Reached::Sent },
            Failure::Late { why, reached } => Self { fault: PublishFault::Expired(why), reached },
        }
    }
}

/// Sends a request to one server; waits until that has it.
pub(super) async fn attempt(serves: &Serves, request: &Request) -> Result<(), Failure> {
    match &serves.way {
        Way::Lane(lane) => by_lane(&serves.up, lane, request).await,
        Way::Plain { .. } => plainly(&serves.up, request).await,
    }
}

/// The same without waiting for room: `None` if there is none now, or the peer does not say how much it takes.
pub(super) fn begin_now(
    serves: &Serves,
    request: &Request,
) -> Option<Result<(Arc<Lane>, InFlight), Failure>> {
    let Serves { up, way: Way::Lane(lane) } = serves else { return None };
    let mut beginning = Beginning::new(up, lane, request);
    let sent = lane.send_now(up.peer()?, request, || beginning.begin())?;
    let flight = beginning.end(sent);
    Some(flight.map(|flight| (Arc::clone(lane), flight)))
}

async fn by_lane(up: &Arc<Up>, lane: &Arc<Lane>, request: &Request) -> Result<(), Failure> {
    let Some(peer) = up.peer() else { return Err(Failure::Elsewhere(End::Closed.to_string())) };
    let mut beginning = Beginning::new(up, lane, request);
    let sent = lane.send(peer, request, || beginning.begin()).await;
    taken(lane, beginning.end(sent)?, request).await
}

/// Waits until a server has what was sent to it.
pub(super) async fn taken(lane: &Lane, flight: InFlight, request: &Request) -> Result<(), Failure> {
    let InFlight { number, fate: receiver, busy } = flight;
    let told = fate(receiver, request).await;
    drop(busy);
    match told {
        Ok(Ok(Fate::Taken)) => Ok(()),
        Ok(Ok(Fate::Refused(why))) => Err(Failure::Elsewhere(printable(&why))),
        Ok(Ok(Fate::Ended { why, reached: Reached::NotSent })) => Err(Failure::Elsewhere(why.to_string())),
        Ok(Ok(Fate::Ended { why, .. })) => Err(Failure::Lost(lost(&why))),
        // It is told before it is dropped.
        Ok(Err(_)) => Err(Failure::Lost(lost(&End::Closed))),
        Err(_) => {
            let reached = lane.give_up(number);
            let why = match reached {
                Reached::NotSent => "not sent: the server has not taken what is before it".to_owned(),
                _ => "the server has not said that it has the request".to_owned(),
            };
            Err(Failure::Late { why, reached })
        }
    }
}

/// Waits until the deadline for what becomes of a request. Who waits for something else meanwhile has a clock of its own, and
/// asks when it is time.
async fn fate(
    mut fate: oneshot::Receiver<Fate>,
    request: &Request,
) -> Result<Result<Fate, RecvError>, Elapsed> {
    if request.at_once {
        return timeout_at(request.deadline, fate).await.map_err(|_| Elapsed);
    }
    poll_fn(|cx| match fate.poll_unpin(cx) {
        Poll::Pending if request.deadline <= Instant::now() => Poll::Ready(Err(Elapsed)),
        fate => fate.map(Ok),
    })
    .await
}

/// The deadline has passed.
struct Elapsed;

/// To a peer that acknowledges nothing: it is done once it is written.
async fn plainly(up: &Arc<Up>, request: &Request) -> Result<(), Failure> {
    let Some(peer) = up.peer() else { return Err(Failure::Elsewhere(End::Closed.to_string())) };
    let registered = (request.kind == MessageType::Call).then(|| Registered::new(up, request, None));
    let outcome = peer.send(request.message().into(), request.deadline).await;
    if let (Some(registered), false) = (registered, outcome.as_ref().is_err_and(is_unsent)) {
        registered.keep();
    }
    outcome.map_err(failed)
}

fn is_unsent(error: &SendError) -> bool {
    error.reached == Reached::NotSent
}

fn failed(error: SendError) -> Failure {
    let SendError { fault, reached } = error;
    match (fault, reached) {
        (fault @ (SendFault::Expired | SendFault::Full), reached) => {
            let not_sent = if reached == Reached::NotSent { "not sent: " } else { "" };
            Failure::Late { why: format!("{not_sent}{fault}"), reached }
        }
        (SendFault::Ended(end), Reached::NotSent) => Failure::Elsewhere(end.to_string()),
        (SendFault::Ended(end), _) => Failure::Lost(lost(&end)),
    }
}

/// A request to a lane that is about to be sent.
struct Beginning<'a> {
    up: &'a Arc<Up>,
    request: &'a Request,
    busy: Option<Busy>,
    registered: Option<Registered<'a>>,
}

impl<'a> Beginning<'a> {
    fn new(up: &'a Arc<Up>, lane: &Arc<Lane>, request: &'a Request) -> Self {
        Self { up, request, busy: Some(Busy::new(lane)), registered: None }
    }

    /// Has the call wait for its reply. Not before it is sent: one that still waits for room is not lost with the connection.
    fn begin(&mut self) {
        if self.request.kind == MessageType::Call {
            self.registered = Some(Registered::new(self.up, self.request, self.busy.take()));
        }
    }

    /// From now on it is answered, or lost with the connection, if it was sent.
    fn end(self, sent: Result<InFlight, SendError>) -> Result<InFlight, Failure> {
        let flight = sent.map_err(failed)?;
        if let Some(registered) = self.registered {
            registered.keep();
        }
        Ok(InFlight { busy: self.busy, ..flight })
    }
}

/// A call that is taken out of those that wait again, unless it is kept.
struct Registered<'a> {
    up: &'a Arc<Up>,
    id: [u8; 32],
    kept: bool,
}

impl<'a> Registered<'a> {
    fn new(up: &'a Arc<Up>, request: &Request, busy: Option<Busy>) -> Self {
        up.calls().add(request.id, request.deadline, busy);
        Self { up, id: request.id, kept: false }
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.up.calls().remove(&self.id);
        }
    }
}
