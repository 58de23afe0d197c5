//! The Python peers against each other: what the other tests rely on when one side is Rust.

use rpc_runtime::notification::Priority;
use rpc_tests::limits::PATIENCE;
use rpc_tests::{PythonListener, PythonNotifier, PythonRules, run};
use serde_json::{Value, json};

use super::vhost;

#[test]
fn every_priority_and_format_is_heard() {
    run(async {
        let vhost = vhost("python-heard").await;
        let mut listener = PythonListener::builder(&vhost.url(), "t").start().await.unwrap();
        let mut notifier = PythonNotifier::builder(&vhost.url()).start().await.unwrap();
        for driver in ["messagingv2", "messaging"] {
            for priority in Priority::ALL.map(Priority::name) {
                let request = json!({"priority": priority, "event": "e", "payload": {"by": driver}, "topics": ["t"],
                    "drivers": [driver], "publisher_id": "p.host1", "request_context": {"user_id": "u", "auth_token": "s"}});
                let sent = notifier.emit(request).await.unwrap();
                let heard = listener.heard().await.unwrap();
                assert_eq!(heard.priority, priority);
                let [one] = &heard.notifications[..] else { panic!("{heard:?}") };
                assert_eq!((one.publisher_id.as_deref(), &*one.event_type), (Some("p.host1"), "e"));
                assert_eq!(one.payload, json!({"by": driver}));
                for key in ["message_id", "timestamp"] {
                    assert_eq!(one.metadata[key], sent.text(key));
                }
                assert_eq!((&one.ctxt["user"], &one.ctxt["auth_token"]), (&json!("u"), &Value::Null));
            }
        }
        notifier.stop().await.unwrap();
        assert_eq!(listener.stop().await.unwrap(), []);
    });
}

#[test]
fn a_batch_is_one_call_for_each_priority_and_comes_again_as_a_whole() {
    run(async {
        let vhost = vhost("python-batch").await;
        let listener = PythonListener::builder(&vhost.url(), "t").batch(3, None).requeue("b", 1);
        let mut listener = listener.start().await.unwrap();
        let mut notifier = PythonNotifier::builder(&vhost.url()).start().await.unwrap();
        for (priority, event) in [("info", "a"), ("error", "c"), ("info", "b")] {
            let request = json!({"priority": priority, "event": event, "payload": {}, "topics": ["t"]});
            notifier.emit(request).await.unwrap();
        }
        let heard = [listener.heard().await.unwrap(), listener.heard().await.unwrap()];
        let events = heard.map(|heard| {
            let mut events: Vec<_> = heard.notifications.into_iter().map(|one| one.event_type).collect();
            // Of two queues, each of which may be the first.
            events.sort();
            (heard.priority, events)
        });
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(events, [("error".to_owned(), texts(&["c"])), ("info".to_owned(), texts(&["a", "b"]))]);
        // Both of the priority come again, and the batch is full with one more.
        notifier
            .emit(json!({"priority": "info", "event": "d", "payload": {}, "topics": ["t"]}))
            .await
            .unwrap();
        let heard = listener.heard().await.unwrap();
        let mut events: Vec<_> = heard.notifications.into_iter().map(|one| one.event_type).collect();
        events.sort();
        assert_eq!(events, ["a", "b", "d"]);
        assert_eq!(listener.stop().await.unwrap(), []);
    });
}

#[test]
fn pools_filters_and_a_late_listener() {
    run(async {
        let vhost = vhost("python-pools").await;
        let exchange = "DEFAULT/control_exchange=nova";
        let notifier = PythonNotifier::builder(&vhost.url()).option(exchange);
        let mut notifier = notifier.option("oslo_messaging_notifications/topics=t").start().await.unwrap();
        let pooled = PythonListener::builder(&vhost.url(), "nova/t").pool("billing").priority("info");
        let filter = json!({"publisher_id": "compute\\..*", "payload": {"state": "^active$"}});
        let mut pooled = pooled.filter(&filter).start().await.unwrap();
        for (publisher, state) in [("compute.a", "active"), ("network.a", "active"), ("compute.a", "gone")] {
            notifier
                .emit(json!({"priority": "info", "event": "e", "publisher_id": publisher, "payload": {"state": state}}))
                .await
                .unwrap();
        }
        let heard = pooled.heard_one().await.unwrap();
        assert_eq!(
            (heard.publisher_id.as_deref(), &heard.payload["state"]),
            (Some("compute.a"), &json!("active"))
        );
        // Those for listeners without a pool have waited.
        let late = PythonListener::builder(&vhost.url(), "nova/t").in_order().batch(3, Some(PATIENCE));
        let mut late = late.start().await.unwrap();
        assert_eq!(late.heard().await.unwrap().notifications.len(), 3);
        assert_eq!((pooled.stop().await.unwrap(), late.stop().await.unwrap()), (vec![], vec![]));
    });
}

#[test]
fn what_python_decides_can_be_asked() {
    run(async {
        let mut rules = PythonRules::start().await.unwrap();
        let notification =
            json!({"context": {}, "publisher_id": "a.b", "event_type": "e", "metadata": {}, "payload": {}});
        assert_eq!(rules.filter(&json!({"publisher_id": "a"}), &notification).await.unwrap(), Ok(true));
        assert_eq!(rules.filter(&json!({"publisher_id": "b"}), &notification).await.unwrap(), Ok(false));
        assert!(rules.filter(&json!({"publisher_id": "("}), &notification).await.unwrap().is_err());
        let file =
            "group:\n  log:\n    accepted_events: ['a.*']\n  noop:\n    accepted_priorities: [Error]\n";
        for (event, priority, drivers) in [("a.b", "ERROR", vec!["log", "noop"]), ("b", "info", vec![])] {
            let found = rules.drivers(file, event, priority).await.unwrap();
            assert!(found.iter().eq(drivers.iter()), "{found:?}");
        }
        rules.stop().await.unwrap();
    });
}

#[test]
fn a_wrong_notification_is_named_and_a_lost_one_told() {
    run(async {
        let vhost = vhost("python-wrong").await;
        let mut notifier = PythonNotifier::builder(&vhost.url()).start().await.unwrap();
        let error = notifier.emit(json!({"priority": "info", "event": "e", "paylod": {}})).await.unwrap_err();
        assert!(error.to_string().contains("unknown keys ['paylod']"), "{error}");
        // A port that nobody listens to: Python says so in its log alone.
        let mut nowhere = PythonNotifier::builder("rabbit://guest:guest@127.0.0.1:1/").start().await.unwrap();
        let lost =
            nowhere.try_emit(json!({"priority": "info", "event": "e", "payload": {}, "retry": 1})).await;
        let lost = lost.unwrap();
        assert!(!lost.is_sent(), "{lost:?}");
    });
}
