//! The reply queue of a transport and the calls that wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

mod once;
mod waiters;

use futures::future::{BoxFuture, FutureExt};

pub(super) use self::once::Once;
use self::waiters::Waiters;
pub(crate) use self::waiters::{Sign, Waiter};
use super::driver::{Arrival, Delivery, Driver, ReplyPlace, Settle};
use crate::aside::Aside;
use crate::contained::contained;
use crate::error::Fault;
use crate::rare_log::RareLog;
use crate::text::printable;
use crate::wire::{DecodeError, Limits, MessageFormat, Reply};

/// Up to so many bytes of replies that take long to read are taken from the queue before they are read. The broker hands
/// over only so many that are not, and a flood of them would keep from their calls the replies behind them.
const ASIDE: usize = 32 << 20;

/// About what a reply takes beside its body.
const EACH: usize = 512;

/// Where the replies of all calls of a transport come in; each goes to its waiter.
#[derive(Debug, Clone)]
pub(crate) struct Replies {
    /// Where they come in.
    pub(crate) place: Arc<dyn ReplyPlace>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Replies {
    /// Declares the queue and starts to receive.
    fn open(driver: &dyn Driver, limits: Limits) -> BoxFuture<'static, Result<Self, Fault>> {
        let waiters = Arc::<Waiters>::default();
        let reader = Reader {
            waiters: Arc::clone(&waiters),
            format: driver.format(),
            limits,
            undecodable: RareLog::default(),
        };
        let receiver = Receiver::new(reader);
        let place = driver.listen_for_replies(Box::new(move |arrival| match arrival {
            Arrival::Reply(delivery) => receiver.take(delivery),
            Arrival::Lost { id, why } => receiver.lose(&id, why),
        }));
        async move { Ok(Self { place: place.await?, waiters }) }.boxed()
    }
}

/// Takes replies as they come in.
#[derive(Debug)]
struct Receiver {
    reader: Arc<Reader>,
    /// For what takes long, so that other replies, and the heartbeats of the connection, go on meanwhile.
    aside: Aside,
    /// The bytes that wait there and are taken from the queue.
    taken: Arc<AtomicUsize>,
}

impl Receiver {
    fn new(reader: Reader) -> Self {
        Self { reader: Arc::new(reader), aside: Aside::new("rpc-replies"), taken: Arc::default() }
    }

    /// On the thread that has the reply: to hand it to another one first costs a wake-up.
    fn take(&self, delivery: Delivery) {
        if !delivery.is_light() {
            return self.put_aside(delivery);
        }
        let reader = Arc::clone(&self.reader);
        match reader.read(&delivery) {
            // Maybe the end, in a message of its own, of a reply that is still being read.
            Ok(reply) if self.aside.is_busy() && reply.is_bare_end() => {
                self.aside.give(move || reader.deliver(reply, delivery.settle));
            }
            Ok(reply) => reader.deliver(reply, delivery.settle),
            Err(error) => reader.reject(delivery, &error),
        }
    }

    /// After the replies that came before: one of them may be that of the call.
    fn lose(&self, id: &[u8; 32], why: Fault) {
        if !self.aside.is_busy() {
            return self.reader.waiters.lose(id, why);
        }
        let (reader, id) = (Arc::clone(&self.reader), *id);
        self.aside.give(move || reader.waiters.lose(&id, why));
    }

    /// Reads a reply in its turn. Lost with this process, it is lost with whoever waits for it, so it need not stay in its
    /// queue until then.
    fn put_aside(&self, mut delivery: Delivery) {
        let (reader, taken) = (Arc::clone(&self.reader), Arc::clone(&self.taken));
        let bytes = delivery.body.len() + EACH;
        if taken.load(Ordering::Relaxed) + bytes > ASIDE {
            return self.aside.give(move || reader.receive(delivery));
        }
        taken.fetch_add(bytes, Ordering::Relaxed);
        std::mem::replace(&mut delivery.settle, Settle::nothing()).ack_before_long();
        self.aside.give(move || {
            taken.fetch_sub(bytes, Ordering::Relaxed);
            reader.receive(delivery);
        });
    }
}

/// Reads replies and hands them to their waiters, whom it tells when the receiving ends: with the transport.
#[derive(Debug)]
struct Reader {
    waiters: Arc<Waiters>,
    format: MessageFormat,
    limits: Limits,
    undecodable: RareLog,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.waiters.close();
    }
}

impl Reader {
    fn receive(&self, delivery: Delivery) {
        match self.read(&delivery) {
            Ok(reply) => self.deliver(reply, delivery.settle),
            Err(error) => self.reject(delivery, &error),
        }
    }

    fn read(&self, delivery: &Delivery) -> Result<Reply, DecodeError> {
        self.format.read_reply(
            &delivery.body,
            &delivery.labels.content(),
            delivery.beside.as_deref(),
            &self.limits,
        )
    }

    fn deliver(&self, reply: Reply, settle: Settle) {
        contained(|| self.waiters.deliver(reply));
        settle.ack_before_long();
    }

