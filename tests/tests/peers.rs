//! The Python peers against each other: what the other tests rely on when one side is Rust.

use anyhow::Result;
use rpc_tests::limits::PEERS_PATIENCE;
use rpc_tests::{Binding, Broker, Note, PythonClient, PythonServer, Vhost, until_within};
use serde_json::{Value, json};

async fn vhost(name: &str) -> Result<Vhost> {
    Broker::shared()?.vhost(name).await
}

async fn server(vhost: &Vhost, name: &str) -> Result<PythonServer> {
    PythonServer::builder(&vhost.url(), "topic", name).start().await
}

async fn client(vhost: &Vhost) -> Result<PythonClient> {
    PythonClient::builder(&vhost.url()).allow("sample_exceptions").start().await
}

#[tokio::test]
async fn every_json_type_comes_back() {
    let vhost = vhost("echo").await.unwrap();
    let server = server(&vhost, "host1").await.unwrap();
    let mut client = client(&vhost).await.unwrap();
    for value in [
        json!(null),
        json!(true),
        json!(-7),
        json!(u64::MAX),
        json!(0.1),
        json!("text, \"quotes\", \u{1f600} and \u{0}"),
        json!([]),
        json!([1, [2, [3]]]),
        json!({}),
        json!({"a": {"b": [null, {"c": "d"}]}}),
    ] {
        let request = json!({"topic": "topic", "method": "echo", "args": {"value": value}});
        assert_eq!(client.call(request).await.unwrap().unwrap(), value);
    }
    client.stop().await.unwrap();
    assert_eq!(server.stop().await.unwrap(), []);
}

#[tokio::test]
async fn defaults_namespaces_and_versions() {
    let vhost = vhost("namespaces").await.unwrap();
    let _server = server(&vhost, "host1").await.unwrap();
    let mut client = client(&vhost).await.unwrap();
    let mut call = async |request: Value| client.call(request).await.unwrap();

    let sum = call(json!({"topic": "topic", "method": "add", "args": {"a": 1}, "version": "1.3"})).await;
    assert_eq!(sum.unwrap(), 11);
    for namespace in ["admin", "operator"] {
        let request = json!({"topic": "topic", "method": "whoami", "namespace": namespace, "version": "2.0"});
        assert_eq!(call(request).await.unwrap(), json!({"server": "host1", "namespace": "admin"}));
    }

    let raised = call(json!({"topic": "topic", "method": "add", "version": "1.4"})).await.unwrap_err();
    assert_eq!(raised.exc_type.as_deref(), Some("UnsupportedVersion"));
    let raised = call(json!({"topic": "topic", "method": "missing"})).await.unwrap_err();
    assert_eq!(raised.exc_type.as_deref(), Some("NoSuchMethod"));
    // The cap is checked before anything is sent.
    let capped =
        call(json!({"topic": "topic", "method": "add", "version": "1.3", "version_cap": "1.2"})).await;
    assert_eq!(capped.unwrap_err().class, "RPCVersionCapError");
}

#[tokio::test]
async fn exceptions() {
    let vhost = vhost("exceptions").await.unwrap();
    let _server = server(&vhost, "host1").await.unwrap();
    let mut allowed = client(&vhost).await.unwrap();
    let mut not_allowed = PythonClient::builder(&vhost.url()).start().await.unwrap();

    let request = json!({"topic": "topic", "method": "fail_builtin", "args": {"message": "too small"}});
    let raised = allowed.call(request).await.unwrap().unwrap_err();
    assert_eq!((&*raised.module, &*raised.class), ("builtins", "ValueError"));
    assert!(raised.text.starts_with("too small\n"), "{}", raised.text);

    let request = json!({"topic": "topic", "method": "fail_not_found", "args": {"volume_id": "v1"}});
    let raised = allowed.call(request.clone()).await.unwrap().unwrap_err();
    assert_eq!((&*raised.module, &*raised.class), ("sample_exceptions_Remote", "VolumeNotFound_Remote"));
    assert!(raised.bases.contains(&"sample_exceptions.VolumeNotFound".to_owned()), "{:?}", raised.bases);
    assert!(raised.text.starts_with("Volume v1 could not be found.\n"), "{}", raised.text);
    assert_eq!(Value::from(raised.kwargs), json!({"code": 404, "volume_id": "v1"}));

    let raised = not_allowed.call(request).await.unwrap().unwrap_err();
    assert_eq!(raised.class, "RemoteError");
    assert_eq!(raised.exc_type.as_deref(), Some("VolumeNotFound"));
    assert_eq!(raised.value.as_deref(), Some("Volume v1 could not be found."));

    let args = json!({"volume_id": "v1", "reason": "attached"});
    let request = json!({"topic": "topic", "method": "fail_expected", "args": args});
    let raised = allowed.call(request).await.unwrap().unwrap_err();
    assert!(raised.bases.contains(&"sample_exceptions.VolumeBusy".to_owned()), "{:?}", raised.bases);

    let request = json!({"topic": "topic", "method": "fail_limit", "args": {"resource": "ram", "limit": 9}});
    let raised = allowed.call(request).await.unwrap().unwrap_err();
    assert!(raised.bases.contains(&"sample_exceptions.LimitReached".to_owned()), "{:?}", raised.bases);
    assert!(raised.text.starts_with("('ram', 9)\n"), "{}", raised.text);
}

