//! What becomes of requests that no server finishes, and of what nobody can read.

use super::*;
use crate::error::{Fault, FaultKind};
use crate::receiving::{Acknowledge, DeadLetters};
use crate::transport::driver::History;

const LIMIT: u32 = 3;
/// After so many redeliveries the queue drops a message.
const OF_QUEUE: u32 = 2;

async fn late(change: impl FnOnce(Stub) -> Stub) -> Rig {
    let dead_letters = DeadLetters::new().redeliveries(LIMIT);
    Rig::over(change, |server| server.acknowledge(Acknowledge::Late).dead_letters(dead_letters)).await
}

impl Rig {
    /// What the server does with a call that was delivered before: whether it is executed, where a copy goes with which
    /// count, and what its caller is told.
    async fn feed_again(&mut self, history: History) -> (bool, Option<(Route, u32)>, Option<Value>) {
        let before = self.called();
        self.deliver_again(history).await;
        assert_eq!(self.verdicts.recv().await, Some(Verdict::Ack));
        self.server.as_ref().unwrap().idle().await;
        let copy = self.forwarded.try_recv().ok().map(|copy| (copy.route, copy.deliveries));
        let reply = self.published.try_recv().ok().map(|reply| inner(&reply.body));
        (self.called() > before, copy, reply)
    }

    async fn deliver_again(&self, history: History) {
        let message = json!({"method": "echo", "args": {}, "_msg_id": "m", "_reply_q": "reply_probe"});
        let again = Delivery {
            redelivered: true,
            history,
            ..delivery(sealed(&message), Settle::new(Arc::clone(&self.settler), 1))
        };
        self.deliveries.send(again).await.unwrap();
    }
}

fn counted(times: u32) -> History {
    History { counted: Some(times), ..History::default() }
}

fn noted(times: u32) -> History {
    History { noted: times, ..History::default() }
}

fn own_queue() -> Route {
    Route::Queue { name: "probe".into() }
}

fn dead() -> Route {
    Route::DeadLetters { exchange: "openstack".into(), topic: "compute.dead".into() }
}

#[tokio::test(start_paused = true)]
async fn what_its_queue_counts_is_executed_up_to_the_limit() {
    let mut rig = late(|stub| stub).await;
    for times in 1..=LIMIT {
        let (executed, copy, reply) = rig.feed_again(counted(times)).await;
        assert_eq!((executed, copy), (true, None), "{times}");
        assert_eq!(reply.unwrap()["failure"], Value::Null);
    }
    let (executed, copy, reply) = rig.feed_again(counted(LIMIT + 1)).await;
    assert_eq!((executed, copy), (false, Some((dead(), LIMIT + 1))));
    let told = reply.unwrap()["failure"]["message"].to_string();
    assert!(told.contains("echo() was delivered 4 times and never finished; it is kept in"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_copy_with_a_count_takes_the_place_of_what_its_queue_does_not_count() {
    let mut rig = late(|stub| stub).await;
    for times in 0..LIMIT {
        let (executed, copy, reply) = rig.feed_again(noted(times)).await;
        assert_eq!((executed, copy, reply), (false, Some((own_queue(), times + 1)), None));
    }
    let (executed, copy, reply) = rig.feed_again(noted(LIMIT)).await;
    assert_eq!((executed, copy), (false, Some((dead(), LIMIT + 1))));
    assert!(reply.is_some());
}

#[tokio::test(start_paused = true)]
async fn and_of_what_its_queue_would_drop_the_next_time() {
    let mut rig = late(|stub| stub.limiting(OF_QUEUE)).await;
    let (executed, copy, _) = rig.feed_again(counted(OF_QUEUE - 1)).await;
    assert_eq!((executed, copy), (true, None));
    let (executed, copy, reply) = rig.feed_again(counted(OF_QUEUE)).await;
    assert_eq!((executed, copy, reply), (false, Some((own_queue(), OF_QUEUE)), None));
    // Who has no dead letters executes it for the last time.
    let mut rig =
        Rig::over(|stub| stub.limiting(OF_QUEUE), |server| server.acknowledge(Acknowledge::Late)).await;
    let (executed, copy, _) = rig.feed_again(counted(OF_QUEUE)).await;
    assert_eq!((executed, copy), (true, None));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_kept_if_asked_for() {
    for keep in [true, false] {
        let mut rig =
            Rig::with(|server| server.dead_letters(DeadLetters::new().undecodable(keep).topic("lost"))).await;
        let (verdict, executed, _) = rig.feed("{".into(), Content::JSON).await;
        let kept = rig.forwarded.try_recv().ok().map(|letter| (letter.route, letter.death.unwrap().reason));
        let lost = Route::DeadLetters { exchange: "openstack".into(), topic: "lost".into() };
        let expected = match keep {
            true => (Verdict::Ack, Some((lost, "rejected"))),
            false => (Verdict::Reject { requeue: false }, None),
        };
        assert_eq!(((verdict, kept), executed), (expected, false));
    }
}

/// Not so what comes again anyway, nor anything once the transport is closed.
#[tokio::test(start_paused = true)]
async fn what_its_queue_would_drop_is_sent_on_until_it_is_taken() {
    let full = || PublishFault::Refused(Fault::new(FaultKind::Nacked, "full"));
    for (history, fault, tries, verdict) in [
        (counted(OF_QUEUE), full as fn() -> PublishFault, 3, Verdict::Ack),
        (noted(0), full, 1, Verdict::Reject { requeue: true }),
        (counted(OF_QUEUE), || PublishFault::Closed, 1, Verdict::Reject { requeue: true }),
    ] {
        let tried = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&tried);
        let refusing = move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Err(fault().into()),
            _ => Ok(()),
        };
        let mut rig = late(|stub| stub.limiting(OF_QUEUE).forwarding(refusing)).await;
        rig.deliver_again(history).await;
        assert_eq!(rig.verdicts.recv().await, Some(verdict));
        assert_eq!((tried.load(Ordering::SeqCst), rig.called()), (tries, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn nor_does_a_server_that_ends_try_for_ever() {
    let full = |_| Err(PublishFault::Refused(Fault::new(FaultKind::Nacked, "full")).into());
    let mut rig = late(|stub| stub.limiting(OF_QUEUE).forwarding(full)).await;
    rig.deliver_again(counted(OF_QUEUE)).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(rig.verdicts.try_recv().is_err(), "it is tried");
    rig.server.take().unwrap().shutdown(Duration::from_secs(10)).await.unwrap();
    assert_eq!(rig.verdicts.recv().await, Some(Verdict::Reject { requeue: true }));
}
