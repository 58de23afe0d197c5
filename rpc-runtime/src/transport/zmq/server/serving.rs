//! The servers of a transport, and their callers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::super::directory::{Directory, Lease, PeerAddress};
use super::super::odd::Odd;
use super::super::options::ZmqOptions;
use super::super::ours::{is_ours, ready};
use super::super::peer;
use super::super::tasks::Tasks;
use super::super::terms::Terms;
use super::caller::Caller;
use super::door::{Door, Welcome, bind_any, bind_one_of};
use super::inbox::Requests;
use super::place::Place;
use super::places::Places;
use super::unfinished::Unfinished;
use crate::clock::after;
use crate::error::{Fault, FaultKind};
use crate::lock::lock;
use crate::rare_log::rarely;
use crate::text::printable;
use crate::transport::driver::{ListenOptions, Listener, ServerAddress, StopListening};

/// How many requests may be with a server unsettled that says nothing else.
const PREFETCH: u16 = 100;

/// How many connections of callers there may be: what comes beyond is closed at once.
const MOST_CALLERS: usize = 4096;

/// How long a server that starts waits to be in the directory.
const ANNOUNCEMENT: Duration = Duration::from_secs(30);

/// How long a server that stops waits to be taken out of the directory.
const WITHDRAWAL: Duration = Duration::from_secs(2);

/// Where servers of this process listen.
#[derive(Debug)]
pub(in super::super) enum Doors {
    /// All at the first of these that is free: who connects is told what is there.
    Shared(Vec<PeerAddress>),
    /// Each at a port of its own, as oslo.messaging finds them.
    OfEach,
}

/// The servers of a transport, and their callers.
#[derive(Debug)]
pub(in super::super) struct Serving {
    options: ZmqOptions,
    terms: Terms,
    doors: Doors,
    directory: Arc<dyn Directory>,
    tasks: Arc<Tasks>,
    odd: Arc<Odd>,
    places: Arc<Places>,
    next_caller: AtomicU64,
    pub(super) callers: Mutex<HashMap<u64, Arc<Caller>>>,
    /// One for each connection, whatever it has said so far.
    seats: Arc<Semaphore>,
    unfinished: Arc<Unfinished>,
    /// Rings when a caller has gone.
    left: Notify,
    shared: tokio::sync::Mutex<Weak<Door>>,
}

impl Serving {
    pub(in super::super) fn new(
        options: ZmqOptions,
        terms: Terms,
        doors: Doors,
        directory: Arc<dyn Directory>,
        tasks: Arc<Tasks>,
    ) -> Self {
        Self {
            options,
            terms,
            doors,
            directory,
            tasks,
            odd: Arc::default(),
            places: Arc::default(),
            next_caller: AtomicU64::default(),
            callers: Mutex::default(),
            seats: Arc::new(Semaphore::new(MOST_CALLERS)),
            unfinished: Arc::default(),
            left: Notify::new(),
            shared: tokio::sync::Mutex::default(),
        }
    }

    /// Opens a place for a server, and tells all who may want to know of it.
    pub(in super::super) async fn listen(
        self: &Arc<Self>,
        address: ServerAddress,
        options: &ListenOptions,
    ) -> Result<Listener, Fault> {
        if let Some(why) = self.terms.security.lacks_for_servers() {
            return Err(Fault::new(FaultKind::Unusable, why));
        }
        let prefetch = if options.prefetch == 0 { PREFETCH } else { options.prefetch };
        let (place, deliveries) = Place::new(self.places.next_number(), address, prefetch);
        let place = Arc::new(place);
        let door = self.door(&place).await?;
        self.places.add(&place);
        self.tell_all();
        let lease = self.directory.announce(place.address(), &door.address);
        tracing::debug!(server = ?place.address(), address = %door.address, "listening");
        let announced = lease.announced();
        // Whoever is told that it has started may call it.
        let found = timeout(ANNOUNCEMENT, announced).await.is_ok();
        let fault = lease.fault();
        let stop = Listening { serving: Arc::clone(self), place, door: Mutex::new(Some((door, lease))) };
        match fault {
            _ if found => Ok(Listener { deliveries, stop: Arc::new(stop) }),
            Some(fault) => Err(fault),
            None => Err(Fault::new(FaultKind::NoAnswer, "the directory did not take the server in time")),
        }
    }

    async fn door(self: &Arc<Self>, place: &Arc<Place>) -> Result<Arc<Door>, Fault> {
        match &self.doors {
            Doors::Shared(addresses) => {
                let mut shared = self.shared.lock().await;
                if let Some(door) = shared.upgrade() {
                    return Ok(door);
                }
                let (listener, address) = bind_one_of(addresses, self.options.bind).await?;
                let door =
                    Arc::new(Door::open(&self.tasks, &self.odd, listener, address, self.welcome(None)));
                *shared = Arc::downgrade(&door);
                Ok(door)
            }
            Doors::OfEach => {
                let host = self.options.host().map_err(|why| Fault::new(FaultKind::Unusable, why))?;
                let (listener, address) =
                    bind_any(self.options.bind_address(), &host, self.options.ports).await?;
                Ok(Arc::new(Door::open(&self.tasks, &self.odd, listener, address, self.welcome(Some(place)))))
            }
        }
    }

    /// Tells all callers of this project what is served from now on.
    fn tell_all(&self) {
        let callers: Vec<_> = lock(&self.callers).values().cloned().collect();
        let served = self.places.served();
        callers.iter().filter(|caller| caller.is_ours()).for_each(|caller| caller.say(served.clone()));
    }

