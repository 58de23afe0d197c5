//! What no honest client sends: nothing of it may end the server, hang it, or reach a method that
//! the trait does not have.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Builder;

use super::*;
use crate::lock::lock;
use crate::logged::Warnings;
use crate::transport::driver::Wanted;

/// Names that mean something to Python, to brokers or to us, but are no methods.
const NO_METHODS: &[&str] = &[
    "__init__",
    "__class__",
    "__getattribute__",
    "_private",
    "dispatch",
    "Dispatch",
    "interface",
    "target",
    "clone",
    "drop",
    "echo ",
    " echo",
    "ECHO",
    "echo\0",
    "e\u{301}cho",
    "self.echo",
    "Recording::echo",
    "",
    "oslo_rpc_server_ping",
];

/// Takes down which methods are reached.
#[derive(Clone, Default)]
struct Witness(Arc<std::sync::Mutex<BTreeSet<String>>>);

impl Dispatch for Witness {
    async fn dispatch(&self, incoming: Incoming) -> Outcome {
        lock(&self.0).insert(incoming.method().to_owned());
        let method = ECHO.methods.iter().find(|method| method.name == incoming.method());
        let Some(method) = method else { return incoming.unknown() };
        let (_, args) = incoming.open::<crate::Context, crate::Context>(method)?;
        incoming.outcome(Returns::Ok(args.or_else("value", || Value::Null)?))
    }
}

/// A server on the in-memory broker, and the way to it.
struct Scene {
    transport: Transport,
    server: Server,
    witness: Witness,
}

impl Scene {
    async fn new(set: impl FnOnce(super::super::ServerBuilder) -> super::super::ServerBuilder) -> Self {
        let transport = Transport::connect("memory://").await.unwrap();
        let witness = Witness::default();
        let target = Target::new("compute").with_server("host1");
        let endpoint = Endpoint::new(&ECHO, witness.clone());
        let server = set(Server::builder(&transport, target).endpoint(endpoint)).start().await.unwrap();
        Self { transport, server, witness }
    }

    async fn send(&self, body: impl Into<Bytes>) {
        let message = Outgoing {
            route: Route::Topic { exchange: "openstack".into(), topic: "compute".into(), server: None },
            body: body.into(),
            ask: None,
            mandatory: true,
            expiration: None,
            deadline: Instant::now() + Duration::from_secs(60),
            wanted: Wanted::AtOnce,
        };
        self.transport.driver().publish(message).await.unwrap();
    }

    /// Waits until so many messages were taken up and none is at work.
    async fn quiet(&self, taken: u64) {
        while self.server.counters().taken < taken {
            tokio::task::yield_now().await;
        }
        self.server.idle().await;
    }

    fn reached(&self) -> BTreeSet<String> {
        lock(&self.witness.0).clone()
    }
}

fn request(members: &Value) -> String {
    json!({"oslo.version": "2.0", "oslo.message": members.to_string()}).to_string()
}

/// Values that a field may have, most of them wrong.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{1,40}".prop_map(Value::from),
        proptest::sample::select(NO_METHODS).prop_map(Value::from),
        (0_usize..2000).prop_map(|len| Value::from("x".repeat(len))),
        vec(any::<u8>().prop_map(Value::from), 0..4).prop_map(Value::from),
        any::<String>().prop_map(|name| json!({ name: 1 })),
        proptest::sample::select(&["1.0", "2.0", "compute", "reply_probe", "1e999"][..])
            .prop_map(Value::from),
    ]
}

#[test]
fn odd_requests_reach_no_method_that_the_trait_lacks() {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let scene = runtime.block_on(Scene::new(|builder| builder));
    let member = (
        proptest::sample::select(
            &[
                "method",
                "args",
                "namespace",
                "version",
                "_msg_id",
                "_reply_q",
                "_timeout",
                "_unique_id",
                "_context_user",
            ][..],
        ),
        odd(),
    );
    let requests = vec(member, 0..9);
    let mut runner = TestRunner::new(Config { cases: 512, failure_persistence: None, ..Config::default() });
    let result = runner.run(&requests, |members| {
        let mut fields = json!({"method": "echo", "args": {"value": 1}});
        for (name, value) in members {
            fields[name] = value;
        }
        let taken = scene.server.counters().taken + 1;
        runtime.block_on(async {
            scene.send(request(&fields)).await;
            scene.quiet(taken).await;
        });
        let known = scene.reached().iter().all(|name| ECHO.method(name).is_some());
        prop_assert!(known, "{:?}", scene.reached());
        Ok(())
    });
    result.unwrap();
    assert!(scene.reached().contains("echo"), "some of them are right");
}

