//! The two central promises, where they are kept: a request is executed only once it has left its queue for good, and
//! what comes again is not executed again.

use super::stage::Book;
use super::*;
use crate::lock::lock;
use crate::receiving::Acknowledge;

/// A moment in which everything happens that can, as the clock is paused.
const MOMENT: Duration = Duration::from_secs(1);

async fn moment() {
    tokio::time::sleep(MOMENT).await;
}

pub(super) fn slow_call(seconds: f64) -> Bytes {
    let inner = json!({
        "method": "slow", "args": {"seconds": seconds}, "_msg_id": "m", "_reply_q": "reply_probe",
    });
    sealed(&inner).into()
}

#[tokio::test(start_paused = true)]
async fn no_handler_starts_before_its_acknowledgement_is_written() {
    let mut rig = Rig::new(16).await;
    let book = Arc::<Book>::default();
    rig.settler = Arc::new(Arc::clone(&book));
    book.held_back.store(true, Ordering::SeqCst);
    for id in ["a", "b"] {
        rig.deliver(cast(id), Content::JSON).await;
    }
    moment().await;
    assert_eq!((lock(&book.verdicts).len(), rig.called()), (2, 0));
    book.held_back.store(false, Ordering::SeqCst);
    book.released.notify_waiters();
    moment().await;
    assert_eq!(rig.called(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_acknowledged_is_executed_when_it_comes_again() {
    for acknowledge in [Acknowledge::Early, Acknowledge::Late] {
        let mut rig = Rig::with(|server| server.acknowledge(acknowledge)).await;
        let book = Arc::<Book>::default();
        rig.settler = Arc::new(Arc::clone(&book));
        book.lost.store(true, Ordering::SeqCst);
        rig.deliver(cast("a"), Content::JSON).await;
        moment().await;
        assert_eq!(rig.called(), 0, "{acknowledge}: it is back in its queue, and another server may have it");
        rig.settler = Arc::new(Arc::<Book>::default());
        for _ in 0..2 {
            rig.deliver(cast("a"), Content::JSON).await;
            moment().await;
            assert_eq!(rig.called(), 1, "{acknowledge}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn as_many_ids_are_remembered_as_asked_for() {
    const WINDOW: usize = 64;
    for acknowledge in [Acknowledge::Early, Acknowledge::Late] {
        let mut rig = Rig::with(|server| server.acknowledge(acknowledge).duplicate_window(WINDOW)).await;
        rig.settler = Arc::new(Arc::<Book>::default());
        for id in 0..WINDOW {
            rig.deliver(cast(&id.to_string()), Content::JSON).await;
        }
        // The oldest that is remembered; a new one; and the same, which is not remembered any more.
        for (id, executed) in [("0", WINDOW), ("new", WINDOW + 1), ("0", WINDOW + 2)] {
            rig.deliver(cast(id), Content::JSON).await;
            moment().await;
            assert_eq!(rig.called(), executed, "{acknowledge} {id}");
        }
    }
}

/// What is acknowledged late is acknowledged by the channel that it came by.
#[tokio::test(start_paused = true)]
async fn late_acknowledgements_come_before_the_end_of_their_channel() {
    for shut_down in [true, false] {
        let mut rig = Rig::with(|server| server.acknowledge(Acknowledge::Late)).await;
        let book = Arc::<Book>::default();
        rig.settler = Arc::new(Arc::clone(&book));
        let given = || lock(&book.verdicts).len();
        rig.deliver(slow_call(10.0), Content::JSON).await;
        moment().await;
        let server = rig.server.take().unwrap();
        let end = tokio::spawn(async move {
            if shut_down {
                server.shutdown(Duration::from_secs(60)).await.unwrap();
            }
        });
        moment().await;
        assert_eq!((rig.stops.load(Ordering::SeqCst), given()), (0, 0), "the handler runs");
        end.await.unwrap();
        tokio::time::sleep(10 * MOMENT).await;
        assert!(rig.published.try_recv().is_ok());
        assert_eq!((rig.stops.load(Ordering::SeqCst), given()), (1, 1));
    }
}
