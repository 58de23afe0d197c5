//! A request on its way to a server.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures::FutureExt;
use futures::future::join_all;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::RecvError;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};

use super::super::message::MessageType;
use super::super::peer::{End, SendError, SendFault};
use super::fleet::{Fleet, SEARCH};
use super::lane::{Busy, Fate, Lane, Request};
use super::table::{Serves, Wanted, Way};
use super::up::{Up, lost};
use crate::clock::after;
use crate::error::{Fault, FaultKind, Reached};
use crate::text::printable;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Route, Wanted as Waits, Wants};
use crate::wire::new_id;

/// Why a server has not taken a request.
enum Failure {
    /// It never came there, or will not be executed there: another one may have it.
    Elsewhere(String),
    /// It was sent, and what became of it nobody will know.
    Lost(Fault),
    /// Its time is over.
    Late { why: String, reached: Reached },
}

impl Fleet {
    /// Sends a request to a server, or to all of a topic.
    pub(in super::super) async fn publish(self: Arc<Self>, outgoing: Outgoing) -> Result<(), PublishError> {
        let Outgoing { route, body, ask, expiration, deadline, wanted: waits, .. } = outgoing;
        let (id, wants) = match ask {
            Some(ask) => (ask.id, ask.wants),
            // Nothing else is sent to servers.
            None => (<[u8; 32]>::try_from(new_id().as_bytes()).unwrap_or([b'0'; 32]), Wants::Nothing),
        };
        let kind = match (&route, wants) {
            (Route::Fanout { .. }, _) => MessageType::Fanout,
            (_, Wants::Nothing) => MessageType::Cast,
            _ => MessageType::Call,
        };
        let until = expiration.map(|_| deadline);
        let at_once = waits == Waits::AtOnce;
        let request = Request { kind, id, body, until, deadline, at_once };
        let monitored = wants == Wants::Heartbeats;
        match &route {
            Route::Topic { exchange, topic, server } => {
                let server = server.as_deref();
                self.to_one(&Wanted { exchange, topic, server, monitored }, &request).await
            }
            Route::Fanout { exchange, topic, .. } => {
                self.to_all(&Wanted { exchange, topic, server: None, monitored }, &request).await
            }
            Route::Reply { .. }
            | Route::Queue { .. }
            | Route::DeadLetters { .. }
            | Route::Notification { .. } => {
                let why = format!("ZeroMQ has no way to {route}");
                Err(PublishFault::Unfit(Fault::new(FaultKind::Unusable, why)).into())
            }
        }
    }

    async fn to_one(self: &Arc<Self>, wanted: &Wanted<'_>, request: &Request) -> Result<(), PublishError> {
        let mut why = String::new();
        loop {
            if request.deadline <= Instant::now() {
                let said = if why.is_empty() {
                    "not sent: there was no time left".to_owned()
                } else {
                    format!("not sent: {why}")
                };
                return Err(PublishFault::Expired(said).into());
            }
            let known = self.table.load().choose(wanted);
            let serves = match known {
                Some(serves) => {
                    self.look_again(wanted);
                    serves
                }
                None => self.find(wanted, request.deadline).await?,
            };
            match attempt(&serves, request).await {
                Ok(()) => return Ok(()),
                Err(Failure::Elsewhere(said)) => why = said,
                Err(Failure::Lost(fault)) => {
                    return Err(PublishError { fault: PublishFault::Lost(fault), reached: Reached::Sent });
                }
                Err(Failure::Late { why, reached }) => {
                    return Err(PublishError { fault: PublishFault::Expired(why), reached });
                }
            }
            // What is known may be about to change.
            yield_now().await;
        }
    }

