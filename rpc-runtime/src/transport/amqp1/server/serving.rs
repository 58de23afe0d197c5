//! The task of a server: it attaches the links that its messages come in by, hands those on, and writes the verdicts on them.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use fe2o3_amqp::Delivery as Came;
use fe2o3_amqp::Receiver;
use fe2o3_amqp::link::delivery::DeliveryInfo;
use fe2o3_amqp::link::receiver::TerminalDeliveryState;
use fe2o3_amqp::link::{LinkStateError, RecvError};
use fe2o3_amqp::types::messaging::{Accepted, Body, Rejected, Released};
use futures::FutureExt;
use futures::future::OptionFuture;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

use super::super::links::{self, NoLink};
use super::super::message::{self, Part};
use super::super::odd::Odd;
use super::super::options::Amqp1Options;
use super::super::pauses::Pauses;
use super::super::peer::{Begun, Peer};
use super::super::stream::Followed;
use super::super::words;
use super::ledger::{Acks, Given, LINKS, Ledger};
use crate::clock::after;
use crate::error::Fault;
use crate::text::printable;
use crate::transport::connection::View;
use crate::transport::driver::{Delivery, Excess, Labels, ServerAddress, Settle, Verdict};

/// How long the peer may take to hear that a server leaves.
const GOODBYE: Duration = Duration::from_secs(2);

/// For how long nothing has come when it is believed that nothing is on its way any more.
const QUIET: Duration = Duration::from_millis(50);

/// What a server is told to do, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Run,
    /// Take no more.
    Pause,
    /// Give back what is not settled, and leave.
    Stop,
}

/// The task.
pub(super) struct Serving {
    pub(super) address: ServerAddress,
    /// How many messages of each link may be with the server.
    pub(super) credit: u32,
    pub(super) view: View<Peer>,
    pub(super) options: Arc<Amqp1Options>,
    pub(super) odd: Arc<Odd>,
    /// None once no more are handed on.
    pub(super) deliveries: Option<mpsc::Sender<Delivery>>,
    pub(super) phases: watch::Receiver<Phase>,
    pub(super) reached: watch::Sender<Phase>,
    /// Told when messages come for the first time, or that none will.
    pub(super) starting: Option<oneshot::Sender<Result<(), Fault>>>,
}

/// Why a server gets nothing any more.
enum End {
    /// It was told to stop, or nobody takes its messages.
    Stopped,
    /// The transport is closed.
    Closed,
    No(NoLink),
}

/// What happens to a server that has its links.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, which is taken apart at once")]
enum Happens {
    Came(usize, Result<Came<Body<Part>>, RecvError>),
    Verdicts,
    Phase,
    /// Nothing comes any more.
    Drained,
    Left,
}

/// A link of a server.
struct Link {
    receiver: Receiver,
    address: Arc<str>,
}

/// A server's links by one session.
struct Attached {
    links: [Link; LINKS],
    ledger: Arc<Ledger>,
    acks: Arc<Acks>,
    followed: Followed,
    connection: Arc<Peer>,
}

impl Serving {
    pub(super) async fn run(mut self) {
        let mut pauses = Pauses::new(self.options.link_retry_delay);
        loop {
            let no = match self.serve(&mut pauses).await {
                End::Stopped | End::Closed => break,
                End::No(no) => no,
            };
            if self.deliveries.is_none() {
                break;
            }
            if let (Some(starting), NoLink::Refused(error)) = (self.starting.take(), &no) {
                if !words::may_pass(error) {
                    let fault = words::fault(error);
                    let why = format!("the peer refuses a link of the server: {}", fault.why);
                    let _ = starting.send(Err(Fault { why, ..fault }));
                    break;
                }
                self.starting = Some(starting);
            }
            self.odd.lost(&format!("{}/{}", self.address.exchange, self.address.topic), &no.why());
            let mut phases = self.phases.clone();
            tokio::select! {
                () = sleep(pauses.next()) => {}
                () = told_to_leave(&mut phases) => break,
                () = closed(self.deliveries.as_ref()) => break,
            }
        }
        self.reached.send_replace(Phase::Stop);
    }

