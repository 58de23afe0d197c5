//! What a caller sends, on its way to the servers of this process.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, TryAcquireError};
use tokio::time::{Instant, Sleep, sleep_until};

use super::super::message::{Address, Message, MessageType};
use super::super::odd::Odd;
use super::super::peer::{Foul, Inbox};
use super::super::zmtp::Multipart;
use super::caller::{Caller, Progress};
use super::place::{GONE, Place, Request};
use super::places::Places;
use super::unfinished::{Part, Unfinished};
use crate::clock::{after, later};

/// How long the word that requests were taken may wait for a reply to go with, if nobody waits for it.
const WORD_WITHIN: Duration = Duration::from_millis(20);

/// How many requests of a caller that keeps to no window may wait, and how many bytes of them.
const UNAGREED: (usize, usize) = (64, 1 << 20);

/// The inbox of a connection from a caller. Requests that find no room with their server wait here, each server's apart, so
/// that one which is slow holds up no other.
#[derive(Debug)]
pub(super) struct Requests {
    caller: Arc<Caller>,
    places: Arc<Places>,
    odd: Arc<Odd>,
    /// Whose requests are those that do not say it, as those of oslo.messaging.
    usual: Option<Arc<Place>>,
    lanes: Vec<Lane>,
    unfinished: Part,
    alarm: Pin<Box<Sleep>>,
}

/// The requests for one server.
struct Lane {
    place: Arc<Place>,
    progress: Arc<Progress>,
    /// The number of the last one of them that came.
    last: u64,
    waiting: VecDeque<(Option<Numbered>, Request)>,
    /// All of those.
    bytes: usize,
    /// Room that was asked for, for the first of them.
    room: Option<BoxFuture<'static, Result<OwnedSemaphorePermit, AcquireError>>>,
    /// Since when the caller does not know what was taken.
    untold: Option<Instant>,
    /// Whether somebody waits to know it.
    at_once: bool,
}

#[derive(Debug, Clone, Copy)]
struct Numbered {
    number: u64,
    at_once: bool,
}

impl Requests {
    pub(super) fn new(
        caller: Arc<Caller>,
        places: Arc<Places>,
        usual: Option<Arc<Place>>,
        odd: Arc<Odd>,
        unfinished: &Arc<Unfinished>,
    ) -> Self {
        let alarm = Box::pin(sleep_until(Instant::now()));
        Self { caller, places, odd, usual, lanes: Vec::new(), unfinished: Part::new(unfinished), alarm }
    }

    /// Takes a request: it waits in its lane until there is room for it.
    fn request(&mut self, message: Message) -> Result<(), Foul> {
        let Message { kind, id, body, extra } = message;
        let address = match &extra {
            Some(extra) if self.caller.is_ours() => Some(
                Address::read(extra)
                    .ok_or_else(|| Foul("a request is not addressed as was agreed".to_owned()))?,
            ),
            _ => None,
        };
        let is_call = kind == MessageType::Call;
        let place = match address {
            Some(address) => match self.lanes.iter().find(|lane| lane.place.number() == address.endpoint) {
                Some(lane) => Some(Arc::clone(&lane.place)),
                None => self.places.get(address.endpoint),
            },
            None => self.usual.clone().or_else(|| self.places.only()),
        };
        let Some(place) = place else {
            self.caller.refuse(&id, is_call, "nothing of that number is served here any more");
            return Ok(());
        };
        let caller = Arc::clone(&self.caller);
        let expires = address.and_then(|address| address.millis).map(Duration::from_millis).map(after);
        let request = Request { id, is_call, body, expires, caller };
        self.lane(place).add(address, request)
    }

    fn lane(&mut self, place: Arc<Place>) -> &mut Lane {
        let at = self.lanes.iter().position(|lane| Arc::ptr_eq(&lane.place, &place));
        let at = at.unwrap_or_else(|| {
            let progress = self.caller.progress_of(place.number());
            self.lanes.push(Lane::new(place, progress));
            self.lanes.len() - 1
        });
        &mut self.lanes[at]
    }
}