#[tokio::test(start_paused = true)]
async fn names_that_are_no_methods_are_refused() {
    let scene = Scene::new(|builder| builder).await;
    for method in NO_METHODS {
        scene.send(request(&json!({"method": method, "args": {}}))).await;
    }
    scene.quiet(NO_METHODS.len() as u64).await;
    assert_eq!(scene.reached(), BTreeSet::new());
    assert_eq!(scene.server.counters().executed, NO_METHODS.len() as u64);
}

#[tokio::test(start_paused = true)]
async fn a_reply_to_the_server_itself_ends_there() {
    let scene = Scene::new(|builder| builder).await;
    let call = json!({"method": "echo", "args": {}, "_msg_id": "m", "_reply_q": "compute"});
    scene.send(request(&call)).await;
    scene.quiet(1).await;
    // In memory a reply does not go to a topic; a body that looks like one is what would arrive.
    let reply = json!({"result": null, "failure": null, "ending": true, "_msg_id": "m", "_unique_id": "u"});
    scene.send(request(&reply)).await;
    scene.quiet(2).await;
    assert_eq!(scene.server.counters().taken, 2);
    assert_eq!(scene.reached(), BTreeSet::from(["echo".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn extreme_timeouts_start_no_flood_of_heartbeats() {
    let scene = Scene::new(|builder| builder).await;
    let extremes = [
        json!(0),
        json!(-1),
        json!(1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(f64::MAX),
        json!(f64::MIN_POSITIVE),
        json!("1e400"),
        json!("nan"),
        json!("9".repeat(400)),
        json!([]),
        json!({}),
        json!(true),
    ];
    for timeout in &extremes {
        let call =
            json!({"method": "echo", "args": {}, "_msg_id": "m", "_reply_q": "nobody", "_timeout": timeout});
        scene.send(request(&call)).await;
    }
    scene.quiet(extremes.len() as u64).await;
    let counters = scene.server.counters();
    assert_eq!((counters.executed, counters.replies_dropped), (13, 13));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_decoded_does_not_flood_the_log() {
    let (warnings, _guard) = Warnings::collect();
    let scene = Scene::new(|builder| builder).await;
    for minute in 1..=3 {
        for _ in 0..100 {
            scene.send("{").await;
        }
        scene.quiet(100 * minute).await;
        tokio::time::advance(Duration::from_secs(60)).await;
    }
    let lines = warnings.with("rejected a message");
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains("left_out=0") && lines[1].contains("left_out=99"), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_decoded_is_counted_and_kept_if_asked() {
    let keep = crate::receiving::DeadLetters::new().undecodable(true);
    let scene = Scene::new(|builder| builder.dead_letters(keep)).await;
    let target = Target::new("compute.dead").with_server("reader");
    let reader = Server::builder(&scene.transport, target)
        .endpoint(Endpoint::new(&ECHO, Witness::default()))
        .start()
        .await
        .unwrap();
    for body in ["null", "{", "5", "\u{feff}{}"] {
        scene.send(body).await;
    }
    scene.quiet(4).await;
    let counters = scene.server.counters();
    assert_eq!((counters.rejected, counters.dead_lettered, counters.executed), (4, 4, 0));
    while reader.counters().rejected < 4 {
        tokio::task::yield_now().await;
    }
}

/// The caller learns at once what was too large, or nested too deeply, and by which limit.
#[tokio::test(start_paused = true)]
async fn who_asks_for_too_much_is_told_so() {
    for (filling, said) in [
        (format!("\"{}\"", "x".repeat(17 << 20)), "the body has more than max_body=16777216 bytes"),
        (format!("{}{}", "[".repeat(200), "]".repeat(200)), "nested deeper than 128 levels"),
    ] {
        let mut rig = Rig::new(0).await;
        let message = format!(r#"{{"args": {{"a": {filling}}}, "_msg_id": "m", "_reply_q": "reply_probe"}}"#);
        let body = json!({"oslo.version": "2.0", "oslo.message": message}).to_string();
        for body in [body, message] {
            let (verdict, called, replies) = rig.feed(body.into(), Content::JSON).await;
            assert_eq!((verdict, called, replies.len()), (Verdict::Reject { requeue: false }, false, 1));
            let failure = &replies[0]["failure"];
            assert_eq!((&replies[0]["_msg_id"], &failure["class"]), (&json!("m"), &json!("ValueError")));
            assert!(failure["message"].as_str().unwrap().contains(said), "{failure}");
        }
    }
}