#[tokio::test]
async fn casts_reach_one_server_and_fanouts_all() {
    let vhost = vhost("casts").await.unwrap();
    let mut one = server(&vhost, "host1").await.unwrap();
    let mut two = server(&vhost, "host2").await.unwrap();
    let mut client = client(&vhost).await.unwrap();

    let named = json!({"topic": "topic", "server": "host2", "method": "note",
        "args": {"n": 1}, "ctxt": {"request_id": "req-1"}});
    client.cast(named).await.unwrap().unwrap();
    let note = two.note().await.unwrap();
    assert_eq!((&*note.server, Value::from(note.args)), ("host2", json!({"n": 1})));
    assert_eq!(note.ctxt["request_id"], "req-1");

    let fanout = json!({"topic": "topic", "fanout": true, "method": "note"});
    client.cast(fanout).await.unwrap().unwrap();
    assert_eq!(one.note().await.unwrap().server, "host1");
    assert_eq!(two.note().await.unwrap().server, "host2");

    // With two servers waiting, the broker hands them the messages of their topic in turn.
    for n in 0..4 {
        let cast = json!({"topic": "topic", "method": "note", "args": {"n": n}});
        client.cast(cast).await.unwrap().unwrap();
    }
    for server in [&mut one, &mut two] {
        for _ in 0..2 {
            server.note().await.unwrap();
        }
    }
    assert_eq!(one.stop().await.unwrap(), Vec::<Note>::new());
    assert_eq!(two.stop().await.unwrap(), Vec::<Note>::new());
}

#[tokio::test]
async fn contexts() {
    let vhost = vhost("contexts").await.unwrap();
    let _server = server(&vhost, "host1").await.unwrap();
    let mut client = client(&vhost).await.unwrap();
    let request = json!({"topic": "topic", "method": "context", "request_context":
        {"user_id": "u", "project_id": "p", "roles": ["admin"], "request_id": "req-2"}});
    let seen = client.call(request).await.unwrap().unwrap();
    assert_eq!(seen["user"], "u");
    assert_eq!(seen["project_id"], "p");
    assert_eq!(seen["roles"], json!(["admin"]));
    assert_eq!(seen["request_id"], "req-2");
}

#[tokio::test]
async fn timeouts_and_call_monitor() {
    let vhost = vhost("timeouts").await.unwrap();
    let _server = server(&vhost, "host1").await.unwrap();
    let mut client = client(&vhost).await.unwrap();
    let slow = |seconds: u64, options: Value| {
        let mut request = json!({"topic": "topic", "method": "slow", "args": {"seconds": seconds}});
        request.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        request
    };
    let raised = client.call(slow(6, json!({"timeout": 1}))).await.unwrap().unwrap_err();
    assert_eq!(raised.class, "MessagingTimeout");
    // Heartbeats come after half of the monitor's limit, and keep the call alive.
    // A machine that is too busy for one in that time is given more.
    let mut silent = Vec::new();
    for (monitor, seconds) in [(5, 6), (15, 18), (45, 54)] {
        let monitored = slow(seconds, json!({"timeout": 110, "call_monitor_timeout": monitor}));
        match client.call(monitored).await.unwrap() {
            Ok(answer) => return assert_eq!(answer, seconds),
            Err(raised) => silent.push(raised),
        }
    }
    panic!("{silent:?}");
}

