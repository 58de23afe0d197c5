//! One place where servers may be, and the connection to it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::super::directory::PeerAddress;
use super::super::ours::{is_ours, process_of, ready};
use super::super::peer::{self, End};
use super::super::terms::Terms;
use super::answers::Answers;
use super::up::{Replies, Up};
use crate::lock::lock;
use crate::rare_log::rarely;
use crate::text::printable;

/// How long nothing is tried after the first failure and after many, if nobody asks for it.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// What the links of a transport have in common.
pub(super) struct Common {
    pub(super) terms: Terms,
    /// The transports that there is a connection to, by what they call themselves.
    pub(super) peers_up: Mutex<HashMap<String, Weak<Up>>>,
    pub(super) answers: Arc<Answers>,
    /// To be called when there is something else to be called somewhere.
    pub(super) changed: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common").field("terms", &self.terms).finish_non_exhaustive()
    }
}

impl Common {
    /// The connection to a process that there is already; else this is the one.
    fn known(&self, process: String, up: &Arc<Up>) -> Option<Arc<Up>> {
        let mut all = lock(&self.peers_up);
        all.retain(|_, up| up.upgrade().is_some_and(|up| !up.is_over()));
        match all.get(&process).and_then(Weak::upgrade) {
            Some(known) => Some(known),
            None => {
                all.insert(process, Arc::downgrade(up));
                None
            }
        }
    }
}

/// How a link is.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// It is being made, or the peer has not said yet what it serves.
    Connecting,
    Up(Arc<Up>),
    Down(String),
}

#[derive(Debug, Clone)]
struct State {
    stage: Stage,
    /// How many attempts have failed or ended.
    over: u64,
}

/// The way to a place. Its task connects whenever it is asked to, and by itself if it is to be kept.
#[derive(Debug)]
pub(super) struct Link {
    address: PeerAddress,
    state: watch::Sender<State>,
    /// Has it tried again.
    asked: Notify,
    /// What the directory says is there: a topic, and maybe one server of it. Peers that do not say it themselves are believed to
    /// serve it.
    listed: Mutex<HashSet<(String, Option<String>)>>,
    task: OnceLock<AbortHandle>,
}

impl Link {
    pub(super) fn new(address: PeerAddress) -> Self {
        let state = watch::Sender::new(State { stage: Stage::Connecting, over: 0 });
        Self { address, state, asked: Notify::new(), listed: Mutex::default(), task: OnceLock::new() }
    }

    pub(super) fn address(&self) -> &PeerAddress {
        &self.address
    }

    pub(super) fn stage(&self) -> Stage {
        self.state.borrow().stage.clone()
    }

    /// What was resolved to this place; whether that is new.
    pub(super) fn list(&self, topic: &str, server: Option<&str>) -> bool {
        lock(&self.listed).insert((topic.to_owned(), server.map(str::to_owned)))
    }

    pub(super) fn unlist(&self, topic: &str, server: Option<&str>) -> bool {
        lock(&self.listed).remove(&(topic.to_owned(), server.map(str::to_owned)))
    }

    pub(super) fn is_listed(&self) -> bool {
        !lock(&self.listed).is_empty()
    }

    pub(super) fn listed(&self) -> Vec<(String, Option<String>)> {
        lock(&self.listed).iter().cloned().collect()
    }

    /// Waits until it is known whether the place can be reached now: an attempt that is under way counts, one that failed
    /// before is made again.
    pub(super) async fn settled(&self, deadline: Instant) {
        let mut state = self.state.subscribe();
        let before = state.borrow_and_update().clone();
        if let Stage::Down(_) = before.stage {
            self.asked.notify_one();
        }
        let is_settled = |state: &State| matches!(state.stage, Stage::Up(_)) || state.over > before.over;
        let _ = timeout_at(deadline, state.wait_for(is_settled)).await;
    }

    pub(super) fn runs_by(&self, task: AbortHandle) {
        let _ = self.task.set(task);
    }

    /// Ends its task and its connection.
    pub(super) fn end(&self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }

    /// Waits until there is no connection, for so long.
    pub(super) async fn is_down(&self, deadline: Instant) {
        let mut state = self.state.subscribe();
        let down = state.wait_for(|state| !matches!(state.stage, Stage::Up(_)));
        let _ = timeout_at(deadline, down).await;
    }

