//! A notifier of ours, heard by Python's listener.

use rpc_runtime::notification::{DriverName, Notifier, NotifierBuilder, Priority};
use rpc_runtime::{Context, Transport};
use rpc_tests::{PythonListener, run};
use serde_json::{Value, json};

use super::{FORMATS, connect, vhost};

fn notifier(transport: &Transport) -> NotifierBuilder {
    Notifier::builder(transport).topics(["t"]).publisher_id("volume.host1")
}

#[test]
fn every_priority_and_format() {
    run(async {
        let vhost = vhost("told").await;
        let transport = connect(&vhost).await;
        let mut listener = PythonListener::builder(&vhost.url(), "t").start().await.unwrap();
        for format in FORMATS {
            let driver: DriverName = format.parse().unwrap();
            let notifier = notifier(&transport).drivers([driver, DriverName::Test]).build().unwrap();
            for priority in Priority::ALL {
                let payload =
                    json!({"by": format, "text": "卷 \u{1f600}\n", "none": null, "list": [1, 0.5, true]});
                notifier.notify(&Context::new(), priority, "volume.create.end", &payload).await.unwrap();
                let heard = listener.heard().await.unwrap();
                assert_eq!(heard.priority, priority.name());
                let [one] = &heard.notifications[..] else { panic!("{heard:?}") };
                assert_eq!(
                    (one.publisher_id.as_deref(), &*one.event_type),
                    (Some("volume.host1"), "volume.create.end")
                );
                assert_eq!(one.payload, payload);
                let emitted = notifier.test_driver().unwrap().take();
                assert_eq!(one.metadata["message_id"], emitted[0].message_id());
                assert_eq!(one.metadata["timestamp"], emitted[0].timestamp());
            }
        }
        assert_eq!(listener.stop().await.unwrap(), []);
    });
}

#[test]
fn contexts_of_a_request_and_nobody() {
    run(async {
        let vhost = vhost("told-contexts").await;
        let transport = connect(&vhost).await;
        let mut listener = PythonListener::builder(&vhost.url(), "t").start().await.unwrap();
        let notifier = Notifier::builder(&transport).topics(["t"]).build().unwrap();
        let ctx = Context::request().with_user("u1").with_project("p1").with_roles(["member"]);
        let ctx = ctx.with_auth_token("token-of-u1");
        notifier.info(&ctx, "e", &json!(null)).await.unwrap();
        let heard = listener.heard_one().await.unwrap();
        assert_eq!((heard.publisher_id, &heard.payload), (None, &Value::Null));
        for (key, value) in
            [("user_id", json!("u1")), ("project_id", json!("p1")), ("roles", json!(["member"]))]
        {
            assert_eq!(heard.ctxt[key], value, "{key} of {:?}", heard.ctxt);
        }
        assert_eq!(heard.ctxt.get("request_id").and_then(Value::as_str), ctx.request_id());
        assert_eq!(heard.ctxt.get("auth_token").unwrap_or(&Value::Null), &Value::Null);
        assert_eq!(listener.stop().await.unwrap(), []);
    });
}

#[test]
fn topics_pools_filters_and_what_is_asked_for_again() {
    run(async {
        let vhost = vhost("told-pools").await;
        let transport = connect(&vhost).await;
        let listener = |target| PythonListener::builder(&vhost.url(), target);
        let filter = json!({"event_type": "volume\\.create", "payload": {"state": "^available$"}});
        let pooled = listener("cinder/t").target("cinder/u").pool("billing").filter(&filter);
        let mut pooled = pooled.start().await.unwrap();
        let mut again =
            listener("cinder/t").requeue("volume.create.end", 2).in_order().start().await.unwrap();
        let notifier = notifier(&transport).topics(["t", "u"]).exchange("cinder").build().unwrap();
        for (event, state) in [
            ("volume.create.end", "available"),
            ("volume.create.end", "error"),
            ("volume.delete", "available"),
        ] {
            notifier.info(&Context::new(), event, &json!({"state": state})).await.unwrap();
        }
        // One message for each topic, and both have one id.
        let (one, other) = (pooled.heard_one().await.unwrap(), pooled.heard_one().await.unwrap());
        assert_eq!((&one.event_type, &one.payload), (&other.event_type, &other.payload));
        assert_eq!(one.metadata["message_id"], other.metadata["message_id"]);
        assert_eq!(pooled.stop().await.unwrap(), []);

        let mut events = Vec::new();
        for _ in 0..5 {
            events.push(again.heard_one().await.unwrap().event_type);
        }
        events.sort();
        let end = "volume.create.end";
        assert_eq!(events, [end, end, end, end, "volume.delete"]);
        assert_eq!(again.stop().await.unwrap(), []);
    });
}

#[test]
fn copies_of_a_notifier() {
    run(async {
        let vhost = vhost("told-copies").await;
        let transport = connect(&vhost).await;
        let mut listener = PythonListener::builder(&vhost.url(), "t").start().await.unwrap();
        let notifier = notifier(&transport).build().unwrap();
        let other = notifier.with_publisher_id("volume.host2");
        for (notifier, publisher) in [(&notifier, "volume.host1"), (&other, "volume.host2")] {
            notifier.warn(&Context::new(), "e", &json!({})).await.unwrap();
            assert_eq!(listener.heard_one().await.unwrap().publisher_id.as_deref(), Some(publisher));
        }
        assert_eq!(listener.stop().await.unwrap(), []);
    });
}
