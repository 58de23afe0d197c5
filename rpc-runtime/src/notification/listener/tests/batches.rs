//! Notifications that are handled together.

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::time::Instant;

use super::stage::{ACK, BACK, DROP, Heard, Stage, notification};
use super::*;
use crate::notification::listener::{Filter, IntoVerdicts};
use crate::transport::stub::until;

type Taken = Vec<(Context, Notification, Meta)>;

/// When a batch was handled, in milliseconds from the start on, and what it had.
type Handled = (u64, Vec<String>);

#[derive(Clone, Default)]
struct Batches(Arc<Mutex<Vec<Handled>>>);

impl Batches {
    fn all(&self) -> Vec<Handled> {
        lock(&self.0).clone()
    }

    fn texts(&self) -> Vec<String> {
        self.all().into_iter().map(|(_, events)| events.join(" ")).collect()
    }

    fn endpoint<V, F>(&self, act: impl Fn(Vec<String>) -> F + Send + Sync + 'static) -> NotificationEndpoint
    where
        V: IntoVerdicts,
        F: Future<Output = V> + Send + 'static,
    {
        let (batches, began) = (self.clone(), Instant::now());
        NotificationEndpoint::batch(move |taken: Taken| {
            let events: Vec<_> = taken.iter().map(|(_, event, _)| event.event_type().to_owned()).collect();
            let at = u64::try_from(began.elapsed().as_millis()).unwrap();
            lock(&batches.0).push((at, events.clone()));
            act(events)
        })
    }
}

fn event(name: &str) -> String {
    notification(json!({"event_type": name, "_unique_id": name}))
}

#[tokio::test(start_paused = true)]
async fn the_wait_begins_with_the_first() {
    let batches = Batches::default();
    let endpoint = batches.endpoint(|_| async {});
    let stage = Stage::new(|listener| listener.endpoint(endpoint).batch(3, Duration::from_millis(501))).await;
    sleep(Duration::from_secs(10)).await;
    for name in ["a", "b", "c", "d"] {
        stage.deliver(event(name)).await;
        sleep(Duration::from_millis(200)).await;
    }
    sleep(Duration::from_secs(1)).await;
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(batches.all(), [(10_400, texts(&["a", "b", "c"])), (11_101, texts(&["d"]))]);
    assert_eq!(stage.verdicts(), [(1, ACK), (2, ACK), (3, ACK), (4, ACK)]);
}

#[tokio::test(start_paused = true)]
async fn without_a_wait_it_is_what_is_there_and_for_ever_is_until_the_end() {
    let batches = Batches::default();
    let endpoint = batches.endpoint(|_| async {});
    let stage = Stage::new(|listener| listener.endpoint(endpoint).batch(50, Duration::ZERO)).await;
    for name in ["a", "b", "c"] {
        stage.deliver(event(name)).await;
    }
    stage.now().await;
    stage.deliver(event("d")).await;
    stage.now().await;
    assert_eq!(batches.texts(), ["a b c", "d"]);

    let batches = Batches::default();
    let endpoint = batches.endpoint(|_| async {});
    let stage = Stage::new(|listener| listener.endpoint(endpoint).batch(3, Duration::MAX)).await;
    for name in ["a", "b", "c", "d"] {
        stage.deliver(event(name)).await;
    }
    sleep(Duration::from_secs(24 * 3600)).await;
    assert_eq!(batches.texts(), ["a b c"]);
    let book = Arc::clone(&stage.book);
    stage.listener.shutdown(Duration::from_secs(1)).await.unwrap();
    assert_eq!(batches.texts(), ["a b c", "d"]);
    assert_eq!(lock(&book.verdicts)[3], (4, ACK));
}

#[tokio::test(start_paused = true)]
async fn each_is_settled_by_itself() {
    let batches = Batches::default();
    let endpoint = batches.endpoint(|events| async move {
        let verdict = |event: &String| match event.as_str() {
            "back" => Ok(Verdict::Requeue),
            "away" => Ok(Verdict::Reject),
            "bad" => Err("it failed"),
            _ => Ok(Verdict::Handled),
        };
        events.iter().map(verdict).collect::<Vec<_>>()
    });
    let stage =
        Stage::new(|listener| listener.endpoint(endpoint).batch(4, Duration::MAX).on_error(OnError::Requeue))
            .await;
    for name in ["good", "back", "nonsense", "away", "good", "bad"] {
        // What is no notification, or was there before, takes no place among the others.
        stage.deliver(if name == "nonsense" { name.to_owned() } else { event(name) }).await;
    }
    stage.now().await;
    assert_eq!(batches.texts(), ["good back away bad"]);
    let mut verdicts = stage.verdicts();
    verdicts.sort_by_key(|(tag, _)| *tag);
    assert_eq!(verdicts, [(1, ACK), (2, BACK), (3, DROP), (4, DROP), (5, ACK), (6, BACK)]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_may_have_one_verdict_or_fail_as_a_whole() {
    for (number, settled) in [ACK, BACK, BACK, BACK].into_iter().enumerate() {
        let batches = Batches::default();
        let endpoint = match number {
            0 => batches.endpoint(|_| async { Verdict::Handled }),
            1 => batches.endpoint(|_| async { Err::<(), _>("it failed") }),
            2 => batches.endpoint(|events| async move {
                if events.len() == 2 {
                    panic!("both")
                }
            }),
            _ => batches.endpoint(|_| async { vec![Verdict::Handled] }),
        };
        let stage = Stage::new(|listener| {
            listener.endpoint(endpoint).batch(2, Duration::MAX).on_error(OnError::Requeue)
        })
        .await;
        stage.deliver(event("a")).await;
        stage.deliver(event("b")).await;
        stage.now().await;
        assert_eq!(stage.verdicts(), [(1, settled), (2, settled)], "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn endpoints_have_their_part_of_a_batch() {
    let (some, all, single) = (Batches::default(), Batches::default(), Heard::default());
    let refusing = some.endpoint(|events| async move {
        events
            .iter()
            .map(|event| if event == "x2" { Verdict::Requeue } else { Verdict::Handled })
            .collect::<Vec<_>>()
    });
    let stage = Stage::new(|listener| {
        listener
            .endpoint(refusing.filter(Filter::new().event_type("x").unwrap()).priorities([Priority::Info]))
            .endpoint(all.endpoint(|_| async {}))
            .endpoint(single.content().priorities([Priority::Error]))
            .batch(5, Duration::MAX)
    })
    .await;
    for (name, priority) in [("x1", "INFO"), ("y1", "ERROR"), ("x2", "INFO"), ("x3", "ERROR"), ("x4", "INFO")]
    {
        let members = json!({"event_type": name, "_unique_id": name, "priority": priority});
        stage.deliver(notification(members)).await;
    }
    stage.now().await;
    assert_eq!((some.texts(), all.texts()), (vec!["x1 x2 x4".to_owned()], vec!["x1 y1 x3 x4".to_owned()]));
    assert_eq!(single.all(), ["y1", "x3"]);
    let mut verdicts = stage.verdicts();
    verdicts.sort_by_key(|(tag, _)| *tag);
    assert_eq!(verdicts, [(1, ACK), (2, ACK), (3, BACK), (4, ACK), (5, ACK)]);
}

#[tokio::test(start_paused = true)]
async fn so_many_batches_are_handled_at_once() {
    let (batches, gate) = (Batches::default(), Arc::new(tokio::sync::Semaphore::new(0)));
    let opened = Arc::clone(&gate);
    let endpoint = batches.endpoint(move |_| {
        let opened = Arc::clone(&opened);
        async move { opened.acquire().await.unwrap().forget() }
    });
    let stage =
        Stage::new(|listener| listener.endpoint(endpoint).batch(2, Duration::MAX).concurrency(2)).await;
    for name in ["a", "b", "c", "d", "e", "f"] {
        stage.deliver(event(name)).await;
    }
    stage.now().await;
    assert_eq!(batches.texts(), ["a b", "c d"]);
    gate.add_permits(1);
    stage.now().await;
    assert_eq!(batches.texts(), ["a b", "c d", "e f"]);
}

/// Its memory is held by those before it, which wait for it.
#[tokio::test]
async fn a_large_one_does_not_wait_for_a_batch_that_waits_for_it() {
    let batches = Batches::default();
    let endpoint = batches.endpoint(|_| async {});
    let endpoint = endpoint.priorities([Priority::Info]);
    let stage = Stage::new(|listener| {
        // For two bodies of 16 MiB that wait, and as much for those that are handled.
        listener.endpoint(endpoint).batch(2, Duration::MAX).memory(64 << 20).concurrency(1)
    })
    .await;
    // Each takes more than half of it, as it is there three times.
    for n in 0..3 {
        let members = json!({"event_type": n.to_string(), "payload": {"text": "x".repeat(6 << 20)}});
        stage.deliver(notification(members)).await;
    }
    stage.deliver(event("small")).await;
    until("the last ones have gone together", || stage.verdicts().len() == 4).await;
    assert_eq!(batches.texts(), ["0", "1", "2 small"]);
}

/// What comes, after how many milliseconds.
#[derive(Debug, Clone)]
enum Arrival {
    Good,
    Nonsense,
    Repeated,
}

/// The batches that have to come of it: when each is handled, and what it has.
fn expected(arrivals: &[(u64, Arrival)], size: usize, wait: u64) -> Vec<Handled> {
    let (mut batches, mut open, mut now) = (Vec::new(), None::<Handled>, 0);
    for (number, (gap, arrival)) in arrivals.iter().enumerate() {
        now += gap;
        batches.extend(open.take_if(|(until, _)| *until < now));
        if let Arrival::Good = arrival {
            let (_, events) = open.get_or_insert_with(|| (now + wait, Vec::new()));
            events.push(number.to_string());
            if events.len() == size {
                batches.extend(open.take().map(|(_, events)| (now, events)));
            }
        }
    }
    batches.extend(open);
    batches
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn every_one_is_in_one_batch_in_order_and_in_time(
        arrivals in vec((0_u64..20, prop_oneof![
            5 => Just(Arrival::Good), 1 => Just(Arrival::Nonsense), 1 => Just(Arrival::Repeated),
        ]), 0..40),
        size in 1_usize..6,
        half_wait in 0_u64..30,
    ) {
        // Even gaps and an odd wait: nothing arrives at the very end of a wait.
        let arrivals: Vec<_> = arrivals.into_iter().map(|(gap, arrival)| (2 * gap, arrival)).collect();
        let wait = 2 * half_wait + 1;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (batches, verdicts) = runtime.block_on(async {
            let batches = Batches::default();
            let endpoint = batches.endpoint(|_| async {});
            let stage = Stage::new(|listener| {
                listener.endpoint(endpoint).batch(size, Duration::from_millis(wait)).concurrency(3)
            }).await;
            for (number, (gap, arrival)) in arrivals.iter().enumerate() {
                if *gap > 0 {
                    sleep(Duration::from_millis(*gap)).await;
                }
                match arrival {
                    Arrival::Good => stage.deliver(event(&number.to_string())).await,
                    Arrival::Nonsense => stage.deliver("nonsense").await,
                    // Of the last one before it, or of none.
                    Arrival::Repeated => {
                        let good = |at: &usize| matches!(arrivals[*at].1, Arrival::Good);
                        match (0..number).rev().find(good) {
                            Some(at) => stage.redeliver(event(&at.to_string())).await,
                            None => stage.deliver("nonsense").await,
                        }
                    }
                };
            }
            sleep(Duration::from_millis(wait + 1)).await;
            (batches.all(), stage.verdicts())
        });
        prop_assert_eq!(batches, expected(&arrivals, size, wait));
        let mut tags: Vec<_> = verdicts.into_iter().map(|(tag, _)| tag).collect();
        tags.sort_unstable();
        prop_assert_eq!(tags, (1..=arrivals.len() as u64).collect::<Vec<_>>());
    }
}