    /// What can be called there is known.
    pub(super) fn is_up(&self, up: &Arc<Up>) {
        if !matches!(self.stage(), Stage::Up(_)) {
            self.enter(Stage::Up(Arc::clone(up)));
        }
    }

    fn enter(&self, stage: Stage) {
        self.state.send_modify(|state| {
            state.over += u64::from(matches!(stage, Stage::Down(_)));
            state.stage = stage;
        });
    }

    /// Connects as long as the transport is there. `is_kept` says that it tries again by itself.
    pub(super) async fn run(self: Arc<Self>, common: Arc<Common>, is_kept: bool) {
        let mut backoff = BACKOFF.0;
        loop {
            self.enter(Stage::Connecting);
            let began = Instant::now();
            let (why, is_odd) = match self.once(&common).await {
                Ok(end) => (printable(&end.to_string()), end != End::Closed),
                Err(why) => (why, true),
            };
            let came_up = matches!(self.stage(), Stage::Up(_));
            self.enter(Stage::Down(why.clone()));
            (common.changed)();
            if came_up {
                backoff = BACKOFF.0;
            }
            if came_up && is_odd {
                let address = &self.address;
                rarely!(common.answers.odd.peers, warn, %address, why, "a connection to servers has ended");
            }
            let pause = async {
                match is_kept || (came_up && began.elapsed() > backoff) {
                    true => sleep(backoff).await,
                    false => pending().await,
                }
            };
            tokio::select! {
                () = pause => backoff = (2 * backoff).min(BACKOFF.1),
                () = self.asked.notified() => {}
            }
        }
    }

    fn when_served(self: &Arc<Self>, up: &Arc<Up>, common: &Arc<Common>) -> Box<dyn Fn() + Send> {
        let (link, up, common) = (Arc::clone(self), Arc::downgrade(up), Arc::clone(common));
        Box::new(move || {
            if let Some(up) = up.upgrade() {
                link.is_up(&up);
                (common.changed)();
            }
        })
    }

    /// One connection, from its beginning to its end.
    ///
    /// # Errors
    /// Why there is none.
    async fn once(self: &Arc<Self>, common: &Arc<Common>) -> Result<End, String> {
        let address = (self.address.host(), self.address.port());
        let tcp = match timeout(common.terms.peers.handshake, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => tcp,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err(format!("no answer within {:?}", common.terms.peers.handshake)),
        };
        if is_of_itself(&tcp) {
            return Err("Connection refused: nobody listens there".to_owned());
        }
        let secured = common.terms.security.connected(tcp, self.address.host());
        let stream = match timeout(common.terms.peers.handshake, secured).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err(format!("no TLS within {:?}", common.terms.peers.handshake)),
        };
        let up = Arc::new(Up::new());
        let inbox = Replies {
            up: Arc::clone(&up),
            answers: Arc::clone(&common.answers),
            served: self.when_served(&up, common),
            is_ours: false,
        };
        let (peer, mut connection) =
            match peer::connect(stream, ready(&common.terms.process), inbox, &common.terms.peers).await {
                Ok(opened) => opened,
                Err(end) => return Err(printable(&end.to_string())),
            };
        let is_ours = is_ours(peer.theirs());
        connection.inbox().is_ours = is_ours;
        let process = process_of(peer.theirs()).filter(|_| is_ours);
        if let Some(known) = process.and_then(|process| common.known(process, &up)) {
            // One connection to each process, however many addresses it has.
            drop((peer, connection));
            self.is_up(&known);
            return Ok(known.over().await);
        }
        up.ready(peer);
        let end = if is_ours {
            let mut state = self.state.subscribe();
            let says = async {
                let said = state.wait_for(|state| matches!(state.stage, Stage::Up(_)));
                if timeout(common.terms.peers.handshake, said).await.is_ok() {
                    pending().await
                }
            };
            tokio::select! {
                end = connection => end,
                () = says => End::NotInTime(common.terms.peers.handshake),
            }
        } else {
            self.is_up(&up);
            (common.changed)();
            connection.await
        };
        up.end(&end, &common.answers);
        Ok(end)
    }
}

/// Whether a connection to a port of this machine at which nobody listens was made from that very port, which TCP takes for
/// both sides' opening at once. As long as it is there no server can have the port.
fn is_of_itself(tcp: &TcpStream) -> bool {
    matches!((tcp.local_addr(), tcp.peer_addr()), (Ok(local), Ok(peer)) if local == peer)
}
