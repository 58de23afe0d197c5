//! A peer as long as its connection is there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};

use futures::task::AtomicWaker;
use tokio::sync::watch;

use super::super::message::{Message, MessageType, Taken};
use super::super::ours::is_ours;
use super::super::peer::{End, Foul, Inbox, Peer};
use super::super::served::Served;
use super::super::zmtp::Multipart;
use super::answers::Answers;
use super::lane::{Busy, Lane};
use crate::error::{Fault, FaultKind};
use crate::lock::lock;
use crate::text::printable;
use crate::transport::calls::Calls;
use crate::transport::driver::{Delivery, History, LIGHT, Labels, Settle, Settler, Verdict};
use crate::wire::Beside;

/// How many bytes of replies may wait to be read before no more are taken from the connection.
const UNREAD: usize = 32 << 20;

/// A server process that requests can be sent to.
#[derive(Debug)]
pub(super) struct Up {
    peer: OnceLock<Peer>,
    lanes: Mutex<Lanes>,
    calls: Mutex<Calls<Option<Busy>>>,
    ended: watch::Sender<Option<End>>,
    unread: Arc<Unread>,
}

#[derive(Debug, Default)]
struct Lanes {
    /// What it serves, of a peer of this project that has said it.
    served: Option<Vec<Arc<Lane>>>,
    /// What it does not serve any more, and may not have taken.
    leaving: Vec<Arc<Lane>>,
}

impl Up {
    pub(super) fn new() -> Self {
        Self {
            peer: OnceLock::new(),
            lanes: Mutex::default(),
            calls: Mutex::default(),
            ended: watch::Sender::new(None),
            unread: Arc::default(),
        }
    }

    pub(super) fn ready(&self, peer: Peer) {
        let _ = self.peer.set(peer);
    }

    pub(super) fn peer(&self) -> Option<&Peer> {
        self.peer.get()
    }

    /// Whether it says by itself what it serves.
    pub(super) fn tells(&self) -> bool {
        self.peer().is_some_and(|peer| is_ours(peer.theirs()))
    }

    /// What it serves; none of a peer that does not say it.
    pub(super) fn lanes(&self) -> Option<Vec<Arc<Lane>>> {
        lock(&self.lanes).served.clone()
    }

    pub(super) fn calls(&self) -> std::sync::MutexGuard<'_, Calls<Option<Busy>>> {
        lock(&self.calls)
    }

    /// Whether the connection has ended.
    pub(super) fn is_over(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// Waits for its end, and says why it came.
    pub(super) async fn over(&self) -> End {
        let mut ended = self.ended.subscribe();
        let end = ended.wait_for(Option::is_some).await.ok().and_then(|end| end.clone());
        end.unwrap_or(End::Closed)
    }

    /// Takes what the peer says of itself: what was there before goes on, what is gone ends.
    fn serve(&self, served: Served) {
        let mut lanes = lock(&self.lanes);
        let mut before: HashMap<_, _> = lanes.served.take().into_iter().flatten().map(by_number).collect();
        let now = served.0.into_iter().map(|endpoint| match before.remove(&endpoint.number) {
            Some(known) if *known.endpoint() == endpoint => known,
            _ => Arc::new(Lane::new(endpoint)),
        });
        lanes.served = Some(now.collect());
        // Those that wait to be sent there go elsewhere; of the others the peer itself says what becomes of them.
        before.values().for_each(|lane| lane.close());
        lanes.leaving.extend(before.into_values());
        lanes.leaving.retain(|lane| lane.is_flying());
    }

    /// Whether the peer serves nothing any more, and nothing is expected of it.
    fn is_done(&self) -> bool {
        let lanes = lock(&self.lanes);
        let serves_nothing = lanes.served.as_ref().is_some_and(Vec::is_empty);
        let is_done = serves_nothing && !lanes.leaving.iter().any(|lane| lane.is_flying());
        drop(lanes);
        is_done && !self.calls().are_awaited()
    }

    fn lane(&self, endpoint: u64) -> Option<Arc<Lane>> {
        let lanes = lock(&self.lanes);
        let mut all = lanes.served.iter().flatten().chain(&lanes.leaving);
        all.find(|lane| lane.endpoint().number == endpoint).cloned()
    }

    fn all_lanes(&self) -> Vec<Arc<Lane>> {
        let lanes = lock(&self.lanes);
        lanes.served.iter().flatten().chain(&lanes.leaving).cloned().collect()
    }

    /// Ends all that is under way.
    pub(super) fn end(&self, end: &End, answers: &Answers) {
        self.ended.send_replace(Some(end.clone()));
        let unwritten: Vec<_> = self.all_lanes().iter().flat_map(|lane| lane.end(end)).collect();
        let sent = {
            let mut calls = self.calls();
            // They are sent by another connection.
            unwritten.iter().for_each(|id| {
                calls.remove(id);
            });
            calls.take()
        };
        for id in sent {
            answers.lose(id, lost(end));
        }
    }
}

