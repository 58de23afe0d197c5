//! The way to one endpoint of a peer of this project, with the window that it keeps to.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};
use tokio::time::{Instant, timeout_at};

use super::super::message::{Address, Message, MessageType};
use super::super::peer::{End, Peer, Room, SendError, SendFault, Ticket};
use super::super::served::Endpoint;
use crate::error::Reached;
use crate::lock::lock;

/// The bytes that a permit stands for.
const UNIT: usize = 1 << 10;

/// What becomes of a request that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Taken,
    /// It will not be executed.
    Refused(String),
    /// The connection has ended before anything was heard of it.
    Ended {
        why: End,
        reached: Reached,
    },
}

/// A request, as often as it has to be tried.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) kind: MessageType,
    pub(super) id: [u8; 32],
    pub(super) body: Bytes,
    /// How long its sender waits for what comes of it.
    pub(super) until: Option<Instant>,
    /// When there is no sense in sending it any more.
    pub(super) deadline: Instant,
    /// Whether its sender waits to hear that it was taken.
    pub(super) at_once: bool,
}

impl Request {
    pub(super) fn id(&self) -> &str {
        // It was made of digits.
        str::from_utf8(&self.id).unwrap_or_default()
    }

    pub(super) fn message(&self) -> Message {
        Message::new(self.kind, self.id(), self.body.clone())
    }
}

/// The requests on their way to an endpoint. No more are than it lets in; the others wait here, until their deadlines.
#[derive(Debug)]
pub(super) struct Lane {
    endpoint: Endpoint,
    window: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    all_bytes: usize,
    /// How many requests nothing has come of yet.
    busy: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    flying: VecDeque<Flying>,
    /// Whether nothing more is sent.
    closed: bool,
    ended: Option<End>,
}

/// A request that was handed over and not taken yet, as far as is known.
#[derive(Debug)]
struct Flying {
    number: u64,
    id: [u8; 32],
    ticket: Ticket,
    fate: oneshot::Sender<Fate>,
    _room: [OwnedSemaphorePermit; 2],
}

/// One that its sender may wait for.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) number: u64,
    pub(super) fate: oneshot::Receiver<Fate>,
    /// Counts as long as it is there; that of a call is with the call.
    pub(super) busy: Option<Busy>,
}

impl Lane {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        let most = u64::try_from(Semaphore::MAX_PERMITS.min(u32::MAX as usize)).unwrap_or(u64::MAX);
        let permits = |count: u64| usize::try_from(count.clamp(1, most)).unwrap_or(usize::MAX);
        let all_bytes = permits(endpoint.bytes / UNIT as u64);
        Self {
            window: Arc::new(Semaphore::new(permits(u64::from(endpoint.window)))),
            bytes: Arc::new(Semaphore::new(all_bytes)),
            all_bytes,
            endpoint,
            busy: AtomicUsize::default(),
            state: Mutex::default(),
        }
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// How much it has to do: the fewer, the sooner it takes more.
    pub(super) fn busy(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }

    /// Whether a request would have to wait before it is sent.
    pub(super) fn is_full(&self) -> bool {
        self.window.available_permits() == 0
    }

    /// Sends a request if there is room for it now, as [`send`](Self::send) does; else nothing is done.
    pub(super) fn send_now(
        &self,
        peer: &Peer,
        request: &Request,
        begin: impl FnOnce(),
    ) -> Option<Result<InFlight, SendError>> {
        let (bytes, units) = self.size(request);
        let rooms = || {
            let window = Arc::clone(&self.window).try_acquire_owned()?;
            Ok([window, Arc::clone(&self.bytes).try_acquire_many_owned(units)?])
        };
        match rooms() {
            Ok(rooms) => Some(self.put(peer, request, rooms, peer.room_now(bytes)?, begin)),
            Err(TryAcquireError::NoPermits) => None,
            Err(TryAcquireError::Closed) => Some(Err(self.ended())),
        }
    }

    /// Sends a request as soon as there is room for it, `begin` being called just before. Nothing of it is sent if that fails.
    pub(super) async fn send(
        &self,
        peer: &Peer,
        request: &Request,
        begin: impl FnOnce(),
    ) -> Result<InFlight, SendError> {
        let (bytes, units) = self.size(request);
        let rooms = async {
            let window = Arc::clone(&self.window).acquire_owned().await;
            let bytes = Arc::clone(&self.bytes).acquire_many_owned(units).await;
            (window.ok(), bytes.ok())
        };
        let rooms = match timeout_at(request.deadline, rooms).await {
            Ok((Some(window), Some(bytes))) => [window, bytes],
            Ok(_) => return Err(self.ended()),
            Err(_) => return Err(not_sent(SendFault::Expired)),
        };
        let room = peer.room(bytes, request.deadline).await?;
        self.put(peer, request, rooms, room, begin)
    }