    /// Looks for a server that is not known yet.
    async fn find(self: &Arc<Self>, wanted: &Wanted<'_>, deadline: Instant) -> Result<Serves, PublishError> {
        let reasons = match self.search(wanted, deadline).await {
            Ok(reasons) | Err(reasons) => reasons,
        };
        if let Some(serves) = self.table.load().choose(wanted) {
            return Ok(serves);
        }
        let Wanted { exchange, topic, server, monitored } = wanted;
        let who = server.map_or_else(|| "a server".to_owned(), |server| format!("the server {server}"));
        let what = if *monitored { " that sends heartbeats" } else { "" };
        let mut why = format!("{who} of {exchange}/{topic}{what} cannot be found");
        if !reasons.is_empty() {
            why.push_str(": ");
            why.push_str(&printable(&reasons));
        }
        Err(PublishFault::Unroutable(why).into())
    }

    /// Has the directory asked beside what goes on, if what it has said is not to be believed any more.
    fn look_again(self: &Arc<Self>, wanted: &Wanted<'_>) {
        if self.keeps || !self.is_stale(wanted) {
            return;
        }
        let (fleet, exchange, topic) =
            (Arc::clone(self), wanted.exchange.to_owned(), wanted.topic.to_owned());
        let (server, monitored) = (wanted.server.map(str::to_owned), wanted.monitored);
        self.tasks.spawn(async move {
            let wanted = Wanted { exchange: &exchange, topic: &topic, server: server.as_deref(), monitored };
            let _ = fleet.search(&wanted, after(SEARCH)).await;
        });
    }

    /// Sends it to each server that there is. Those that go meanwhile are not missed; those that do not answer are.
    async fn to_all(self: &Arc<Self>, wanted: &Wanted<'_>, request: &Request) -> Result<(), PublishError> {
        let looked = self.search(wanted, request.deadline).await;
        let servers = self.table.load().all(wanted);
        if let (Err(why), true) = (looked, servers.is_empty()) {
            return Err(PublishFault::Unroutable(printable(&why)).into());
        }
        let outcomes = join_all(servers.iter().map(|serves| attempt(serves, request))).await;
        let late = outcomes.iter().filter_map(|outcome| match outcome {
            Err(Failure::Late { why, .. }) => Some(why),
            _ => None,
        });
        let late: Vec<_> = late.collect();
        match late.first() {
            None => Ok(()),
            Some(why) => {
                let why = format!("{} of {} servers have not taken it: {why}", late.len(), servers.len());
                Err(PublishError { fault: PublishFault::Expired(why), reached: Reached::Sent })
            }
        }
    }
}

/// Sends a request to one server; waits until that has it.
async fn attempt(serves: &Serves, request: &Request) -> Result<(), Failure> {
    match &serves.way {
        Way::Lane(lane) => by_lane(&serves.up, lane, request).await,
        Way::Plain { .. } => plainly(&serves.up, request).await,
    }
}

async fn by_lane(up: &Arc<Up>, lane: &Arc<Lane>, request: &Request) -> Result<(), Failure> {
    let Some(peer) = up.peer() else { return Err(Failure::Elsewhere(End::Closed.to_string())) };
    let (mut busy, mut registered) = (Some(Busy::new(lane)), None);
    // Not before it is sent: one that still waits for room is not lost with the connection.
    let begin = || {
        if request.kind == MessageType::Call {
            registered = Some(Registered::new(up, request, busy.take()));
        }
    };
    let flight = lane.send(peer, request, begin).await.map_err(failed)?;
    // From now on it is answered, or lost with the connection.
    if let Some(registered) = registered {
        registered.keep();
    }
    match fate(flight.fate, request).await {
        Ok(Ok(Fate::Taken)) => Ok(()),
        Ok(Ok(Fate::Refused(why))) => Err(Failure::Elsewhere(printable(&why))),
        Ok(Ok(Fate::Ended { why, reached: Reached::NotSent })) => Err(Failure::Elsewhere(why.to_string())),
        Ok(Ok(Fate::Ended { why, .. })) => Err(Failure::Lost(lost(&why))),
        // It is told before it is dropped.
        Ok(Err(_)) => Err(Failure::Lost(lost(&End::Closed))),
        Err(_) => {
            let reached = lane.give_up(flight.number);
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