    /// Shakes hands with whoever connects, and takes its requests until it leaves. Those that do not say whom they are for are
    /// those of `usual`.
    fn welcome(self: &Arc<Self>, usual: Option<&Arc<Place>>) -> Welcome {
        let (serving, usual) = (Arc::downgrade(self), usual.map(Arc::downgrade));
        Box::new(move |stream, from| {
            let Some(serving) = serving.upgrade() else { return };
            let Ok(seat) = Arc::clone(&serving.seats).try_acquire_owned() else {
                let most = MOST_CALLERS;
                return rarely!(serving.odd.failed, error, %from, most, "closed a connection: there are too many");
            };
            let usual = usual.as_ref().and_then(Weak::upgrade);
            serving.tasks.spawn({
                let serving = Arc::clone(&serving);
                async move {
                    let served = serving.serve(stream, usual).await;
                    drop(seat);
                    if let Err(why) = served {
                        let why = printable(&why);
                        rarely!(serving.odd.peers, warn, %from, why, "a connection of a caller has ended");
                    }
                }
            });
        })
    }

    /// The end that is worth a line.
    async fn serve(self: &Arc<Self>, stream: TcpStream, usual: Option<Arc<Place>>) -> Result<(), String> {
        let caller = Arc::new(Caller::new(self.next_caller.fetch_add(1, Ordering::Relaxed)));
        let inbox = Requests::new(
            Arc::clone(&caller),
            Arc::clone(&self.places),
            usual,
            Arc::clone(&self.odd),
            &self.unfinished,
        );
        let secured = timeout(self.terms.peers.handshake, self.terms.security.accepted(stream)).await;
        let secured = secured.map_err(|_| format!("no TLS within {:?}", self.terms.peers.handshake))?;
        let stream = secured.map_err(|error| error.to_string())?;
        let opened = peer::accept(stream, ready(&self.terms.process), inbox, &self.terms.peers).await;
        let (peer, connection) = opened.map_err(|end| end.to_string())?;
        let is_ours = is_ours(peer.theirs());
        caller.ready(peer, is_ours);
        // Told of what is there now, and then of all that changes.
        lock(&self.callers).insert(caller.number(), Arc::clone(&caller));
        if is_ours {
            caller.say(self.places.served());
        }
        let left = Left { serving: Arc::clone(self), number: caller.number() };
        let end = connection.await;
        drop(left);
        match end {
            peer::End::Closed | peer::End::Left | peer::End::Lost(_) => {
                tracing::debug!(%end, "a caller has left");
                Ok(())
            }
            end => Err(end.to_string()),
        }
    }

    /// Takes no more requests, writes what replies there are, and lets everybody go.
    ///
    /// Callers of this project hang up by themselves once they have heard of all that they have asked for: whoever hangs up
    /// first leaves them with requests that they don't know the fate of.
    pub(in super::super) async fn close(&self, deadline: Instant) {
        for place in self.places.take_all() {
            place.close();
            place.give_up();
        }
        self.tell_all();
        let half = Instant::now() + deadline.saturating_duration_since(Instant::now()) / 2;
        let hang_up = |also_ours: bool| {
            let callers: Vec<_> = lock(&self.callers).values().cloned().collect();
            let those = callers.iter().filter(|caller| also_ours || !caller.is_ours());
            those.filter_map(|caller| caller.peer()).for_each(peer::Peer::close);
        };
        hang_up(false);
        self.all_left(half).await;
        hang_up(true);
        self.all_left(deadline).await;
    }

    /// Waits until there is no caller any more.
    async fn all_left(&self, deadline: Instant) {
        let all_left = async {
            loop {
                let left = self.left.notified();
                if lock(&self.callers).is_empty() {
                    return;
                }
                left.await;
            }
        };
        let _ = timeout_at(deadline, all_left).await;
    }
}

/// Takes a caller out of the table whatever ends its task.
struct Left {
    serving: Arc<Serving>,
    number: u64,
}

impl Drop for Left {
    fn drop(&mut self) {
        lock(&self.serving.callers).remove(&self.number);
        self.serving.left.notify_waiters();
    }
}

/// A server's place as long as it listens.
#[derive(Debug)]
struct Listening {
    serving: Arc<Serving>,
    place: Arc<Place>,
    /// Both go together.
    door: Mutex<Option<(Arc<Door>, Lease)>>,
}

impl Listening {
    /// Takes no more requests; what is left to wait for is that the directory forgets it.
    fn leave(&self) -> Option<Lease> {
        let (door, lease) = lock(&self.door).take()?;
        self.serving.places.remove(&self.place);
        self.place.close();
        self.serving.tell_all();
        // Not at once: who has its address from elsewhere is refused instead of finding nothing.
        drop(door);
        Some(lease)
    }
}

impl StopListening for Listening {
    fn pause(&self) -> BoxFuture<'_, ()> {
        async move {
            if let Some(lease) = self.leave() {
                lease.withdraw(after(WITHDRAWAL)).await;
            }
        }
        .boxed()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        async move {
            self.pause().await;
            let (requests, casts) = self.place.give_up();
            if requests > 0 {
                let server = &*self.place.address().server;
                tracing::warn!(server, requests, casts, "stopped before these requests were begun");
            }
        }
        .boxed()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.leave());
        self.place.give_up();
    }
}
