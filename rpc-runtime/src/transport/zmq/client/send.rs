//! A request on its way to servers.

use std::sync::Arc;

use futures::future::join_all;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::super::message::MessageType;
use super::attempt::{Failure, attempt, begin_now, taken};
use super::fleet::{Fleet, SEARCH};
use super::lane::{InFlight, Lane, Request};
use super::table::{Serves, Wanted};
use crate::clock::after;
use crate::error::{Fault, FaultKind, Reached};
use crate::text::printable;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Route, Wanted as Waits, Wants};
use crate::wire::new_id;

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
                let wanted = Wanted { exchange, topic, server: server.as_deref(), monitored };
                let chosen = self.table.load().choose(&wanted);
                let begun = chosen.as_ref().and_then(|serves| self.now(serves, &wanted, &request));
                let (why, chosen) = match begun {
                    Some(Ok((lane, flight))) => match taken(&lane, flight, &request).await {
                        Err(Failure::Elsewhere(why)) => (why, None),
                        told => return told.map_err(PublishError::from),
                    },
                    Some(Err(Failure::Elsewhere(why))) => (why, None),
                    Some(Err(failure)) => return Err(failure.into()),
                    // Servers have turns, and this one has its own now.
                    None => (String::new(), chosen),
                };
                // Apart, so that the many others have no room for it.
                Box::pin(self.to_one(&wanted, &request, chosen, why)).await
            }
            Route::Fanout { exchange, topic, .. } => {
                let wanted = Wanted { exchange, topic, server: None, monitored };
                Box::pin(self.to_all(&wanted, &request)).await
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

    /// Sends a request to a server that has room for it now; else nothing is done.
    fn now(
        self: &Arc<Self>,
        serves: &Serves,
        wanted: &Wanted<'_>,
        request: &Request,
    ) -> Option<Result<(Arc<Lane>, InFlight), Failure>> {
        if request.deadline <= Instant::now() {
            return None;
        }
        let sent = begin_now(serves, request)?;
        self.look_again(wanted);
        Some(sent)
    }

    /// Sends a request until a server has it, at first to the one that was chosen; `why` is what was said before.
    async fn to_one(
        self: &Arc<Self>,
        wanted: &Wanted<'_>,
        request: &Request,
        mut chosen: Option<Serves>,
        mut why: String,
    ) -> Result<(), PublishError> {
        loop {
            if !why.is_empty() {
                // What is known may be about to change.
                yield_now().await;
            }
            if request.deadline <= Instant::now() {
                let said = if why.is_empty() {
                    "not sent: there was no time left".to_owned()
                } else {
                    format!("not sent: {why}")
                };
                return Err(PublishFault::Expired(said).into());
            }
            let known = chosen.take().or_else(|| self.table.load().choose(wanted));
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
                Err(failure) => return Err(failure.into()),
            }
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