/// What is said of a request whose connection has ended, whatever was heard of it before.
pub(super) fn lost(end: &End) -> Fault {
    let why = format!("the connection to the server was lost: {end}");
    Fault::new(Fault::from(end.clone()).kind, why)
}

fn by_number(lane: Arc<Lane>) -> (u64, Arc<Lane>) {
    (lane.endpoint().number, lane)
}

/// The inbox of a connection to a server.
pub(super) struct Replies {
    pub(super) up: Arc<Up>,
    pub(super) answers: Arc<Answers>,
    /// Is called when the peer has said what it serves.
    pub(super) served: Box<dyn Fn() + Send>,
    pub(super) is_ours: bool,
}

impl Replies {
    fn reply(&mut self, message: Message) -> Result<(), Foul> {
        let Message { id, body, extra, .. } = message;
        if let Some(extra) = extra {
            self.taken(&extra)?;
        }
        // A body without a byte is a sign of life, and the reply is yet to come.
        if let Ok(id) = <&[u8; 32]>::try_from(id.as_bytes())
            && !body.is_empty()
        {
            self.up.calls().remove(id);
        }
        let settle = if body.len() > LIGHT {
            self.up.unread.bytes.fetch_add(body.len(), Ordering::AcqRel);
            Settle::new(Arc::<Unread>::clone(&self.up.unread), body.len() as u64)
        } else {
            Settle::nothing()
        };
        self.answers.reply(Delivery {
            body,
            labels: Labels::default(),
            beside: Some(Box::new(Beside { id, reply_to: None })),
            redelivered: false,
            history: History::default(),
            expires: None,
            queue: Arc::clone(&self.answers.name),
            excess: None,
            settle,
        });
        Ok(())
    }

    fn taken(&self, word: &[u8]) -> Result<(), Foul> {
        let taken = Taken::read(word).ok_or_else(|| Foul("an ack is not as was agreed".to_owned()))?;
        // One that is gone meanwhile may still say something.
        if let Some(lane) = self.up.lane(taken.endpoint) {
            lane.taken(taken.up_to);
        }
        Ok(())
    }

    fn refused(&self, id: &str, body: &[u8]) {
        let why = String::from_utf8_lossy(body);
        let Ok(id) = <&[u8; 32]>::try_from(id.as_bytes()) else { return };
        let is_call = self.up.calls().remove(id);
        if !self.up.all_lanes().iter().any(|lane| lane.refused(id, &why)) && is_call {
            self.answers.lose(*id, Fault::new(FaultKind::NotConnected, printable(&why)));
        }
    }
}

impl Inbox for Replies {
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let unread = &self.up.unread;
        if unread.is_little() {
            return Poll::Ready(());
        }
        unread.waker.register(cx.waker());
        if unread.is_little() { Poll::Ready(()) } else { Poll::Pending }
    }

    fn take(&mut self, message: Multipart) -> Result<(), Foul> {
        let message = match Message::try_from(message) {
            Ok(message) => message,
            Err(bad) => {
                self.answers.odd.log(&format!("a message of a server cannot be read: {bad}"));
                return Ok(());
            }
        };
        match message.kind {
            MessageType::Reply => self.reply(message)?,
            MessageType::Ack if self.is_ours => self.taken(&message.body)?,
            MessageType::Refused if self.is_ours => self.refused(&message.id, &message.body),
            MessageType::Served if self.is_ours => {
                let served = Served::read(&message.body)
                    .map_err(|why| Foul(format!("what it serves cannot be read: {why}")))?;
                self.up.serve(served);
                (self.served)();
            }
            kind => self.answers.odd.log(&format!("a {kind:?} came from a server")),
        }
        if self.up.is_done()
            && let Some(peer) = self.up.peer()
        {
            peer.close();
        }
        Ok(())
    }
}

/// The large replies that came and were not read yet.
#[derive(Debug, Default)]
struct Unread {
    bytes: AtomicUsize,
    waker: AtomicWaker,
}

impl Unread {
    fn is_little(&self) -> bool {
        self.bytes.load(Ordering::Acquire) < UNREAD
    }
}

/// What is settled is read, whatever came of it; the tag says how long it is.
impl Settler for Unread {
    fn settle(&self, bytes: u64, _: Verdict) -> bool {
        self.bytes.fetch_sub(usize::try_from(bytes).unwrap_or(0), Ordering::AcqRel);
        self.waker.wake();
        true
    }

    fn holds(&self, _: u64) -> bool {
        true
    }
}