impl Inbox for Requests {
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let caller = &self.caller;
        self.lanes.retain_mut(|lane| {
            let is_open = lane.pump(cx);
            if !is_open {
                caller.forget(lane.place.number());
            }
            is_open
        });
        let full = !caller.is_ours() && self.lanes.iter().any(Lane::is_full);
        if full { Poll::Pending } else { Poll::Ready(()) }
    }

    fn take(&mut self, message: Multipart) -> Result<(), Foul> {
        match Message::try_from(message) {
            Ok(message) => match message.kind {
                MessageType::Call | MessageType::Cast | MessageType::Fanout => self.request(message),
                kind => {
                    self.odd.log(&format!("a {kind:?} came from a caller"));
                    Ok(())
                }
            },
            Err(bad) => {
                self.odd.log(&format!("a message of a caller cannot be read: {bad}"));
                Ok(())
            }
        }
    }

    fn keeps(&mut self, bytes: usize) -> Result<(), Foul> {
        match self.unfinished.keeps(bytes) {
            true => Ok(()),
            false => Err(Foul(format!(
                "all callers have begun too much, and this one a message of {bytes} bytes so far"
            ))),
        }
    }

    fn poll_word(&mut self, cx: &mut Context<'_>) -> Poll<Multipart> {
        if !self.caller.is_ours() {
            return Poll::Pending;
        }
        let now = Instant::now();
        let mut next: Option<Instant> = None;
        for lane in &mut self.lanes {
            let Some(since) = lane.untold else { continue };
            let at = later(since, WORD_WITHIN);
            if !(lane.at_once || lane.is_half_told() || at <= now) {
                next = Some(next.map_or(at, |next| next.min(at)));
                continue;
            }
            (lane.untold, lane.at_once) = (None, false);
            // If it was not told with a reply.
            if let Some(news) = lane.progress.news(lane.place.number()) {
                return Poll::Ready(Message::new(MessageType::Ack, "-", news.written()).into());
            }
        }
        if let Some(at) = next {
            if self.alarm.deadline() != at {
                self.alarm.as_mut().reset(at);
            }
            if self.alarm.as_mut().poll(cx).is_ready() {
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}

impl Lane {
    fn new(place: Arc<Place>, progress: Arc<Progress>) -> Self {
        let waiting = VecDeque::new();
        Self { place, progress, last: 0, waiting, bytes: 0, room: None, untold: None, at_once: false }
    }

    /// Adds one that keeps to what was agreed.
    fn add(&mut self, address: Option<Address>, request: Request) -> Result<(), Foul> {
        let bytes = request.body.len();
        let numbered = match address {
            Some(Address { number, at_once, .. }) => {
                if number <= self.last {
                    return Err(Foul(format!("the request {number} came after {}", self.last)));
                }
                if self.waiting.len() >= self.place.window() {
                    return Err(Foul(format!("more than {} requests wait", self.place.window())));
                }
                if !self.waiting.is_empty() && self.bytes + bytes > Place::WINDOW_BYTES {
                    return Err(Foul(format!("more than {} bytes of requests wait", Place::WINDOW_BYTES)));
                }
                self.last = number;
                Some(Numbered { number, at_once })
            }
            None => None,
        };
        self.bytes += bytes;
        self.waiting.push_back((numbered, request));
        Ok(())
    }

    /// Hands on what there is room for; `false` if there will be none any more, and whoever waits for it was told.
    fn pump(&mut self, cx: &mut Context<'_>) -> bool {
        while !self.waiting.is_empty() {
            let room = match &mut self.room {
                Some(room) => {
                    let Poll::Ready(room) = room.poll_unpin(cx) else { return true };
                    self.room = None;
                    room.ok()
                }
                None => match Arc::clone(self.place.room()).try_acquire_owned() {
                    Ok(room) => Some(room),
                    Err(TryAcquireError::Closed) => None,
                    Err(TryAcquireError::NoPermits) => {
                        self.room = Some(Arc::clone(self.place.room()).acquire_owned().boxed());
                        continue;
                    }
                },
            };
            let Some((numbered, request)) = self.waiting.pop_front() else { return true };
            self.bytes -= request.body.len();
            match room {
                Some(room) => match self.place.deliver(request, room) {
                    Ok(()) => self.taken(numbered),
                    Err(request) => self.refuse(&request),
                },
                None => self.refuse(&request),
            }
        }
        !self.place.room().is_closed()
    }

    fn taken(&mut self, numbered: Option<Numbered>) {
        if let Some(Numbered { number, at_once }) = numbered {
            self.progress.taken.store(number, Ordering::Release);
            self.untold.get_or_insert_with(Instant::now);
            self.at_once |= at_once;
        }
    }

    fn refuse(&self, request: &Request) {
        request.caller.refuse(&request.id, request.is_call, GONE);
    }

    /// Whether a caller that keeps to no window has to wait.
    fn is_full(&self) -> bool {
        let (requests, bytes) = UNAGREED;
        self.waiting.len() >= requests || self.bytes >= bytes
    }

    /// Whether half the window was taken and not told.
    fn is_half_told(&self) -> bool {
        let Progress { taken, told } = &*self.progress;
        let untold = taken.load(Ordering::Acquire).saturating_sub(told.load(Ordering::Acquire));
        untold >= u64::try_from(self.place.window() / 2).unwrap_or(u64::MAX).max(1)
    }
}

/// Callers' requests are theirs.
impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane")
            .field("last", &self.last)
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}
