//! What of a context goes out: never a secret.

use lapin::options::BasicGetOptions;
use lapin::{Connection, ConnectionProperties};
use rpc_runtime::Context;
use rpc_runtime::notification::{DriverName, Notifier, Priority};
use rpc_tests::{Vhost, run};
use serde_json::{Value, json};

use super::{connect, notification, python_notifier, vhost};

const SECRET: &str = "gAAAAABsecret-of-the-user";

/// The bodies in a queue, as they are on the wire.
async fn bodies(vhost: &Vhost, queue: &str) -> Vec<String> {
    let uri = vhost.url().replacen("rabbit://", "amqp://", 1);
    let connection = Connection::connect(&uri, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let mut bodies = Vec::new();
    while let Some(message) = channel.basic_get(queue.into(), BasicGetOptions { no_ack: true }).await.unwrap()
    {
        bodies.push(String::from_utf8(message.delivery.data).unwrap());
    }
    bodies
}

/// The fields of the context in a body.
fn context(body: &str) -> serde_json::Map<String, Value> {
    let body: Value = serde_json::from_str(body).unwrap();
    let inner = match body.get("oslo.message") {
        Some(inner) => serde_json::from_str(inner.as_str().unwrap()).unwrap(),
        None => body,
    };
    let Value::Object(members) = inner else { panic!("{inner}") };
    let fields = members
        .into_iter()
        .filter_map(|(key, value)| Some((key.strip_prefix("_context_")?.to_owned(), value)));
    fields.collect()
}

#[test]
fn no_secret_of_a_context_is_on_the_wire() {
    run(async {
        let vhost = vhost("secrets").await;
        let transport = connect(&vhost).await;
        let catalog = json!([{"type": "volumev3", "endpoints": [{"adminURL": format!("http://admin:{SECRET}@192.0.2.1/")}]}]);
        let ctx = Context::request()
            .with_user("u1")
            .with_project("p1")
            .with_auth_token(SECRET)
            .with("service_catalog", catalog)
            .with("auth_token_info", json!({"token": {"id": SECRET}}))
            .with("trust_id", "t1")
            .with("password", SECRET);
        for driver in [DriverName::MessagingV2, DriverName::Messaging] {
            let notifier =
                Notifier::builder(&transport).topics(["t", "u"]).drivers([driver]).build().unwrap();
            for priority in Priority::ALL {
                notifier.notify(&ctx, priority, "e", &json!({"n": 1})).await.unwrap();
            }
            notifier.emit_detached(
                &ctx,
                &rpc_runtime::notification::Notification::new(Priority::Info, "e", &1).unwrap(),
            );
            notifier.flush(rpc_tests::limits::PATIENCE).await.unwrap();
        }
        let mut seen = 0;
        for queue in vhost.queues().await.unwrap() {
            for body in bodies(&vhost, &queue.name).await {
                assert!(!body.contains("secret-of-the-user"), "{}: {body}", queue.name);
                let context = context(&body);
                assert_eq!(
                    (&context["user_id"], &context["request_id"]),
                    (&json!("u1"), &json!(ctx.request_id()))
                );
                seen += 1;
            }
        }
        assert_eq!(seen, 2 * (2 * Priority::ALL.len() + 2));
    });
}

#[test]
fn a_context_of_a_request_is_told_as_python_tells_it() {
    run(async {
        let vhost = vhost("redacted").await;
        let request = json!({"user_id": "u1", "project_id": "p1", "roles": ["member"], "request_id": "req-7",
            "global_request_id": "req-00000000-0000-4000-8000-000000000001", "auth_token": SECRET, "is_admin": true,
            "read_only": true, "show_deleted": true, "resource_uuid": "r1", "user_domain_id": "d1",
            "project_domain_id": "d2", "system_scope": "all"});
        let mut python = python_notifier(&vhost).await;
        python.emit(notification("info", "e", json!(1), json!({"request_context": request}))).await.unwrap();
        let of_python = context(&bodies(&vhost, "t.info").await[0]);

        // The same request as one of our services has it, that was called by Python: the context is not redacted there.
        let mut ctx = Context::new();
        for (key, value) in &of_python {
            ctx = ctx.with(key, value.clone());
        }
        let ctx = ctx
            .with("auth_token", SECRET)
            .with("read_only", true)
            .with("show_deleted", true)
            .with("resource_uuid", "r1");
        let notifier = Notifier::builder(&connect(&vhost).await).topics(["t"]).build().unwrap();
        notifier.info(&ctx, "e", &1).await.unwrap();
        let of_rust = context(&bodies(&vhost, "t.info").await[0]);
        assert_eq!(of_rust, of_python);
    });
}
