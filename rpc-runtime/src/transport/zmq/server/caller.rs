//! Who has connected to this process to call its servers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::super::message::{Message, MessageType, Taken};
use super::super::peer::{End, Outcome, Peer, SendError, SendFault};
use super::super::zmtp::Multipart;
use crate::clock::after;
use crate::error::{Reached, RemoteError};
use crate::lock::lock;
use crate::wire::MessageFormat;

/// How long a word to a caller that nobody waits for may wait to be written.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long replies to callers of oslo.messaging are held back: they look for a call only some time after they have sent it,
/// and lose a reply that is there before.
const FORGETFUL: Duration = Duration::from_millis(5);

/// A connection that callers of servers have made.
#[derive(Debug)]
pub(super) struct Caller {
    number: u64,
    /// There once it is ready, which is before anything comes.
    peer: OnceLock<Peer>,
    /// Whether it is of this project.
    is_ours: OnceLock<bool>,
    /// How far each endpoint has taken what came, for a caller of this project.
    progress: Mutex<Vec<(u64, Arc<Progress>)>>,
}

/// Up to which number an endpoint has taken requests, and up to which the caller knows.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) taken: AtomicU64,
    pub(super) told: AtomicU64,
}

impl Progress {
    /// What the caller does not know yet. It counts as told from now on.
    pub(super) fn news(&self, endpoint: u64) -> Option<Taken> {
        let up_to = self.taken.load(Ordering::Acquire);
        let before = self.told.fetch_max(up_to, Ordering::AcqRel);
        (before < up_to).then_some(Taken { endpoint, up_to })
    }

    /// What was told last has not gone out.
    pub(super) fn untold(&self) {
        self.told.store(0, Ordering::Release);
    }
}

impl Caller {
    pub(super) fn new(number: u64) -> Self {
        let (peer, is_ours) = (OnceLock::new(), OnceLock::new());
        Self { number, peer, is_ours, progress: Mutex::default() }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn ready(&self, peer: Peer, is_ours: bool) {
        let _ = self.is_ours.set(is_ours);
        let _ = self.peer.set(peer);
    }

    pub(super) fn is_ours(&self) -> bool {
        self.is_ours.get().is_some_and(|is_ours| *is_ours)
    }

    /// Where the reply to a request goes: this caller, what the endpoint has taken, and the request.
    pub(super) fn place_of_reply(&self, endpoint: u64, id: &str) -> String {
        format!("{}/{endpoint}/{id}", self.number)
    }

    /// What the caller has to know of an endpoint.
    pub(super) fn progress_of(&self, endpoint: u64) -> Arc<Progress> {
        let mut all = lock(&self.progress);
        let known =
            all.iter().find(|(number, _)| *number == endpoint).map(|(_, progress)| Arc::clone(progress));
        known.unwrap_or_else(|| {
            let progress = Arc::<Progress>::default();
            all.push((endpoint, Arc::clone(&progress)));
            progress
        })
    }

    pub(super) fn forget(&self, endpoint: u64) {
        lock(&self.progress).retain(|(number, _)| *number != endpoint);
    }

    /// The reply to a request, and with it what else there is to be said.
    pub(super) fn reply(&self, endpoint: u64, id: &str, body: Bytes) -> Multipart {
        let reply = Message::new(MessageType::Reply, id, body);
        let known = lock(&self.progress);
        let progress = known.iter().find(|(number, _)| *number == endpoint);
        match progress.and_then(|(_, progress)| progress.news(endpoint)) {
            Some(news) => reply.with_extra(news.written()).into(),
            None => reply.into(),
        }
    }

    /// Sends a reply that does not go at once, as soon as there is room for it.
    pub(super) async fn reply_later(
        &self,
        endpoint: u64,
        id: &str,
        body: Bytes,
        deadline: Instant,
    ) -> Outcome {
        if !self.is_ours() {
            sleep(FORGETFUL).await;
        }
        let gone = SendError { fault: SendFault::Ended(End::Closed), reached: Reached::NotSent };
        let Some(peer) = self.peer() else { return Err(gone) };
        let room = peer.room(body.len(), deadline).await?;
        peer.put(self.reply(endpoint, id, body), deadline, room)?.await
    }

    pub(super) fn peer(&self) -> Option<&Peer> {
        self.peer.get()
    }

    /// Tells a caller that a request is not executed: one of this project with the word for it, another one with a failure,
    /// if it waits for a reply.
    pub(super) fn refuse(&self, id: &str, is_call: bool, why: &str) {
        if self.is_ours() {
            self.say(Message::new(MessageType::Refused, id, Bytes::copy_from_slice(why.as_bytes())));
        } else if is_call {
            let failure = MessageFormat::Direct.failure("", &RemoteError::builtin("RuntimeError", why));
            self.say(Message::new(MessageType::Reply, id, failure));
        }
    }

    /// A reply was not written in time: the caller has had time for what was before it as well, and takes nothing any more.
    pub(super) fn late(&self, error: &SendError) {
        if let (SendFault::Expired, Some(peer)) = (&error.fault, self.peer()) {
            peer.cut();
        }
    }

    /// Says something that has to be heard: a caller that takes nothing any more is not kept.
    pub(super) fn say(&self, message: Message) {
        if let Some(peer) = self.peer()
            && let Err(error) = peer.offer(message.into(), after(PATIENCE))
            && error.fault == SendFault::Full
        {
            peer.cut();
        }
    }
}