    fn reject(&self, delivery: Delivery, error: &DecodeError) {
        let Delivery { body, labels, beside, settle, .. } = delivery;
        let beside = beside.as_deref();
        let call = self.format.unread_call(&body, &labels.content(), beside, &self.limits, error);
        let told = call.is_some_and(|msg_id| self.waiters.unreadable(&msg_id, error));
        let (bytes, error) = (body.len(), printable(&error.to_string()));
        // Before the log can panic: delivered again, it would do so again.
        settle.reject(false);
        contained(|| match self.undecodable.admit() {
            Some(left_out) => tracing::error!(bytes, told, left_out, error, "rejected a reply"),
            None => tracing::debug!(bytes, told, error, "rejected a reply"),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use futures::FutureExt;
    use serde_json::{Value, json};

    use super::*;
    use crate::transport::driver::{History, LIGHT, Labels, Settler, Verdict};

    fn receiver(waiters: &Arc<Waiters>) -> Receiver {
        let reader = Reader {
            waiters: Arc::clone(waiters),
            format: MessageFormat::Envelope,
            limits: Limits::default(),
            undecodable: RareLog::default(),
        };
        Receiver::new(reader)
    }

    fn delivery(waiter: &Waiter<'_>, result: Value, ending: bool) -> Delivery {
        let mut msg_id = [0; 32];
        let members = json!({
            "result": result, "failure": null, "ending": ending, "_msg_id": waiter.msg_id(&mut msg_id),
        });
        Delivery {
            body: json!({"oslo.version": "2.0", "oslo.message": members.to_string()}).to_string().into(),
            labels: Labels::json(),
            beside: None,
            redelivered: false,
            history: History::default(),
            expires: None,
            queue: "reply".into(),
            excess: None,
            settle: Settle::nothing(),
        }
    }

    #[tokio::test]
    async fn what_takes_long_to_read_holds_up_no_other_reply() {
        let waiters = Arc::<Waiters>::default();
        let receiver = receiver(&waiters);
        let (go, going) = channel::<()>();
        // Whatever is read there.
        receiver.aside.give(move || going.recv().unwrap());
        let (mut large, mut small, mut bare) = (waiters.register(), waiters.register(), waiters.register());
        receiver.take(delivery(&large, "x".repeat(2 * LIGHT).into(), true));
        receiver.take(delivery(&small, 5.into(), true));
        receiver.take(delivery(&bare, Value::Null, true));
        let Some(Sign::Over(reply)) = small.next().now_or_never() else { panic!("it was held up") };
        assert_eq!(reply.result_text(), "5");
        assert!(large.next().now_or_never().is_none());
        go.send(()).unwrap();
        let Sign::Over(reply) = large.next().await else { panic!("it is no reply") };
        assert_eq!(reply.result_text().len(), 2 * LIGHT + 2);
        let Sign::Over(reply) = bare.next().await else { panic!("it is no reply") };
        assert_eq!(reply.result_text(), "null");
    }

    /// Counts what is taken from its queue before it is read.
    #[derive(Debug, Default)]
    struct Queue(AtomicUsize);

    impl Settler for Queue {
        fn settle(&self, _: u64, verdict: Verdict) -> bool {
            self.0.fetch_add(usize::from(verdict == Verdict::Ack), Ordering::SeqCst);
            true
        }

        fn holds(&self, _: u64) -> bool {
            true
        }
    }

    #[test]
    fn what_waits_to_be_read_is_taken_from_its_queue_up_to_a_bound() {
        let (waiters, queue) = (Arc::<Waiters>::default(), Arc::<Queue>::default());
        let receiver = receiver(&waiters);
        let nonsense = || Delivery {
            body: vec![b'x'; 1 << 20].into(),
            settle: Settle::new(queue.clone(), 1),
            ..delivery(&waiters.register(), Value::Null, true)
        };
        for _ in 0..2 {
            let (go, going) = channel::<()>();
            receiver.aside.give(move || going.recv().unwrap());
            (0..40).for_each(|_| receiver.take(nonsense()));
            assert_eq!(queue.0.swap(0, Ordering::SeqCst), 31, "what each takes beside its body counts too");
            go.send(()).unwrap();
            while receiver.aside.is_busy() {
                std::thread::yield_now();
            }
        }
    }

    #[tokio::test]
    async fn a_call_whose_reply_was_there_before_is_not_lost() {
        let waiters = Arc::<Waiters>::default();
        let receiver = receiver(&waiters);
        let (mut answered, mut lost) = (waiters.register(), waiters.register());
        let [of_answered, of_lost] = [&answered, &lost].map(|waiter| {
            let mut id = [0; 32];
            waiter.msg_id(&mut id);
            id
        });
        receiver.take(delivery(&answered, "x".repeat(2 * LIGHT).into(), true));
        let why = || Fault::new(crate::error::FaultKind::NotConnected, "it is gone");
        receiver.lose(&of_answered, why());
        receiver.lose(&of_lost, why());
        assert!(matches!(answered.next().await, Sign::Over(_)));
        let Sign::Lost(fault) = lost.next().await else { panic!("nobody will answer") };
        assert_eq!(fault.why, "it is gone");
        receiver.lose(&[0xff; 32], why());
    }

    #[tokio::test]
    async fn the_end_of_a_reply_comes_after_what_is_still_read_of_it() {
        let waiters = Arc::<Waiters>::default();
        let receiver = receiver(&waiters);
        let mut waiter = waiters.register();
        receiver.take(delivery(&waiter, "x".repeat(2 * LIGHT).into(), false));
        receiver.take(delivery(&waiter, Value::Null, true));
        let reply = loop {
            match waiter.next().await {
                Sign::Alive => {}
                Sign::Over(reply) => break reply,
                Sign::Closed | Sign::Lost(_) | Sign::Unreadable(_) => panic!("it can be read"),
            }
        };
        assert_eq!(reply.result_text().len(), 2 * LIGHT + 2);
    }
}
