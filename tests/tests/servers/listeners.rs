//! Notifications that nobody can handle: they come to an end, whatever counts their deliveries.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::notification::{
    Listener, ListenerBuilder, Meta, Notification, NotificationEndpoint, Priority, Verdict,
};
use rpc_runtime::{Context, DeadLetters};
use rpc_tests::{Vhost, run, until};
use serde_json::{Value, json};

use super::raw::Raw;
use super::{connect, holds, vhost};

const QUEUE: &str = "t.info";

/// The event types that a handler had, and how often each was delivered by then.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(String, u32)>>>);

impl Heard {
    fn all(&self) -> Vec<(String, u32)> {
        self.0.lock().unwrap().clone()
    }

    fn add(&self, meta: &Meta) {
        self.0.lock().unwrap().push((meta.event_type.clone().unwrap_or_default(), meta.deliveries));
    }

    async fn has(&self, count: usize) {
        let what = format!("{count} notifications are heard");
        let heard = until(&what, async || Ok((self.all().len() >= count).then_some(()))).await;
        heard.unwrap_or_else(|error| panic!("{error}: {:?}", self.all()));
    }

    /// An endpoint that wants everything again.
    fn never_content(&self) -> NotificationEndpoint {
        let heard = self.clone();
        NotificationEndpoint::new(move |_: Context, _: Notification, meta: Meta| {
            heard.add(&meta);
            async { Verdict::Requeue }
        })
        .priorities([Priority::Info])
    }

    /// One that takes for ever.
    fn never_done(&self) -> NotificationEndpoint {
        let heard = self.clone();
        NotificationEndpoint::new(move |_: Context, _: Notification, meta: Meta| {
            heard.add(&meta);
            std::future::pending::<()>()
        })
        .priorities([Priority::Info])
    }
}

/// Sends as a notifier does.
async fn notify(raw: &Raw, event: &str) {
    let members = json!({
        "message_id": event, "publisher_id": "p", "event_type": event, "priority": "INFO", "payload": {},
        "timestamp": "2026-01-02 03:04:05.000006", "_unique_id": event,
    });
    raw.request("openstack", QUEUE, members).await;
}

async fn listen(
    vhost: &Vhost,
    options: &str,
    endpoint: NotificationEndpoint,
    set: impl FnOnce(ListenerBuilder) -> ListenerBuilder,
) -> Listener {
    let transport = connect(vhost, options).await;
    set(Listener::builder(&transport).topic("t").endpoint(endpoint)).start().await.unwrap()
}

/// Has one notification given back for ever, until the listener gives it up.
fn given_up(name: &str, options: &'static str) {
    let name = name.to_owned();
    run(async move {
        let (vhost, heard) = (vhost(&name).await, Heard::default());
        let listener =
            listen(&vhost, options, heard.never_content(), |listener| listener.redeliveries(3)).await;
        let raw = Raw::connect(&vhost).await;
        notify(&raw, "poison").await;
        heard.has(4).await;
        until("it is given up", async || Ok((listener.counters().given_up == 1).then_some(())))
            .await
            .unwrap();
        holds(&vhost, QUEUE, 0, 0).await;
        let deliveries: Vec<_> = heard.all().into_iter().map(|(_, deliveries)| deliveries).collect();
        assert_eq!(deliveries, [1, 2, 3, 4]);
        listener.shutdown(Duration::from_secs(30)).await.unwrap();
    });
}

#[test]
fn a_classic_queue_does_not_count_and_the_listener_does() {
    given_up("poison-classic", "");
}

#[test]
fn a_quorum_queue_counts() {
    given_up("poison-quorum", "rabbit_quorum_queue=true");
}

/// Has listener after listener end in the middle of it, as a crash would; what is then in the dead letters.
fn never_finished(name: &str, options: &'static str) {
    let name = name.to_owned();
    run(async move {
        let (vhost, heard) = (vhost(&name).await, Heard::default());
        let dead = |listener: ListenerBuilder| listener.dead_letters(DeadLetters::new()).redeliveries(2);
        let mut listener = listen(&vhost, options, heard.never_done(), dead).await;
        let raw = Raw::connect(&vhost).await;
        notify(&raw, "poison").await;
        for times in 1..=3 {
            heard.has(times).await;
            listener.shutdown(Duration::ZERO).await.unwrap_err();
            listener = listen(&vhost, options, heard.never_done(), dead).await;
        }
        let letter = raw.take("t.dead").await;
        let header = |name| letter.header(name);
        assert_eq!(header("x-first-death-reason").as_deref(), Some("delivery_limit"));
        assert_eq!(header("x-first-death-queue").as_deref(), Some(QUEUE));
        assert_eq!(header("x-rpc-deliveries").as_deref(), Some("3"));
        assert_eq!(header("x-rpc-error").as_deref(), Some("poison was delivered 3 times and never handled"));
        let envelope: Value = serde_json::from_slice(&letter.body).unwrap();
        assert!(envelope["oslo.message"].as_str().unwrap().contains("poison"));
        holds(&vhost, QUEUE, 0, 0).await;
        assert_eq!((heard.all().len(), listener.counters().dead_lettered), (3, 1));
        listener.shutdown(Duration::from_secs(30)).await.unwrap();
    });
}

#[test]
fn what_ends_the_process_has_an_end_in_a_classic_queue() {
    never_finished("crash-classic", "");
}

#[test]
fn and_in_a_quorum_queue() {
    never_finished("crash-quorum", "rabbit_quorum_queue=true");
}

/// Every tenth one is given back the first time, and nothing else comes twice.
#[test]
fn batches_of_a_full_queue() {
    const COUNT: usize = 1000;
    run(async {
        let (vhost, heard) = (vhost("batches").await, Heard::default());
        let hearing = heard.clone();
        let endpoint = NotificationEndpoint::batch(move |batch: Vec<(Context, Notification, Meta)>| {
            let verdict = |meta: &Meta| {
                hearing.add(meta);
                let tenth = meta.event_type.as_ref().is_some_and(|event| event.ends_with('0'));
                if tenth && !meta.redelivered { Verdict::Requeue } else { Verdict::Handled }
            };
            let verdicts: Vec<_> = batch.iter().map(|(_, _, meta)| verdict(meta)).collect();
            async { verdicts }
        });
        let batches = |listener: ListenerBuilder| listener.batch(100, Duration::from_millis(200));
        let listener = listen(&vhost, "", endpoint.priorities([Priority::Info]), batches).await;
        let raw = Raw::connect(&vhost).await;
        for n in 0..COUNT {
            notify(&raw, &n.to_string()).await;
        }
        heard.has(COUNT + COUNT / 10).await;
        holds(&vhost, QUEUE, 0, 0).await;
        let all = heard.all();
        let events: BTreeSet<_> = all.iter().map(|(event, _)| event).collect();
        assert_eq!((all.len(), events.len()), (COUNT + COUNT / 10, COUNT));
        let counters = listener.counters();
        assert_eq!((counters.handled, counters.requeued), (COUNT as u64, COUNT as u64 / 10));
        listener.shutdown(Duration::from_secs(30)).await.unwrap();
    });
}