    /// Attaches the links, and takes messages until they are lost or nobody wants more.
    async fn serve(&mut self, pauses: &mut Pauses) -> End {
        let mut phases = self.phases.clone();
        let mut view = self.view.clone();
        let up = tokio::select! {
            biased;
            () = told_to_leave(&mut phases) => return End::Stopped,
            () = closed(self.deliveries.as_ref()) => return End::Stopped,
            up = view.up() => up,
        };
        let Ok(up) = up else { return End::Closed };
        let Begun { mut session, followed } = match up.connection.begin().await {
            Ok(begun) => begun,
            Err(why) => return End::No(NoLink::Lost(why)),
        };
        let ServerAddress { exchange, topic, server } = &self.address;
        let addressing = &up.connection.addressing;
        let addresses = [
            addressing.topic(exchange, topic),
            addressing.server(exchange, topic, server),
            addressing.fanout(exchange, topic),
        ];
        let mut links = Vec::with_capacity(LINKS);
        for address in addresses {
            match links::receiver(&mut session, &address, self.options.max_body).await {
                Ok(receiver) => links.push(Link { receiver, address: address.into() }),
                Err(no) => return End::No(no),
            }
        }
        let Ok(links) = <[Link; LINKS]>::try_from(links) else {
            return End::No(NoLink::Lost("not all links are attached".to_owned()));
        };
        let ledger = Ledger::new(followed.flushed());
        let acks = Arc::new(Acks(Arc::clone(&ledger)));
        let mut attached = Attached { links, ledger, acks, followed, connection: up.connection };
        for link in &mut attached.links {
            if let Err(error) = link.receiver.set_credit(self.credit).await {
                return End::No(NoLink::Lost(error.to_string()));
            }
        }
        if let Some(starting) = self.starting.take() {
            // Whoever does not wait for it any more has dropped what it is stopped by.
            let _ = starting.send(Ok(()));
        }
        pauses.works();
        let end = self.take(&mut attached, &mut phases).await;
        let ledger = Arc::clone(&attached.ledger);
        if let End::Stopped = end {
            let _ = timeout(GOODBYE, self.leave(attached)).await;
            let _ = timeout(GOODBYE, session.end()).await;
        }
        ledger.lose();
        end
    }

    /// Takes messages, and writes verdicts.
    async fn take(&mut self, attached: &mut Attached, phases: &mut watch::Receiver<Phase>) -> End {
        let mut draining = None;
        // When something came last, and when it is not waited for any more.
        let (mut last, mut at_last) = (Instant::now(), Instant::now());
        loop {
            let is_paused = self.deliveries.is_none();
            let happens = {
                let ledger = Arc::clone(&attached.ledger);
                let [any, own, all] = &mut attached.links;
                tokio::select! {
                    () = ledger.changed() => Happens::Verdicts,
                    came = any.receiver.recv() => Happens::Came(0, came),
                    came = own.receiver.recv() => Happens::Came(1, came),
                    came = all.receiver.recv() => Happens::Came(2, came),
                    // An error says that the one who could stop it is gone.
                    told = phases.changed() => if told.is_ok() { Happens::Phase } else { Happens::Left },
                    () = closed(self.deliveries.as_ref()) => Happens::Left,
                    Some(()) = OptionFuture::from(draining.as_mut()) => Happens::Drained,
                }
            };
            let done = match happens {
                Happens::Came(link, Ok(came)) => {
                    last = Instant::now();
                    let (info, message) = came.into_parts();
                    let read = message::request(message).map_err(str::to_owned);
                    self.hand_on(attached, link, info, read);
                    Ok(())
                }
                Happens::Came(link, Err(RecvError::MessageDecode(error))) => {
                    let unread = Err(error.source.to_string());
                    self.hand_on(attached, link, error.info, unread);
                    Ok(())
                }
                Happens::Came(_, Err(RecvError::LinkStateError(error))) => return End::No(lost(&error)),
                Happens::Came(_, Err(error)) => return End::No(NoLink::Lost(error.to_string())),
                Happens::Verdicts => attached.settle((!is_paused).then_some(self.credit)).await,
                Happens::Drained if last.elapsed() < QUIET && Instant::now() < at_last => {
                    draining = Some(sleep(QUIET).boxed());
                    Ok(())
                }
                Happens::Drained => {
                    draining = None;
                    self.reached.send_replace(Phase::Pause);
                    Ok(())
                }
                Happens::Left => return End::Stopped,
                Happens::Phase => {
                    let phase = *phases.borrow_and_update();
                    match phase {
                        Phase::Run => Ok(()),
                        Phase::Pause => {
                            self.deliveries = None;
                            at_last = after(GOODBYE);
                            draining = Some(drained(Arc::clone(&attached.connection)).boxed());
                            attached.pause().await
                        }
                        Phase::Stop => return End::Stopped,
                    }
                }
            };
            if let Err(why) = done {
                return End::No(NoLink::Lost(why));
            }
        }
    }

    /// Hands a message on to the server; what it cannot take goes back. One that cannot be read has nothing in it for the
    /// server, which rejects and counts it.
    fn hand_on(
        &self,
        attached: &Attached,
        link: usize,
        info: DeliveryInfo,
        read: Result<message::Read, String>,
    ) {
        let address = &attached.links[link].address;
        let is_settled = attached.followed.came_settled(info.delivery_id());
        let is_cast = read.as_ref().is_ok_and(|read| read.beside.reply_to.is_none());
        let room = self.deliveries.as_ref().and_then(|deliveries| deliveries.try_reserve().ok());
        let tag = match (&room, is_settled) {
            (_, true) => attached.ledger.hold_settled(link),
            // Who sends it would wait until a worker is free, and one of the server's own could wait for itself.
            (Some(_), false) if is_cast => attached.ledger.accept(link, info),
            _ => attached.ledger.hold(link, info),
        };
        let settle = Settle::new(attached.acks.clone(), tag);
        let Some(room) = room else {
            if is_settled {
                self.odd.rejected(address, "it came settled when the server was to stop");
            }
            return settle.reject(true);
        };
        let message::Read { mut body, beside, redelivered, history, expires } = read.unwrap_or_else(|why| {
            self.odd.rejected(address, &why);
            message::Read::unreadable()
        });
        let mut excess = None;
        if body.len() > self.options.max_body {
            excess = Some(Box::new(Excess { bytes: body.len(), caller: beside.caller() }));
            body.clear();
        }
        let delivery = Delivery {
            body,
            labels: Labels::json(),
            beside: Some(Box::new(beside)),
            redelivered,
            history,
            expires,
            queue: Arc::clone(address),
            excess,
            settle,
        };
        room.send(delivery);
    }

