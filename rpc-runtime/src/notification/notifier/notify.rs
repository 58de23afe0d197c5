//! Emitting.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::super::notified::Notification;
use super::super::priority::Priority;
use super::super::typed::RpcNotification;
use super::counters::NotifierCounters;
use super::detached::Detached;
use super::drivers::TestDriver;
use super::emission::{Emission, Home};
use super::error::{FlushError, NotifyError};
use super::outlet::Outlet;
use super::redaction::redacted;
use super::retry::Retry;
use crate::context::RpcContext;

/// Tells the world what happens: gives events to drivers, as a rule to the topics of a bus.
///
/// ```
/// use rpc_runtime::notification::{Notifier, Priority};
/// use rpc_runtime::{Context, Transport};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = Transport::connect("memory://").await?; // or rabbit://user:password@host:5672/
/// let notifier = Notifier::builder(&transport).publisher_id("volume.host1").build()?;
/// let ctx = Context::request();
///
/// notifier.info(&ctx, "volume.create.end", &json!({"volume_id": "v1"})).await?;
/// // Of another host, and nobody waits for it.
/// let other = notifier.with_publisher_id("volume.host2");
/// other.notify_detached(&ctx, Priority::Error, "volume.create.error", &json!({"volume_id": "v2"}));
/// notifier.flush(std::time::Duration::from_secs(5)).await?;
/// assert_eq!(notifier.counters().sent, 2);
/// # Ok(())
/// # }
/// ```
///
/// Events that have types of their own are [emitted](Self::emit); [`notify`](Self::notify), and a method for each priority,
/// take an event type and any payload.
///
/// # What is sent
///
/// Each event has one `message_id`, and goes to every driver and every topic. Of the context, only who acts for whom in which
/// request is sent, as `redacted_copy` of oslo.context has it: users, projects, domains and roles by id and name,
/// `request_id`, `global_request_id`, `is_admin`, `system_scope`, `timestamp`, and `traceparent` and `tracestate`. Nothing else
/// leaves, whatever it is called: no token, no catalog, no address.
///
/// # Delivery
///
/// What a [`Retry`] counts are attempts that failed for a reason that may pass: no connection, no answer, a full queue, a queue
/// whose node is down. Others fail at once, as nothing but a person can help: a missing right, a queue that is not as it
/// would be declared, a message that is too large, a transport that was closed. Each repetition has the same ids.
///
/// Within an attempt the transport waits for a connection, and sends again what was under way when it lost one. With
/// [`Retry::Forever`] the first attempt goes on until there is an outcome, so [`emit`](Self::emit) ends when the broker has
/// the event, when the transport is closed or when its future is dropped: who wants to wait no longer than some time puts it
/// into a `timeout`, or emits detached. With [`Retry::Times`] each attempt has the time of
/// [`NotifierBuilder::attempt_timeout`](super::NotifierBuilder::attempt_timeout). The second attempt begins 1 s after the first
/// one at the earliest, the third one 2 s after that, and so on up to 30 s.
///
/// # Copies
///
/// Clones, and what [`with_publisher_id`](Self::with_publisher_id) and [`with_retry`](Self::with_retry) give, are cheap, and
/// share drivers, queue and counters.
#[derive(Clone)]
pub struct Notifier {
    outlet: Arc<Outlet>,
    detached: Arc<Detached>,
    /// What the driver `test` keeps, if it is there by its name.
    test: Option<TestDriver>,
    publisher_id: Option<Arc<str>>,
    retry: Retry,
}

macro_rules! priorities {
    ($($method:ident, $priority:ident, $doc:literal;)*) => {
        $(
            #[doc = concat!("Tells of an event of the priority ", $doc, ".")]
            ///
            /// # Errors
            /// As those of [`notify`](Self::notify).
            pub fn $method<C: RpcContext, T: Serialize + ?Sized>(
                &self,
                ctx: &C,
                event_type: &str,
                payload: &T,
            ) -> impl Future<Output = Result<(), NotifyError>> + Send + use<C, T> {
                self.notify(ctx, Priority::$priority, event_type, payload)
            }
        )*
    };
}

impl Notifier {
    pub(super) fn new(
        outlet: Arc<Outlet>,
        detached: Detached,
        test: Option<TestDriver>,
        publisher_id: Option<Arc<str>>,
        retry: Retry,
    ) -> Self {
        Self { outlet, detached: Arc::new(detached), test, publisher_id, retry }
    }

    /// Tells of an event: `Ok` once every driver has delivered it, and every topic's broker has confirmed it.
    ///
    /// The event and the context are written at once. See [Delivery](Self#delivery) for how long this may take.
    ///
    /// # Errors
    /// [`NotifyError`]: the event or the context cannot be written, or some driver failed. All drivers and topics are tried,
    /// whatever becomes of the others; the error has each that failed.
    ///
    /// # Cancel safety
    /// If the future is dropped, the event may have been sent or not, or may be sent by some drivers only.
    pub fn emit<C: RpcContext, E: RpcNotification>(
        &self,
        ctx: &C,
        event: &E,
    ) -> impl Future<Output = Result<(), NotifyError>> + Send + use<C, E> {
        let (outlet, emission) = (Arc::clone(&self.outlet), self.prepare(ctx, event));
        async move {
            match emission? {
                Some(emission) => outlet.deliver(&emission).await,
                None => Ok(()),
            }
        }
    }

