//! The messages of one consumer, taken on the thread that reads the connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::StreamExt;
use lapin::Consumer;
use lapin::message::Delivery;
use lapin::types::AMQPValue;
use tokio::sync::oneshot;

use super::super::library::{BrokerError, Chore, Consuming, RawDelivery, Take};
use super::super::message::{COMPRESSION, EARLIER_DELIVERIES};
use super::error::lapin_error;
use super::thread::Thread;
use crate::lock::lock;
use crate::transport::driver::{History, Labels};

/// The header by which a quorum queue says how often it delivered a message before.
const DELIVERY_COUNT: &str = "x-delivery-count";

/// The header by which a stream says where a message is in it.
const STREAM_OFFSET: &str = "x-stream-offset";

/// A consumer that the thread looks at when lapin has something for it.
pub(super) struct Deliveries {
    thread: Arc<Thread>,
    /// Whether the thread knows that there is something.
    listed: AtomicBool,
    /// Until it ends, or nobody wants more. The consumer has a waker of this, so this has to go to free both.
    open: Mutex<Option<Open>>,
}

struct Open {
    consumer: Consumer,
    take: Take,
    /// Told why the consumer ends, if that is known; else dropped.
    ended: oneshot::Sender<BrokerError>,
}

impl Deliveries {
    pub(super) fn start(consumer: Consumer, take: Take, thread: Arc<Thread>) -> Consuming {
        let (ending, ended) = oneshot::channel();
        let open = Mutex::new(Some(Open { consumer, take, ended: ending }));
        let deliveries = Arc::new(Self { thread, listed: AtomicBool::new(false), open });
        // Some may be there already.
        deliveries.wake_by_ref();
        Consuming::new(ended, Guard(deliveries))
    }
}

/// lapin wakes while it holds a lock of the consumer, which reading needs.
impl Wake for Deliveries {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.listed.swap(true, Ordering::AcqRel) {
            self.thread.has_to_do(self.clone());
        }
    }
}

impl Chore for Deliveries {
    fn run(self: Arc<Self>) {
        // Before it is looked at: more may come meanwhile.
        self.listed.store(false, Ordering::Release);
        let waker = Waker::from(self.clone());
        let mut cx = Context::from_waker(&waker);
        let mut open = lock(&self.open);
        while let Some(Open { consumer, take, .. }) = &mut *open {
            match consumer.poll_next_unpin(&mut cx) {
                Poll::Ready(Some(Ok(delivery))) => take(raw(delivery)),
                Poll::Pending => return,
                // The first error is the end: lapin yields nothing after it.
                Poll::Ready(Some(Err(error))) => {
                    tracing::debug!("consumer of {}: {error}", consumer.queue());
                    if let Some(Open { ended, .. }) = open.take() {
                        // Nobody may want to know any more.
                        let _ = ended.send(lapin_error(&error));
                    }
                }
                Poll::Ready(None) => *open = None,
            }
        }
    }
}

struct Guard(Arc<Deliveries>);

impl Drop for Guard {
    fn drop(&mut self) {
        // Out of the lock: to drop a consumer may have lapin cancel it.
        let open = lock(&self.0.open).take();
        drop(open);
    }
}

/// A header with a number. Headers are read for the few messages that have any.
fn number(delivery: &Delivery, name: &str) -> Option<u64> {
    match *delivery.properties.headers().as_ref()?.inner().get(name)? {
        AMQPValue::LongLongInt(number) => u64::try_from(number).ok(),
        AMQPValue::LongInt(number) => u64::try_from(number).ok(),
        AMQPValue::LongUInt(number) => Some(number.into()),
        _ => None,
    }
}

fn history(delivery: &Delivery) -> History {
    let number = |name| number(delivery, name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let expiration = || delivery.properties.expiration().as_ref()?.as_str().parse().ok();
    History {
        counted: number(DELIVERY_COUNT),
        noted: number(EARLIER_DELIVERIES).unwrap_or(0),
        expiration: expiration().map(Duration::from_millis),
    }
}

fn raw(delivery: Delivery) -> RawDelivery {
    let history = history(&delivery);
    let compression = delivery.properties.headers().as_ref().and_then(|headers| {
        match headers.inner().get(COMPRESSION)? {
            AMQPValue::LongString(name) => std::str::from_utf8(name.as_bytes()).ok().map(str::to_owned),
            _ => None,
        }
    });
    RawDelivery {
        tag: delivery.delivery_tag,
        labels: Labels {
            content_type: delivery.properties.content_type().as_ref().map(ToString::to_string),
            compression,
        },
        redelivered: delivery.redelivered,
        offset: number(&delivery, STREAM_OFFSET),
        history,
        body: delivery.data.into(),
    }
}
