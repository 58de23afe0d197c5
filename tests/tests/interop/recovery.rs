//! Connections and queues that go away under clients and servers, and come back.

use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, RpcError, Transport};
use rpc_tests::limits::PEERS_PATIENCE;
use rpc_tests::sample::{RustServer, SampleApi, SampleError, SampleFanoutApi};
use rpc_tests::{Binding, Broker, PythonClient, PythonServer, Vhost, run, until, until_within};
use serde_json::json;
use tokio::task::JoinHandle;

use super::{connect, python_client, python_server, request, rust_server, vhost};

type Outcome<T> = Result<T, CallError<SampleError>>;

/// `None` for what a call may end with while the broker is away, and a queue not yet there again.
fn lasting<T>(outcome: Outcome<T>) -> anyhow::Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(CallError::Rpc(
            RpcError::Timeout { .. } | RpcError::Undeliverable { .. } | RpcError::Connection { .. },
        )) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// New calls succeed, at the latest after some tries: of Python's servers as well, which may need longer.
async fn works(api: &SampleApi) {
    let hasty = api.with(CallOptions::new().timeout(Duration::from_secs(5)));
    let again = async || lasting(hasty.add(&Context::new(), 1).await);
    assert_eq!(until_within(PEERS_PATIENCE, "calls succeed again", again).await.unwrap(), 11);
}

/// Starts a call and returns once a server executes it: requests of one client keep their order, so
/// it was taken before the one that follows it.
async fn start_slow(api: &SampleApi, seconds: f64) -> JoinHandle<Outcome<f64>> {
    // The first call of a transport waits for its reply queue, and another one may be sent before it.
    works(api).await;
    let slow = tokio::spawn(api.slow(&Context::new(), seconds).into_future());
    tokio::task::yield_now().await;
    works(api).await;
    slow
}

/// How long slow methods take: on a busy machine the first may be over before anything happens to it.
const SLOW: [f64; 3] = [2.0, 8.0, 32.0];

/// The same with one that is still being executed then, and how many seconds that takes.
async fn start_unfinished(api: &SampleApi) -> (f64, JoinHandle<Outcome<f64>>) {
    for seconds in SLOW {
        let slow = start_slow(api, seconds).await;
        if !slow.is_finished() {
            return (seconds, slow);
        }
    }
    panic!("each is over at once");
}

#[test]
fn a_stopping_server_finishes_what_runs_and_leaves_the_rest_to_the_next() {
    run(async {
        let vhost = vhost("stopping").await;
        let rust = rust_server(&vhost, "rust").await;
        let transport = connect(&vhost).await;
        let api = SampleApi::new(&transport);
        let (seconds, slow) = start_unfinished(&api).await;
        assert_eq!(rust.stop().await.unwrap(), []);
        assert_eq!(slow.await.unwrap().unwrap(), seconds);

        let waiting = tokio::spawn(api.add(&Context::new(), 1).into_future());
        let _python = python_server(&vhost, "python").await;
        assert_eq!(waiting.await.unwrap().unwrap(), 11);
    });
}

#[test]
fn closed_connections_are_opened_again() {
    run(async {
        let vhost = vhost("closed").await;
        let mut rust = rust_server(&vhost, "rust").await;
        let transport = connect(&vhost).await;
        let api = SampleApi::new(&transport);
        works(&api).await;
        let slow = start_slow(&api, 3.0).await;

        vhost.close_connections("for the test").await.unwrap();
        // The method runs on, and its reply takes the new connections.
        assert_eq!(slow.await.unwrap().unwrap(), 3.0);
        works(&api).await;
        SampleFanoutApi::new(&transport).note(&Context::new(), 1).await.unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 1);
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}

#[test]
fn a_python_client_finds_a_rust_server_again() {
    run(async {
        let vhost = vhost("closed-python").await;
        let _rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;
        let add = |timeout| request("add", json!({"a": 1}), json!({"timeout": timeout}));
        assert_eq!(client.call(add(60)).await.unwrap().unwrap(), 11);
        vhost.close_connections("for the test").await.unwrap();
        let again = async || match client.call(add(5)).await? {
            Ok(sum) => Ok(Some(sum)),
            // What the server raised, and not Python's client by itself, whatever it meets on its way.
            Err(raised) if raised.exc_type.is_some() || raised.class.ends_with("_Remote") => {
                anyhow::bail!("{raised:?}")
            }
            Err(_) => Ok(None),
        };
        assert_eq!(until_within(PEERS_PATIENCE, "the call succeeds again", again).await.unwrap(), 11);
    });
}

#[test]
fn a_rust_client_finds_a_python_server_again() {
    run(async {
        let vhost = vhost("closed-rust").await;
        let _python = python_server(&vhost, "python").await;
        let api = SampleApi::new(&connect(&vhost).await);
        works(&api).await;
        let slow = start_slow(&api, 3.0).await;
        vhost.close_connections("for the test").await.unwrap();
        // Whether Python sends its reply again is its own affair; the call comes to an end.
        if let Some(seconds) = lasting(slow.await.unwrap()).unwrap() {
            assert_eq!(seconds, 3.0);
        }
        works(&api).await;
    });
}

#[test]
fn deleted_queues_of_a_server_are_declared_again() {
    run(async {
        let vhost = vhost("deleted").await;
        let mut rust = rust_server(&vhost, "rust").await;
        let transport = connect(&vhost).await;
        let api = SampleApi::new(&transport);
        works(&api).await;
        let before = layout(&vhost).await;
        for queue in before.0.iter().filter(|name| name.starts_with("topic")) {
            vhost.delete_queue(queue).await.unwrap();
        }
        until("they are back, by the same names and bound as before", async || {
            Ok((layout(&vhost).await == before).then_some(()))
        })
        .await
        .unwrap();
        works(&api).await;
        let at_server = api.with(CallOptions::new().server("rust"));
        works(&at_server).await;
        SampleFanoutApi::new(&transport).note(&Context::new(), 1).await.unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 1);
    });
}

