//! A listener on a [`Stub`], and the connection that its notifications come by.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::*;
use crate::transport::Transport;
use crate::transport::abilities::Abilities;
use crate::transport::driver::{self, Delivery, Forward, PublishError, Settle};
use crate::transport::stub::{Book, Stub, delivery};

/// What a broker is told of a message.
pub(super) const ACK: driver::Verdict = driver::Verdict::Ack;
pub(super) const BACK: driver::Verdict = driver::Verdict::Reject { requeue: true };
pub(super) const DROP: driver::Verdict = driver::Verdict::Reject { requeue: false };

/// How often the broker delivers a message again.
pub(super) const LIMIT: u32 = 20;

/// What the broker says of a message that is sent on.
pub(super) type Pass = fn(&Forward) -> Result<(), PublishError>;

pub(super) struct Stage {
    pub(super) listener: Listener,
    pub(super) book: Arc<Book>,
    pub(super) forwarded: Arc<Mutex<Vec<Forward>>>,
    deliveries: mpsc::Sender<Delivery>,
    tag: AtomicU64,
    began: Instant,
}

impl Stage {
    /// With a broker that takes whatever is sent on.
    pub(super) async fn new(set: impl FnOnce(ListenerBuilder) -> ListenerBuilder) -> Self {
        Self::passing(|_| Ok(()), set).await
    }

    pub(super) async fn passing(pass: Pass, set: impl FnOnce(ListenerBuilder) -> ListenerBuilder) -> Self {
        let (deliveries, receiver) = mpsc::channel(1024);
        let forwarded = Arc::<Mutex<Vec<Forward>>>::default();
        let sent = Arc::clone(&forwarded);
        let stub = Stub::able(Abilities::ALL).limiting(LIMIT).delivering(receiver);
        let stub = stub.forwarding(move |message| {
            let answer = pass(&message);
            lock(&sent).push(message);
            answer
        });
        let listener = set(Listener::builder(&Transport::for_tests(stub))).start().await.unwrap();
        let (book, tag, began) = (Arc::default(), AtomicU64::new(0), Instant::now());
        Self { listener, book, forwarded, deliveries, tag, began }
    }

    /// Delivers a body as this says; returns its tag.
    pub(super) async fn deliver_as(
        &self,
        body: impl Into<Bytes>,
        like: impl FnOnce(Delivery) -> Delivery,
    ) -> u64 {
        let tag = self.tag.fetch_add(1, Ordering::SeqCst) + 1;
        let settle = Settle::new(Arc::new(Arc::clone(&self.book)), tag);
        self.deliveries.send(like(delivery(body, settle))).await.unwrap();
        tag
    }

    /// Delivers a body for the first time.
    pub(super) async fn deliver(&self, body: impl Into<Bytes>) -> u64 {
        self.deliver_as(body, |delivery| delivery).await
    }

    /// Delivers a body again, as a classic queue does.
    pub(super) async fn redeliver(&self, body: impl Into<Bytes>) -> u64 {
        self.deliver_as(body, |delivery| Delivery { redelivered: true, ..delivery }).await
    }

    /// Lets everything happen that happens now; the clock is paused.
    pub(super) async fn now(&self) {
        sleep(Duration::from_millis(1)).await;
    }

    pub(super) fn verdicts(&self) -> Vec<(u64, driver::Verdict)> {
        lock(&self.book.verdicts).clone()
    }

    /// Waits until there are so many verdicts; when the last one came, in milliseconds from the start on.
    pub(super) async fn verdict(&self, count: usize) -> (u64, driver::Verdict, u128) {
        for _ in 0..100_000_000 {
            if let Some((tag, verdict)) = self.verdicts().get(count - 1) {
                return (*tag, *verdict, self.began.elapsed().as_millis());
            }
            self.now().await;
        }
        panic!("no verdict {count}: {:?}", self.verdicts());
    }
}

/// A notification in its envelope, with these members beside or in place of the usual ones.
pub(super) fn notification(members: Value) -> String {
    let mut message = json!({
        "message_id": "id-1", "publisher_id": "compute.host1", "event_type": "e", "priority": "INFO", "payload": {},
        "timestamp": "2026-01-02 03:04:05.000006",
    });
    for (name, value) in members.as_object().unwrap() {
        message[name] = value.clone();
    }
    sealed(&message)
}

pub(super) fn sealed(message: &Value) -> String {
    json!({"oslo.version": "2.0", "oslo.message": message.to_string()}).to_string()
}

/// The event types that an endpoint was given.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    pub(super) fn add(&self, event_type: &str) {
        lock(&self.0).push(event_type.to_owned());
    }

    pub(super) fn all(&self) -> Vec<String> {
        lock(&self.0).clone()
    }

    pub(super) fn count(&self) -> usize {
        lock(&self.0).len()
    }

    /// An endpoint of all priorities that does this after it has written the event down.
    pub(super) fn endpoint<F>(
        &self,
        act: impl Fn(Notification) -> F + Send + Sync + 'static,
    ) -> NotificationEndpoint
    where
        F: Future<Output: super::super::IntoVerdict> + Send + 'static,
    {
        let heard = self.clone();
        NotificationEndpoint::new(move |_: Context, event: Notification, _: Meta| {
            heard.add(event.event_type());
            act(event)
        })
    }

    /// One that is content with everything.
    pub(super) fn content(&self) -> NotificationEndpoint {
        self.endpoint(|_| async {})
    }
}
