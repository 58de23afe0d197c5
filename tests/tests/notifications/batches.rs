//! Batches in both directions.

use std::time::Duration;

use rpc_runtime::Context;
use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint, Notifier, Verdict};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{PythonListener, run};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{connect, hold, notification, python_notifier, vhost};

/// How long a batch waits that is not full: where that is over before all are there that are to be in it, as on a busy
/// machine, the next is tried.
const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(16)];

type Batch = Vec<(u64, bool)>;

/// An endpoint that hands on the number of each, and whether it came before, and asks once for each that `again` says.
fn endpoint(again: fn(u64) -> bool) -> (NotificationEndpoint, mpsc::UnboundedReceiver<Batch>) {
    let (sender, batches) = mpsc::unbounded_channel();
    let endpoint = NotificationEndpoint::batch(move |batch: Vec<(Context, Notification, Meta)>| {
        let read = |event: &Notification| event.payload().decode::<Value>().unwrap()["n"].as_u64().unwrap();
        let numbers: Batch = batch.iter().map(|(_, event, meta)| (read(event), meta.redelivered)).collect();
        let verdict = |(number, before): &(u64, bool)| {
            if again(*number) && !before { Verdict::Requeue } else { Verdict::Handled }
        };
        let verdicts: Vec<_> = numbers.iter().map(verdict).collect();
        sender.send(numbers).unwrap();
        async move { verdicts }
    });
    (endpoint, batches)
}

async fn next(batches: &mut mpsc::UnboundedReceiver<Batch>) -> Batch {
    timeout(PATIENCE, batches.recv()).await.expect("a batch").unwrap()
}

#[test]
fn of_python_in_batches_that_are_full_or_have_waited() {
    run(async {
        let vhost = vhost("batches").await;
        let mut notifier = python_notifier(&vhost).await;
        let mut seen = Vec::new();
        for wait in WAITS {
            for n in 0..25 {
                notifier.emit(notification("info", "e", json!({"n": n}), json!({}))).await.unwrap();
            }
            let (endpoint, mut batches) = endpoint(|_| false);
            let builder = Listener::builder(&connect(&vhost).await).topic("t").endpoint(endpoint);
            let listener = builder.batch(10, wait).concurrency(1).start().await.unwrap();
            let (mut numbers, mut sizes) = (Vec::new(), Vec::new());
            while numbers.len() < 25 {
                let batch = next(&mut batches).await;
                sizes.push(batch.len());
                numbers.extend(batch.into_iter().map(|(number, _)| number));
            }
            assert!(numbers.into_iter().eq(0..25), "one at a time keeps the order");
            listener.shutdown(PATIENCE).await.unwrap();
            hold(&vhost, &[]).await;
            if sizes == [10, 10, 5] {
                return;
            }
            seen.push(sizes);
        }
        panic!("{seen:?}");
    });
}

#[test]
fn only_what_a_batch_asks_for_comes_again() {
    run(async {
        let vhost = vhost("batch-again").await;
        let mut notifier = python_notifier(&vhost).await;
        let mut seen = Vec::new();
        for wait in WAITS {
            for n in 0..4 {
                notifier.emit(notification("info", "e", json!({"n": n}), json!({}))).await.unwrap();
            }
            let (endpoint, mut batches) = endpoint(|number| number % 2 == 1);
            let builder = Listener::builder(&connect(&vhost).await).topic("t").endpoint(endpoint);
            let listener = builder.batch(4, wait).start().await.unwrap();
            let mut came = vec![next(&mut batches).await];
            while came.iter().map(Vec::len).sum::<usize>() < 6 {
                came.push(next(&mut batches).await);
            }
            let mut all = came.concat();
            all.sort_unstable();
            assert_eq!(all, [(0, false), (1, false), (1, true), (2, false), (3, false), (3, true)]);
            listener.shutdown(PATIENCE).await.unwrap();
            assert!(batches.try_recv().is_err());
            hold(&vhost, &[]).await;
            if came[0].len() == 4 {
                return;
            }
            seen.push(came);
        }
        panic!("{seen:?}");
    });
}

#[test]
fn of_ours_in_batches_of_python() {
    run(async {
        let vhost = vhost("python-batches").await;
        let transport = connect(&vhost).await;
        let notifier =
            Notifier::builder(&transport).topics(["t"]).publisher_id("volume.host1").build().unwrap();
        for n in 0..7 {
            notifier.info(&Context::new(), "e", &json!({"n": n})).await.unwrap();
        }
        notifier.error(&Context::new(), "e", &json!({"n": 7})).await.unwrap();
        let listener = PythonListener::builder(&vhost.url(), "t").batch(8, Some(PATIENCE)).in_order();
        let mut listener = listener.start().await.unwrap();
        let heard = [listener.heard().await.unwrap(), listener.heard().await.unwrap()];
        let counts = heard.each_ref().map(|heard| (&*heard.priority, heard.notifications.len()));
        assert_eq!(counts, [("error", 1), ("info", 7)]);
        let numbers = heard[1].notifications.iter().map(|one| one.payload["n"].as_u64().unwrap());
        assert!(numbers.eq(0..7), "{heard:?}");
        assert_eq!(listener.stop().await.unwrap(), []);
    });
}