    /// Tells of an event without waiting, on any thread, in a runtime or not: it is queued, and sent by a task on the runtime
    /// that the notifier was built on.
    ///
    /// The queue is bounded: an event for which there is no room makes the oldest one go, unsent, which
    /// [`counters`](Self::counters) tells. Several are under way at once. Those to one topic and priority are handed to the
    /// transport in the order in which they were emitted, and keep it unless something has to be sent again;
    /// [`detached_in_flight(1)`](super::NotifierBuilder::detached_in_flight) always keeps it. Events that the broker does not
    /// take, of a topic whose queue is full for example, are under way until it does, or until [`Retry`](super::Retry) ends
    /// them; when all that may be under way are such, the others wait, and the oldest go.
    ///
    /// An event that could not be sent is counted and logged, without its payload. When the last copy of the notifier is
    /// dropped, what is queued is still sent, for the time of [`linger`](super::NotifierBuilder::linger); a process that ends
    /// before should [`flush`](Self::flush).
    pub fn emit_detached<C: RpcContext, E: RpcNotification>(&self, ctx: &C, event: &E) {
        match self.prepare(ctx, event) {
            Ok(Some(emission)) => self.detached.give(emission),
            Ok(None) => {}
            Err(error) => self.outlet.log.failed(E::EVENTS.name, &error.to_string()),
        }
    }

    /// Tells of an event without a type of its own: what happened, and whatever there is to say of it.
    ///
    /// # Errors
    /// As those of [`emit`](Self::emit).
    pub fn notify<C: RpcContext, T: Serialize + ?Sized>(
        &self,
        ctx: &C,
        priority: Priority,
        event_type: &str,
        payload: &T,
    ) -> impl Future<Output = Result<(), NotifyError>> + Send + use<C, T> {
        let written = self.written(priority, event_type, payload);
        let emitted = written.map(|event| event.map(|event| self.emit(ctx, &event)));
        async move {
            match emitted? {
                Some(emitted) => emitted.await,
                None => Ok(()),
            }
        }
    }

    /// The same without waiting, as [`emit_detached`](Self::emit_detached).
    pub fn notify_detached<C: RpcContext, T: Serialize + ?Sized>(
        &self,
        ctx: &C,
        priority: Priority,
        event_type: &str,
        payload: &T,
    ) {
        match self.written(priority, event_type, payload) {
            Ok(Some(event)) => self.emit_detached(ctx, &event),
            Ok(None) => {}
            Err(error) => self.outlet.log.failed(event_type, &error.to_string()),
        }
    }

    priorities! {
        audit, Audit, "audit";
        debug, Debug, "debug";
        info, Info, "info";
        warn, Warn, "warn";
        error, Error, "error";
        critical, Critical, "critical";
        sample, Sample, "sample";
    }

    /// The same notifier for events of another publisher.
    #[must_use]
    pub fn with_publisher_id(&self, publisher_id: impl Into<Arc<str>>) -> Self {
        Self { publisher_id: Some(publisher_id.into()), ..self.clone() }
    }

    /// The same notifier with another number of retries.
    #[must_use]
    pub fn with_retry(&self, retry: Retry) -> Self {
        Self { retry, ..self.clone() }
    }

    /// Whether any driver does anything with an event. If not, events are not even written: who has to ask others for what
    /// there is to say may save that as well.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.outlet.sends()
    }

    /// What this notifier and its copies have done so far.
    #[must_use]
    pub fn counters(&self) -> NotifierCounters {
        self.outlet.tally.read(self.detached.len())
    }

    /// Waits until all events that were emitted detached before are sent, or given up; for all of `within` if the runtime that
    /// sends them has ended.
    ///
    /// # Errors
    /// How many were still waiting or under way when the time was over; they stay so.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: what is queued is sent all the same.
    pub async fn flush(&self, within: Duration) -> Result<(), FlushError> {
        self.detached.flush(within).await
    }

    /// The driver [`Test`](super::DriverName::Test), if the notifier was given its name.
    #[must_use]
    pub fn test_driver(&self) -> Option<&TestDriver> {
        self.test.as_ref()
    }

    /// The event as the drivers get it, if any wants it.
    fn prepare<C: RpcContext, E: RpcNotification>(
        &self,
        ctx: &C,
        event: &E,
    ) -> Result<Option<Emission>, NotifyError> {
        if !self.is_enabled() {
            return Ok(None);
        }
        let event = event.notification().map_err(|error| self.unwritten(E::EVENTS.name, error))?;
        let context = redacted(ctx).map_err(|error| self.unwritten(event.event_type(), error))?;
        let (publisher_id, home) = (self.publisher_id.clone(), Home::of(&E::EVENTS));
        Ok(Some(Emission::new(publisher_id, event, context, home, self.retry)))
    }

    fn written<T: Serialize + ?Sized>(
        &self,
        priority: Priority,
        event_type: &str,
        payload: &T,
    ) -> Result<Option<Notification>, NotifyError> {
        if !self.is_enabled() {
            return Ok(None);
        }
        let event = Notification::new(priority, event_type, payload);
        event.map(Some).map_err(|error| self.unwritten(event_type, error))
    }

    fn unwritten(&self, event: &str, error: crate::wire::EncodeError) -> NotifyError {
        self.outlet.tally.failed.add_one();
        NotifyError::encode(event, error)
    }
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifier")
            .field("publisher_id", &self.publisher_id)
            .field("drivers", &self.outlet)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
