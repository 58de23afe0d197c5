//! The driver of unit tests: it does what a test says, and nothing else.

use std::fmt;
use std::future::{Future, pending, ready};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::abilities::Abilities;
#[cfg(feature = "notifications")]
use super::driver::Route;
use super::driver::{
    Address, Arrival, Delivery, Driver, Forward, History, Labels, ListenOptions, Listener, Outgoing,
    PublishError, PublishFault, ReplyPlace, ReplyQueue, Settle, Settler, StopListening, TakeReply, Verdict,
};
use super::status::{ConnectionStatus, Status};
use super::status_watch::StatusWatch;
use crate::error::{Fault, FaultKind};
use crate::lock::lock;
use crate::wire::MessageFormat;

type Pass = dyn Fn(Forward) -> Result<(), PublishError> + Send + Sync;
type Publish = dyn Fn(Outgoing) -> BoxFuture<'static, Result<(), PublishError>> + Send + Sync;
#[cfg(feature = "notifications")]
type Declare = dyn Fn(Route) -> BoxFuture<'static, Result<(), Fault>> + Send + Sync;

/// What a test does not say, it does not do.
pub(crate) struct Stub {
    abilities: Abilities,
    delivery_limit: Option<u32>,
    publish: Box<Publish>,
    forward: Box<Pass>,
    #[cfg(feature = "notifications")]
    declare: Box<Declare>,
    deliveries: Mutex<Option<mpsc::Receiver<Delivery>>>,
    replies: Mutex<Option<mpsc::Receiver<Delivery>>>,
    is_away: bool,
    stops: Arc<AtomicUsize>,
    runtime: Option<Handle>,
    status: ConnectionStatus,
}

impl Stub {
    /// Says that it can do this, and moves nothing.
    pub(crate) fn able(abilities: Abilities) -> Self {
        Self {
            abilities,
            delivery_limit: None,
            publish: Box::new(|_| ready(Err(PublishFault::Closed.into())).boxed()),
            forward: Box::new(|_| Err(PublishFault::Closed.into())),
            #[cfg(feature = "notifications")]
            declare: Box::new(|_| ready(Ok(())).boxed()),
            deliveries: Mutex::default(),
            replies: Mutex::default(),
            is_away: false,
            stops: Arc::default(),
            runtime: None,
            status: ConnectionStatus::ready("none"),
        }
    }

    /// Does this with each message, and can do everything.
    pub(crate) fn publishing<F>(publish: impl Fn(Outgoing) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), PublishError>> + Send + 'static,
    {
        Self { publish: Box::new(move |message| publish(message).boxed()), ..Self::able(Abilities::ALL) }
    }

    /// Does this with each message that is sent on.
    pub(crate) fn forwarding(
        self,
        forward: impl Fn(Forward) -> Result<(), PublishError> + Send + Sync + 'static,
    ) -> Self {
        Self { forward: Box::new(forward), ..self }
    }

    /// Drops what was delivered again so often.
    pub(crate) fn limiting(self, limit: u32) -> Self {
        Self { delivery_limit: Some(limit), ..self }
    }

    /// Does this to declare a route.
    #[cfg(feature = "notifications")]
    pub(crate) fn declaring<F>(self, declare: impl Fn(Route) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        Self { declare: Box::new(move |route| declare(route).boxed()), ..self }
    }

    /// Can do this.
    pub(crate) fn with_abilities(self, abilities: Abilities) -> Self {
        Self { abilities, ..self }
    }

    /// Gives these to the one who listens.
    pub(crate) fn delivering(self, deliveries: mpsc::Receiver<Delivery>) -> Self {
        Self { deliveries: Mutex::new(Some(deliveries)), ..self }
    }

    /// Has nothing to listen to yet, as without a connection.
    pub(crate) fn away(self) -> Self {
        Self { is_away: true, ..self }
    }

    /// Gives these to the one who waits for replies.
    pub(crate) fn replying(self, replies: mpsc::Receiver<Delivery>) -> Self {
        Self { replies: Mutex::new(Some(replies)), ..self }
    }

