//! Python's notifier, heard by a listener of ours.

use rpc_runtime::notification::{Filter, Listener, Priority, Verdict};
use rpc_tests::{PythonListener, PythonNotifier, run};
use serde_json::{Value, json};

use super::hearing::{Hearing, share};
use super::{FORMATS, connect, hold, notification, python_notifier, vhost};

/// What is sent one after the other in most of these tests.
const MANY: u64 = 12;

async fn emit_many(notifier: &mut PythonNotifier) {
    for n in 0..MANY {
        notifier.emit(notification("info", "e", json!({"n": n}), json!({}))).await.unwrap();
    }
}

fn all() -> Vec<u64> {
    (0..MANY).collect()
}

#[test]
fn every_priority_and_format() {
    run(async {
        let vhost = vhost("heard").await;
        // Of its transport, too, there is no other copy.
        let mut hearing = Hearing::start(Listener::builder(&connect(&vhost).await).topic("t")).await;
        let mut notifier = python_notifier(&vhost).await;
        // Both have their names of one priority; Python's says `warning` as well.
        let names = Priority::ALL.map(|priority| (priority.name(), priority));
        for format in FORMATS {
            for (name, priority) in names.into_iter().chain([("warning", Priority::Warn)]) {
                let payload =
                    json!({"by": format, "text": "卷 \u{1f600}\n", "none": null, "list": [1, 0.5, true]});
                let keys = json!({"drivers": [format], "publisher_id": "compute.host1"});
                let sent =
                    notifier.emit(notification(name, "compute.start", payload.clone(), keys)).await.unwrap();
                let heard = hearing.next().await;
                assert_eq!((heard.event.event_type(), heard.event.priority()), ("compute.start", priority));
                assert_eq!(heard.payload(), payload);
                let meta = heard.meta;
                assert_eq!((meta.priority, meta.event_type.as_deref()), (priority, Some("compute.start")));
                assert_eq!(meta.publisher_id.as_deref(), Some("compute.host1"));
                assert_eq!(meta.message_id.as_deref(), Some(sent.text("message_id")));
                assert_eq!(meta.timestamp.as_deref(), Some(sent.text("timestamp")));
                assert_eq!(&*meta.queue, format!("t.{}", priority.name()));
                assert!(meta.unique_id.is_some() && !meta.redelivered && meta.deliveries == 1, "{meta:?}");
            }
        }
        hearing.stop().await;
    });
}

#[test]
fn contexts_and_what_is_left_out() {
    run(async {
        let vhost = vhost("contexts").await;
        let mut hearing = Hearing::start(Listener::builder(&connect(&vhost).await).topic("t")).await;
        let mut notifier = python_notifier(&vhost).await;
        let request = json!({"user_id": "u1", "project_id": "p1", "roles": ["member"], "request_id": "req-7",
            "auth_token": "token-of-u1", "is_admin": false});
        notifier
            .emit(notification("info", "e", json!(null), json!({"request_context": request})))
            .await
            .unwrap();
        let heard = hearing.next().await;
        assert_eq!((heard.ctx.user_id(), heard.ctx.project_id()), (Some("u1"), Some("p1")));
        assert_eq!((heard.ctx.request_id(), heard.ctx.roles()), (Some("req-7"), vec!["member".to_owned()]));
        assert_eq!((heard.ctx.auth_token(), heard.meta.publisher_id), (None, None));
        assert_eq!(heard.event.payload().text(), "null");

        // A context that is none of oslo.context is not sent at all.
        notifier.emit(notification("info", "e", json!([1]), json!({"ctxt": {"user": "u1"}}))).await.unwrap();
        let heard = hearing.next().await;
        assert_eq!((heard.ctx.iter().count(), heard.payload()), (0, json!([1])));
        hearing.stop().await;
    });
}

#[test]
fn each_pool_hears_all_and_its_members_share() {
    run(async {
        let vhost = vhost("pools").await;
        let transport = connect(&vhost).await;
        let listener = || Listener::builder(&transport).topic("t");
        let mut plain = Hearing::start(listener()).await;
        let mut first = Hearing::start(listener().pool("billing")).await;
        let mut second = Hearing::start(listener().pool("billing")).await;
        // One of another process, and one of Python's.
        let mut audit =
            Hearing::start(Listener::builder(&connect(&vhost).await).topic("t").pool("audit")).await;
        let python = PythonListener::builder(&vhost.url(), "t").pool("python");
        let mut python = python.start().await.unwrap();
        emit_many(&mut python_notifier(&vhost).await).await;

        assert_eq!(plain.numbers(all().len()).await, all());
        assert_eq!(audit.numbers(all().len()).await, all());
        let mut of_python = Vec::new();
        for _ in all() {
            of_python.push(python.heard_one().await.unwrap().payload["n"].as_u64().unwrap());
        }
        of_python.sort_unstable();
        assert_eq!(of_python, all());
        let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
        while of_first.len() + of_second.len() < all().len() {
            tokio::select! {
                heard = first.next() => of_first.push(heard.number()),
                heard = second.next() => of_second.push(heard.number()),
            }
        }
        assert!(!of_first.is_empty() && !of_second.is_empty(), "{of_first:?} {of_second:?}");
        let mut of_both = [of_first, of_second].concat();
        of_both.sort_unstable();
        assert_eq!(of_both, all());
        first.stop().await;
        second.stop().await;
        plain.stop().await;
        audit.stop().await;
        assert_eq!(python.stop().await.unwrap(), []);
    });
}