async fn queue_names(vhost: &Vhost) -> Vec<String> {
    vhost.queues().await.unwrap().into_iter().map(|queue| queue.name).collect()
}

/// The queues and what is bound to them.
async fn layout(vhost: &Vhost) -> (Vec<String>, Vec<Binding>) {
    (queue_names(vhost).await, vhost.bindings().await.unwrap())
}

#[test]
fn a_deleted_reply_queue_loses_no_reply() {
    run(async {
        let vhost = vhost("replies").await;
        let _rust = rust_server(&vhost, "rust").await;
        // The queue is declared again long after the reply was sent for the first time.
        let slow_to_return = format!("{}?kombu_reconnect_delay=4", vhost.url());
        let api = SampleApi::new(&Transport::connect(&slow_to_return).await.unwrap());
        works(&api).await;
        for seconds in SLOW {
            let slow = start_slow(&api, seconds).await;
            let names = queue_names(&vhost).await;
            let [replies] = names.iter().filter(|name| name.starts_with("reply_")).collect::<Vec<_>>()[..]
            else {
                panic!("{names:?}");
            };
            vhost.delete_queue(replies).await.unwrap();
            let in_time = !slow.is_finished();
            assert_eq!(slow.await.unwrap().unwrap(), seconds);
            works(&api).await;
            if in_time {
                return;
            }
        }
        panic!("each was answered before its queue was deleted");
    });
}

#[test]
fn a_broker_that_restarts_empty_is_served_as_before() {
    run(async {
        let mut broker = Broker::start().await.unwrap();
        let url = broker.node().url();
        let mut rust = RustServer::start(&Transport::connect(&url).await.unwrap(), "rust").await.unwrap();
        let _python = PythonServer::builder(&url, "topic", "python").start().await.unwrap();
        let mut client = PythonClient::builder(&url).start().await.unwrap();
        let transport = Transport::connect(&url).await.unwrap();
        let api = SampleApi::new(&transport);
        let to = |server: &str| api.with(CallOptions::new().server(server));
        works(&to("rust")).await;
        let slow = start_slow(&to("rust"), 4.0).await;

        broker.stop().await.unwrap();
        let meanwhile = api.with(CallOptions::new().timeout(Duration::from_secs(1)));
        let error = meanwhile.add(&Context::new(), 1).await.unwrap_err();
        assert!(lasting(Err::<(), _>(error)).unwrap().is_none());
        broker.restart().await.unwrap();

        // Its reply may have been on its way when the broker went; a call never hangs.
        if let Some(seconds) = lasting(slow.await.unwrap()).unwrap() {
            assert_eq!(seconds, 4.0);
        }
        works(&to("rust")).await;
        works(&to("python")).await;
        let reaches = async || {
            let keys = json!({"server": "rust", "timeout": 5});
            Ok(client.call(request("add", json!({"a": 1}), keys)).await?.ok())
        };
        until_within(PEERS_PATIENCE, "the Python client reaches the Rust server", reaches).await.unwrap();
        SampleFanoutApi::new(&transport).note(&Context::new(), 1).await.unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 1);
    });
}