    /// Has a runtime of its own.
    pub(crate) fn with_runtime(self, runtime: Option<Handle>) -> Self {
        Self { runtime, ..self }
    }

    /// Is connected as this says.
    pub(crate) fn with_status(self, status: ConnectionStatus) -> Self {
        Self { status, ..self }
    }

    /// How often listening was to stop.
    pub(crate) fn stops(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.stops)
    }
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stub")
    }
}

impl Driver for Stub {
    fn name(&self) -> &'static str {
        "the stub"
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Envelope
    }

    fn abilities(&self) -> Abilities {
        self.abilities
    }

    fn delivery_limit(&self) -> Option<u32> {
        self.delivery_limit
    }

    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        (self.publish)(message)
    }

    fn forward(&self, message: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        ready((self.forward)(message)).boxed()
    }

    #[cfg(feature = "notifications")]
    fn declare(&self, route: &Route) -> BoxFuture<'static, Result<(), Fault>> {
        (self.declare)(route.clone())
    }

    #[cfg(feature = "notifications")]
    fn consumers(&self, _: Arc<str>) -> BoxFuture<'static, Result<Option<u32>, Fault>> {
        ready(Ok(None)).boxed()
    }

    fn listen(&self, _: Address, _: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        if self.is_away {
            return pending().boxed();
        }
        let deliveries = lock(&self.deliveries).take().ok_or_else(nothing);
        let stop = Arc::new(Stops(self.stops()));
        ready(deliveries.map(|deliveries| Listener { deliveries, stop })).boxed()
    }

    fn listen_for_replies(&self, take: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        let Some(mut replies) = lock(&self.replies).take() else { return ready(Err(nothing())).boxed() };
        tokio::spawn(async move {
            while let Some(reply) = replies.recv().await {
                take(Arrival::Reply(reply));
            }
        });
        ready(Ok(Arc::new(ReplyQueue("reply_probe".into())) as Arc<dyn ReplyPlace>)).boxed()
    }

    fn close(&self, _: Instant) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }

    fn watch(&self) -> StatusWatch {
        StatusWatch::fixed(Status::new(self.name(), "none", self.status.clone()))
    }

    fn runtime(&self) -> Option<Handle> {
        self.runtime.clone()
    }
}

fn nothing() -> Fault {
    Fault::new(FaultKind::Unusable, "it moves nothing")
}

#[derive(Debug)]
struct Stops(Arc<AtomicUsize>);

impl StopListening for Stops {
    fn pause(&self) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.0.fetch_add(1, Ordering::SeqCst);
        ready(()).boxed()
    }
}

/// A message as it usually comes.
pub(crate) fn delivery(body: impl Into<Bytes>, settle: Settle) -> Delivery {
    Delivery {
        body: body.into(),
        labels: Labels::json(),
        beside: None,
        redelivered: false,
        history: History::default(),
        expires: None,
        queue: "probe".into(),
        excess: None,
        settle,
    }
}

/// What became of each delivery, and whether acknowledgements have left the process.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) verdicts: Mutex<Vec<(u64, Verdict)>>,
    /// Acknowledgements are held back until this is set.
    pub(crate) held_back: AtomicBool,
    pub(crate) released: Notify,
    /// The connection is gone: verdicts count no more.
    pub(crate) lost: AtomicBool,
}

impl Settler for Arc<Book> {
    fn settle(&self, tag: u64, verdict: Verdict) -> bool {
        let counts = self.holds(tag);
        if counts {
            lock(&self.verdicts).push((tag, verdict));
        }
        counts
    }

    fn holds(&self, _: u64) -> bool {
        !self.lost.load(Ordering::SeqCst)
    }

    fn written(&self) -> BoxFuture<'static, bool> {
        let book = Arc::clone(self);
        Box::pin(async move {
            while book.held_back.load(Ordering::SeqCst) {
                book.released.notified().await;
            }
            !book.lost.load(Ordering::SeqCst)
        })
    }
}

/// Waits until it holds, which is an event of some other thread.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    // A bound on hanging, with the clock of the machine: that of the test may be paused.
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(120), "not so: {what}");
        tokio::task::yield_now().await;
        std::thread::sleep(Duration::from_millis(1));
    }
}