#[tokio::test]
async fn undeliverable() {
    let vhost = vhost("undeliverable").await.unwrap();
    let mut client = client(&vhost).await.unwrap();
    let cast = json!({"topic": "nobody", "method": "note"});
    client.cast(cast).await.unwrap().unwrap();
    let checked = json!({"topic": "nobody", "method": "note", "at_least_once": true});
    let raised = client.cast(checked).await.unwrap().unwrap_err();
    assert_eq!(raised.class, "MessageUndeliverable");
}

#[tokio::test]
async fn options_and_exchange() {
    let vhost = vhost("options").await.unwrap();
    let _server = PythonServer::builder(&vhost.url(), "topic", "host1")
        .exchange("nova")
        .option("amqp_durable_queues=true")
        .option("DEFAULT/rpc_ping_enabled=true")
        .start()
        .await
        .unwrap();
    let mut client = PythonClient::builder(&vhost.url())
        .option("DEFAULT/control_exchange=nova")
        .option("amqp_durable_queues=true")
        .start()
        .await
        .unwrap();
    let ping = json!({"topic": "topic", "method": "oslo_rpc_server_ping"});
    assert_eq!(client.call(ping).await.unwrap().unwrap(), "pong");

    let queues = vhost.queues().await.unwrap();
    let names: Vec<_> = queues.iter().map(|queue| (&*queue.name, queue.durable, queue.consumers)).collect();
    assert_eq!(names[1], ("topic", true, 1));
    assert_eq!(names[2], ("topic.host1", true, 1));
    assert!(names[0].0.starts_with("reply_"), "{names:?}");
    let (fanout, durable, consumers) = names[3];
    assert!(fanout.starts_with("topic_fanout_") && !durable && consumers == 1, "{names:?}");
    let expires = ("x-expires".to_owned(), "signedint".to_owned(), json!(1_800_000));
    assert_eq!(queues[3].arguments, [expires]);

    let exchanges = vhost.exchanges().await.unwrap();
    let kinds: Vec<_> = exchanges.iter().map(|exchange| (&*exchange.name, &*exchange.kind)).collect();
    assert_eq!(kinds, [("nova", "topic"), ("topic_fanout", "fanout")]);
    let bindings = vhost.bindings().await.unwrap();
    let topic = ["nova", "topic", "topic"].map(str::to_owned);
    let [exchange, queue, routing_key] = topic;
    assert!(bindings.contains(&Binding { exchange, queue, routing_key }), "{bindings:?}");
}

#[tokio::test]
async fn a_server_joins_again_after_its_connections_are_closed() {
    let vhost = vhost("closed").await.unwrap();
    let _server = server(&vhost, "host1").await.unwrap();
    let before = vhost.connections().await.unwrap();
    assert!(!before.is_empty());

    vhost.close_connections("for the test").await.unwrap();
    until_within(PEERS_PATIENCE, "a new connection consumes", async || {
        let now = vhost.connections().await?;
        let renewed = !now.is_empty() && now.iter().all(|new| before.iter().all(|old| old.name != new.name));
        let consumed = vhost.queues().await?.iter().all(|queue| queue.consumers == 1);
        Ok((renewed && consumed).then_some(()))
    })
    .await
    .unwrap();

    let mut client = client(&vhost).await.unwrap();
    let request = json!({"topic": "topic", "method": "echo", "args": {"value": 1}});
    assert_eq!(client.call(request).await.unwrap().unwrap(), 1);
}

#[tokio::test]
async fn a_wrong_request_or_peer_is_named() {
    let vhost = vhost("wrong").await.unwrap();
    let mut client = client(&vhost).await.unwrap();
    let error = client.call(json!({"topic": "topic", "metod": "echo"})).await.unwrap_err();
    assert!(error.to_string().contains("unknown keys ['metod']"), "{error}");

    let error = PythonServer::builder(&vhost.url(), "topic", "host1").option("nonsense").start().await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("server.py") && error.contains("--option nonsense"), "{error}");
}
