//! The queues of notifications: both languages declare the same ones, and they are there before the first listener is.

use rpc_runtime::notification::{Listener, Notifier, Priority, Verdict};
use rpc_runtime::{Context, Transport};
use rpc_tests::{PythonListener, PythonNotifier, Topology, Vhost, run};
use serde_json::json;

use super::hearing::{Hearing, share};
use super::{notification, vhost};

const EXCHANGE: &str = "DEFAULT/control_exchange=nova";

/// What each language has on a virtual host: a listener, one of a pool, and a notifier with another topic and priority as
/// well.
async fn python_uses(url: &str) -> (PythonListener, PythonListener, PythonNotifier) {
    let listener = |target| PythonListener::builder(url, target).priority("info").priority("error");
    let plain = listener("nova/t").target("openstack/t").start().await.unwrap();
    let pooled = listener("nova/t").target("nova/u").pool("billing").start().await.unwrap();
    let mut notifier = PythonNotifier::builder(url).option(EXCHANGE).start().await.unwrap();
    notifier.emit(notification("sample", "e", json!({}), json!({"topics": ["t", "v"]}))).await.unwrap();
    (plain, pooled, notifier)
}

async fn rust_uses(url: &str) -> (Hearing, Hearing, Notifier) {
    let transport = Transport::connect(url).await.unwrap();
    let hearing = async |builder| {
        Hearing::judging(builder, vec![Priority::Info, Priority::Error], None, |_| Verdict::Handled).await
    };
    let plain = Listener::builder(&transport).topic_of("nova", "t").topic_of("openstack", "t");
    let pooled = Listener::builder(&transport).topic_of("nova", "t").topic_of("nova", "u").pool("billing");
    let (plain, pooled) = (hearing(plain).await, hearing(pooled).await);
    let notifier = Notifier::builder(&transport).exchange("nova").topics(["t", "v"]).build().unwrap();
    notifier.sample(&Context::new(), "e", &json!({})).await.unwrap();
    (plain, pooled, notifier)
}

/// Lets each language be the first on a virtual host, and the other one join it.
fn check(name: &str, options: &str) {
    run(async {
        let (of_python, of_rust) = (vhost(&format!("{name}-py")).await, vhost(&format!("{name}-rs")).await);
        let url = |vhost: &Vhost| format!("{}?{options}", vhost.url());
        let python = python_uses(&url(&of_python)).await;
        let rust = rust_uses(&url(&of_rust)).await;
        let topology = Topology::of(&of_python).await.unwrap();
        let names: Vec<_> = topology.queues.iter().map(|queue| &*queue.name).collect();
        assert_eq!(names, ["billing", "t.error", "t.info", "t.sample", "v.sample"]);
        assert_eq!(Topology::of(&of_rust).await.unwrap(), topology);

        let joins = (rust_uses(&url(&of_python)).await, python_uses(&url(&of_rust)).await);
        for (vhost, python, rust) in [(of_python, python, joins.0), (of_rust, joins.1, rust)] {
            assert_eq!(Topology::of(&vhost).await.unwrap(), topology);
            are_shared(python, rust).await;
        }
    });
}

/// Both notifiers reach the queues, from which both listeners take in turn.
async fn are_shared(
    (of_python, in_pool_of_python, mut python): (PythonListener, PythonListener, PythonNotifier),
    (of_rust, in_pool_of_rust, rust): (Hearing, Hearing, Notifier),
) {
    const EACH: u64 = 4;
    for n in 0..EACH {
        python.emit(notification("info", "e", json!({"n": n}), json!({}))).await.unwrap();
        rust.info(&Context::new(), "e", &json!({"n": EACH + n})).await.unwrap();
    }
    share(of_python, of_rust, 2 * EACH).await;
    share(in_pool_of_python, in_pool_of_rust, 2 * EACH).await;
}

#[test]
fn by_default() {
    check("default", "");
}

#[test]
fn durable() {
    check("durable", "amqp_durable_queues=true");
}

#[test]
fn quorum() {
    check(
        "quorum",
        "rabbit_quorum_queue=true&rabbit_quorum_delivery_limit=3&rabbit_quorum_max_memory_length=1000",
    );
}

#[test]
fn auto_deleted() {
    check("auto-delete", "amqp_auto_delete=true");
}

#[test]
fn what_was_sent_before_the_first_listener_is_heard() {
    run(async {
        for (name, options) in [
            ("transient", ""),
            ("durable", "amqp_durable_queues=true"),
            ("quorum", "rabbit_quorum_queue=true"),
        ] {
            let vhost = vhost(&format!("late-{name}")).await;
            let url = format!("{}?{options}", vhost.url());
            let transport = Transport::connect(&url).await.unwrap();
            let rust = Notifier::builder(&transport).topics(["of-rust"]).build().unwrap();
            let mut python = PythonNotifier::builder(&url).start().await.unwrap();
            let keys = json!({"topics": ["of-python"]});
            python.emit(notification("info", "e", json!({"n": 1}), keys)).await.unwrap();
            rust.info(&Context::new(), "e", &json!({"n": 2})).await.unwrap();

            let mut late = PythonListener::builder(&url, "of-rust").start().await.unwrap();
            assert_eq!(late.heard_one().await.unwrap().payload, json!({"n": 2}));
            let mut hearing = Hearing::start(Listener::builder(&transport).topic("of-python")).await;
            assert_eq!(hearing.next().await.number(), 1);
            assert_eq!(late.stop().await.unwrap(), []);
            hearing.stop().await;
        }
    });
}