    /// Gives back what is held, and says goodbye.
    async fn leave(&self, mut attached: Attached) {
        let _ = attached.pause().await;
        attached.take_rest();
        let lost = attached.ledger.give_back();
        if lost > 0 {
            let ServerAddress { topic, server, .. } = &self.address;
            let (topic, server) = (printable(topic), printable(server));
            tracing::warn!(%topic, %server, casts = lost, "stopped before these casts were begun");
        }
        let _ = attached.settle(None).await;
        attached.ledger.written_up_to(attached.ledger.given()).await;
        for Link { receiver, .. } in attached.links {
            let _ = receiver.close().await;
        }
    }
}

impl Attached {
    /// Writes the verdicts that there are, and gives new credit for what was settled.
    async fn settle(&mut self, credit: Option<u32>) -> Result<(), String> {
        // Those of one link and one kind that follow each other go together; none before another.
        let mut run: Option<(usize, Verdict, Vec<DeliveryInfo>)> = None;
        for Given { link, info, verdict } in self.ledger.take() {
            let Some(info) = info else { continue };
            match &mut run {
                Some((of, kind, infos)) if *of == link && *kind == verdict => infos.push(info),
                _ => {
                    if let Some((link, verdict, infos)) = run.replace((link, verdict, vec![info])) {
                        self.links[link].dispose(infos, state(verdict)).await?;
                    }
                }
            }
        }
        if let Some((link, verdict, infos)) = run {
            self.links[link].dispose(infos, state(verdict)).await?;
        }
        let Some(credit) = credit else { return Ok(()) };
        for (link, Link { receiver, .. }) in self.links.iter_mut().enumerate() {
            let wanted = credit.saturating_sub(self.ledger.count(link));
            if wanted.saturating_sub(receiver.credit()) >= (credit / 2).max(1) {
                receiver.set_credit(wanted).await.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    /// Holds what has come and nobody has looked at: what is on a link that is closed is taken for failed.
    fn take_rest(&mut self) {
        for (link, Link { receiver, .. }) in self.links.iter_mut().enumerate() {
            while let Some(came) = receiver.recv::<Body<Part>>().now_or_never() {
                let info = match came {
                    Ok(came) => came.into_parts().0,
                    Err(RecvError::MessageDecode(error)) => error.info,
                    Err(_) => break,
                };
                if !self.followed.came_settled(info.delivery_id()) {
                    self.ledger.hold(link, info);
                }
            }
        }
    }

    /// Has the peer use the credit up. To take it back is no way: the library takes what is under way then for more than it has
    /// asked for, and ends the session.
    async fn pause(&mut self) -> Result<(), String> {
        for Link { receiver, .. } in &mut self.links {
            receiver.drain().await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

impl Link {
    async fn dispose(&self, infos: Vec<DeliveryInfo>, state: TerminalDeliveryState) -> Result<(), String> {
        self.receiver.dispose_all(infos, state).await.map_err(|error| error.to_string())
    }
}

/// Waits until the peer has learned that it is to send no more, and what it has sent before is here: it answers what it is
/// asked afterwards, and what is on its way to a link that is detached is taken for failed.
async fn drained(connection: Arc<Peer>) {
    // A session is what every peer answers for; it ends as it is dropped. It has ways of its own through the library, so that
    // it would overtake the word to the links, and what peers send in one go is in any order.
    sleep(QUIET).await;
    drop(timeout(GOODBYE, connection.begin()).await);
    sleep(QUIET).await;
}

fn state(verdict: Verdict) -> TerminalDeliveryState {
    match verdict {
        Verdict::Ack => Accepted {}.into(),
        Verdict::Reject { requeue: true } => Released {}.into(),
        Verdict::Reject { requeue: false } => Rejected { error: None }.into(),
    }
}

/// Peers that refuse a link may attach it and detach it at once.
fn lost(error: &LinkStateError) -> NoLink {
    match words::detached(error) {
        (_, Some(error)) => NoLink::Refused(error),
        (why, None) => NoLink::Lost(why),
    }
}

/// Waits for the word to take no more; whoever is gone that could give it wants nothing more.
async fn told_to_leave(phases: &mut watch::Receiver<Phase>) {
    let _ = phases.wait_for(|phase| *phase >= Phase::Pause).await;
}

/// Waits until nobody takes what is handed on.
async fn closed(deliveries: Option<&mpsc::Sender<Delivery>>) {
    match deliveries {
        Some(deliveries) => deliveries.closed().await,
        None => pending().await,
    }
}