#[test]
fn listeners_of_both_languages_share_a_queue() {
    run(async {
        let vhost = vhost("shared").await;
        let rust = Hearing::start(Listener::builder(&connect(&vhost).await).topic("t")).await;
        let python = PythonListener::builder(&vhost.url(), "t").start().await.unwrap();
        emit_many(&mut python_notifier(&vhost).await).await;
        share(python, rust, MANY).await;
    });
}

#[test]
fn what_is_asked_for_again_comes_again() {
    run(async {
        let vhost = vhost("again").await;
        let again = |meta: &_| {
            let meta: &rpc_runtime::notification::Meta = meta;
            if meta.redelivered { Verdict::Handled } else { Verdict::Requeue }
        };
        let builder = Listener::builder(&connect(&vhost).await).topic("t");
        let mut hearing = Hearing::judging(builder, vec![Priority::Info], None, again).await;
        let sent =
            python_notifier(&vhost).await.emit(notification("info", "e", json!({"n": 1}), json!({}))).await;
        let sent = sent.unwrap();
        for deliveries in [1, 2] {
            let heard = hearing.next().await;
            assert_eq!(heard.meta.message_id.as_deref(), Some(sent.text("message_id")));
            assert_eq!((heard.meta.redelivered, heard.meta.deliveries), (deliveries == 2, deliveries));
        }
        hearing.stop().await;
        hold(&vhost, &[]).await;
    });
}

#[test]
fn a_listener_hears_what_another_exchange_has_bound_to_its_queue() {
    run(async {
        let vhost = vhost("exchanges").await;
        let transport = connect(&vhost).await;
        let builder = Listener::builder(&transport).topic_of("nova", "t").topic_of("cinder", "t");
        let mut hearing = Hearing::start(builder).await;
        let mut sent = Vec::new();
        for exchange in ["nova", "cinder", "neutron"] {
            // Each declares the queue for its own exchange.
            let exchange = format!("DEFAULT/control_exchange={exchange}");
            let mut notifier = PythonNotifier::builder(&vhost.url()).option(&exchange).start().await.unwrap();
            let emitted =
                notifier.emit(notification("info", "e", json!({"by": exchange}), json!({}))).await.unwrap();
            sent.push(emitted.text("message_id").to_owned());
            assert_eq!(hearing.next().await.meta.message_id.as_deref(), sent.last().map(String::as_str));
        }
        let bindings = vhost.bindings().await.unwrap();
        let of_info = bindings.iter().filter(|binding| binding.queue == "t.info");
        assert_eq!(
            of_info.map(|binding| &*binding.exchange).collect::<Vec<_>>(),
            ["cinder", "neutron", "nova"],
            "the third by the notifier"
        );
        hearing.stop().await;
    });
}

#[test]
fn a_filter_and_the_priorities_that_are_wanted() {
    run(async {
        let vhost = vhost("filter").await;
        let filter = Filter::new().publisher_id("compute\\.").unwrap().event_type("a|b$").unwrap();
        let builder = Listener::builder(&connect(&vhost).await).topic("t");
        let wanted = vec![Priority::Info, Priority::Error];
        let mut hearing = Hearing::judging(builder, wanted, Some(filter), |_| Verdict::Handled).await;
        let mut notifier = python_notifier(&vhost).await;
        let cases = [
            ("info", "a.b", Some("compute.host1"), true),
            ("info", "b.a", Some("compute.host1"), false),
            ("error", "b", Some("compute.host1"), true),
            ("info", "a", Some("my.compute.host1"), false),
            ("info", "a", None, false),
            ("critical", "a", Some("compute.host1"), false),
            ("error", "aa", Some("compute."), true),
        ];
        for (n, (priority, event, publisher, passes)) in cases.into_iter().enumerate() {
            let keys = publisher.map_or(json!({}), |publisher| json!({"publisher_id": publisher}));
            notifier.emit(notification(priority, event, json!({"n": n}), keys)).await.unwrap();
            if passes {
                assert_eq!(hearing.next().await.number(), u64::try_from(n).unwrap());
            }
        }
        hearing.stop().await;
        // What nobody wants is left where it is.
        hold(&vhost, &[("t.critical", 1)]).await;
    });
}

#[test]
fn payloads_of_every_kind() {
    run(async {
        let vhost = vhost("payloads").await;
        let mut hearing = Hearing::start(Listener::builder(&connect(&vhost).await).topic("t")).await;
        let mut notifier = python_notifier(&vhost).await;
        let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
        for payload in [
            json!(null),
            json!(true),
            json!(-7),
            json!(u64::MAX),
            json!(0.1),
            json!(""),
            json!("text, \"quotes\", \\ \u{1f600} \u{7f} and \u{0}"),
            json!([]),
            json!({}),
            json!({"a": {"b": [null, {"c": "d"}]}, "": 1}),
            json!("x".repeat(300_000)),
            deep,
        ] {
            for format in FORMATS {
                let keys = json!({"drivers": [format]});
                notifier.emit(notification("sample", "e", payload.clone(), keys)).await.unwrap();
                assert!(hearing.next().await.event.payload().decode::<Value>().unwrap() == payload);
            }
        }
        hearing.stop().await;
    });
}