    /// The bytes of a request, and how many permits they are. What is larger than all has all.
    fn size(&self, request: &Request) -> (usize, u32) {
        let bytes = request.body.len();
        (bytes, u32::try_from((1 + bytes / UNIT).min(self.all_bytes)).unwrap_or(u32::MAX))
    }

    fn put(
        &self,
        peer: &Peer,
        request: &Request,
        rooms: [OwnedSemaphorePermit; 2],
        room: Room,
        begin: impl FnOnce(),
    ) -> Result<InFlight, SendError> {
        let mut state = lock(&self.state);
        if state.closed {
            drop(state);
            return Err(self.ended());
        }
        // In the same step: what has begun is ended with the lane, and what has not goes elsewhere.
        begin();
        // In one step, so that the numbers come in the order in which they are written.
        let number = state.last + 1;
        let address = Address {
            endpoint: self.endpoint.number,
            number,
            millis: request.until.map(|until| millis(until.saturating_duration_since(Instant::now()))),
            at_once: request.at_once,
        };
        let message = request.message().with_extra(address.written());
        let ticket = peer.put(message.into(), request.deadline, room)?;
        let (fate, receiver) = oneshot::channel();
        state.last = number;
        state.flying.push_back(Flying { number, id: request.id, ticket, fate, _room: rooms });
        Ok(InFlight { number, fate: receiver, busy: None })
    }

    /// Sends nothing more; what was sent may still be taken.
    pub(super) fn close(&self) {
        // Also what has got room already.
        lock(&self.state).closed = true;
        self.window.close();
        self.bytes.close();
    }

    /// Whether there is something on its way that was not taken.
    pub(super) fn is_flying(&self) -> bool {
        !lock(&self.state).flying.is_empty()
    }

    /// Requests up to this number have been taken.
    pub(super) fn taken(&self, up_to: u64) {
        let mut state = lock(&self.state);
        let count = state.flying.iter().take_while(|flying| flying.number <= up_to).count();
        let taken: Vec<_> = state.flying.drain(..count).collect();
        drop(state);
        for flying in taken {
            let _ = flying.fate.send(Fate::Taken);
        }
    }

    /// A request will not be executed; whether it was one of those that were not taken yet.
    pub(super) fn refused(&self, id: &[u8; 32], why: &str) -> bool {
        let mut state = lock(&self.state);
        let at = state.flying.iter().position(|flying| flying.id == *id);
        let flying = at.and_then(|at| state.flying.remove(at));
        drop(state);
        let Some(flying) = flying else { return false };
        let _ = flying.fate.send(Fate::Refused(why.to_owned()));
        true
    }

    /// What to say of a request whose time is over: if it was not written it never is.
    pub(super) fn give_up(&self, number: u64) -> Reached {
        let mut state = lock(&self.state);
        let Ok(at) = state.flying.binary_search_by_key(&number, |flying| flying.number) else {
            return Reached::Sent;
        };
        match state.flying[at].ticket.give_up() {
            Err(error) if error.reached == Reached::NotSent => {
                let gone = state.flying.remove(at);
                drop(state);
                drop(gone);
                Reached::NotSent
            }
            _ => Reached::Sent,
        }
    }

    /// No connection leads there any more; the ids of those that were never written.
    pub(super) fn end(&self, why: &End) -> Vec<[u8; 32]> {
        let mut state = lock(&self.state);
        state.closed = true;
        state.ended.get_or_insert_with(|| why.clone());
        let flying = std::mem::take(&mut state.flying);
        drop(state);
        self.close();
        let mut unwritten = Vec::new();
        for Flying { id, ticket, fate, .. } in flying {
            let reached = match ticket.give_up() {
                Err(error) => error.reached,
                Ok(()) => Reached::Sent,
            };
            if reached == Reached::NotSent {
                unwritten.push(id);
            }
            let _ = fate.send(Fate::Ended { why: why.clone(), reached });
        }
        unwritten
    }

    fn ended(&self) -> SendError {
        let why = lock(&self.state).ended.clone().unwrap_or(End::Closed);
        not_sent(SendFault::Ended(why))
    }
}

/// That a lane has one more thing to do.
#[derive(Debug)]
pub(super) struct Busy(Arc<Lane>);

impl Busy {
    pub(super) fn new(lane: &Arc<Lane>) -> Self {
        lane.busy.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(lane))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

fn not_sent(fault: SendFault) -> SendError {
    SendError { fault, reached: Reached::NotSent }
}

/// At least one: none would be over when it comes.
fn millis(left: std::time::Duration) -> u64 {
    u64::try_from(left.as_millis()).unwrap_or(u64::MAX).max(1)
}
