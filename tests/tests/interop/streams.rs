//! Messages to all servers by one stream for all of them, where Rust and Python do the same.

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use rpc_runtime::{Acknowledge, Context, Target, Transport};
use rpc_tests::limits::PEERS_PATIENCE;
use rpc_tests::proxy::{Direction, End, Flow, Proxy};
use rpc_tests::sample::{RustServer, SampleFanoutApi};
use rpc_tests::{Broker, Peer, PythonClient, PythonServer, Topology, Vhost, run, until, until_within};
use serde_json::json;
use tokio::process::Command;

use super::{request, vhost};

const OPTIONS: &str =
    "rabbit_stream_fanout=true&rabbit_transient_quorum_queue=true&rabbit_qos_prefetch_count=10";

/// The queue of all servers.
const STREAM: &str = "topic_fanout";

/// A server in a process of its own, in either language: both say the same.
type Process = PythonServer;

fn url(vhost: &Vhost) -> String {
    format!("{}?{OPTIONS}", vhost.url())
}

async fn python(url: &str) -> Process {
    PythonServer::builder(url, "topic", "python").start().await.unwrap()
}

async fn rust(url: &str) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.args(["--url", url, "--topic", "topic", "--server", "rust"]);
    Peer::start("the server in Rust", command).await.unwrap().into()
}

/// What each of them is given next, in order.
async fn given<const N: usize>(servers: &mut [Process], count: usize) -> [Vec<u64>; N] {
    let mut given = [const { Vec::new() }; N];
    for (given, server) in given.iter_mut().zip(servers) {
        for _ in 0..count {
            given.push(server.note().await.unwrap().args["n"].as_u64().unwrap());
        }
        // Workers take them at once.
        given.sort_unstable();
    }
    given
}

/// Stops them all, which have to be given nothing more.
async fn stop(servers: impl IntoIterator<Item = Process>) {
    for server in servers {
        assert_eq!(server.stop().await.unwrap(), []);
    }
}

async fn sender(url: &str) -> SampleFanoutApi {
    SampleFanoutApi::new(&Transport::connect(url).await.unwrap())
}

/// Sends one after the other, each once the broker has the one before: so each is a chunk of the stream.
async fn send(api: &SampleFanoutApi, numbers: impl IntoIterator<Item = u64>) {
    for n in numbers {
        api.note(&Context::new(), n).await.unwrap();
    }
}

#[test]
fn all_servers_get_what_either_language_sends() {
    run(async {
        let vhost = vhost("stream").await;
        let url = url(&vhost);
        let mut servers = [python(&url).await, rust(&url).await];
        let api = sender(&url).await;
        let mut client = PythonClient::builder(&url).start().await.unwrap();
        for n in 0..20 {
            if n % 2 == 0 {
                send(&api, [n]).await;
            } else {
                let note = request("note", json!({"n": n}), json!({"fanout": true}));
                client.cast(note).await.unwrap().unwrap();
            }
        }
        assert_eq!(given(&mut servers, 20).await, [const { 0..20 }; 2].map(Vec::from_iter));
        stop(servers).await;
    });
}

/// Those without the option have queues of their own at the same exchange.
#[test]
fn servers_and_senders_may_do_without_the_stream() {
    run(async {
        let vhost = vhost("stream-mixed").await;
        let (with, without) = (url(&vhost), format!("{}?rabbit_transient_quorum_queue=true", vhost.url()));
        let mut servers =
            [python(&with).await, rust(&with).await, python(&without).await, rust(&without).await];
        send(&sender(&with).await, [1]).await;
        send(&sender(&without).await, [2]).await;
        assert_eq!(given(&mut servers, 2).await, [const { [1, 2] }; 4].map(Vec::from));
        stop(servers).await;
    });
}

/// Python's is the model: the last chunk, and nothing else of what was sent while they were away.
#[test]
fn a_new_process_gets_the_last_chunk_again() {
    run(async {
        let vhost = vhost("stream-restart").await;
        let url = url(&vhost);
        let mut servers = [python(&url).await, rust(&url).await];
        let api = sender(&url).await;
        send(&api, 0..5).await;
        assert_eq!(given(&mut servers, 5).await, [const { 0..5 }; 2].map(Vec::from_iter));
        let [python_server, rust_server] = servers;
        stop([rust_server]).await;
        python_server.kill().await.unwrap();
        send(&api, 5..8).await;
        let queues = vhost.queues().await.unwrap();
        assert!(queues.iter().any(|queue| queue.name == STREAM), "it outlives its servers: {queues:?}");

        let mut servers = [python(&url).await, rust(&url).await];
        send(&api, [8]).await;
        assert_eq!(given(&mut servers, 2).await, [const { [7, 8] }; 2].map(Vec::from));
        let [python_server, rust_server] = servers;
        rust_server.kill().await.unwrap();
        stop([python_server]).await;
        let mut servers = [python(&url).await, rust(&url).await];
        assert_eq!(given(&mut servers, 1).await, [const { [8] }; 2].map(Vec::from));
        stop(servers).await;
    });
}

/// A proxy to the broker of `vhost`, and the URL by way of it.
async fn proxied(vhost: &Vhost) -> (Proxy, String) {
    let proxy = Proxy::start(Broker::shared().unwrap().port()).await.unwrap();
    let url = proxy.through(&url(vhost));
    (proxy, url)
}

fn cut(proxy: &Proxy) {
    for direction in [Direction::ToBroker, Direction::ToClient] {
        proxy.set(direction, Flow::Cut { after: 0, end: End::Reset });
    }
    proxy.end_connections(End::Reset);
}

async fn is_cut(proxy: &Proxy) {
    // One that was there before has ended, and each new one does.
    let accepted = proxy.accepted();
    let away = async || Ok((proxy.accepted() > accepted).then_some(()));
    until_within(PEERS_PATIENCE, "it is away", away).await.unwrap();
}

#[test]
fn a_lost_connection_loses_nothing_and_repeats_nothing() {
    run(async {
        let vhost = vhost("stream-lost").await;
        let (first, by_first) = proxied(&vhost).await;
        let (second, by_second) = proxied(&vhost).await;
        let mut servers = [python(&by_first).await, rust(&by_second).await];
        let api = sender(&url(&vhost)).await;
        send(&api, [0]).await;
        assert_eq!(given(&mut servers, 1).await, [const { [0] }; 2].map(Vec::from));
        for round in 0..2 {
            for proxy in [&first, &second] {
                cut(proxy);
            }
            for proxy in [&first, &second] {
                is_cut(proxy).await;
            }
            let sent = 1 + 30 * round..31 + 30 * round;
            send(&api, sent.clone()).await;
            first.resume();
            second.resume();
            assert_eq!(given(&mut servers, 30).await, [sent.clone(), sent].map(Vec::from_iter));
        }
        stop(servers).await;
    });
}

#[test]
fn a_broker_that_restarts_has_the_stream_and_its_listeners_their_places() {
    run(async {
        let mut broker = Broker::start().await.unwrap();
        let url = format!("{}?{OPTIONS}", broker.node().url());
        let mut servers = [python(&url).await, rust(&url).await];
        send(&sender(&url).await, 0..3).await;
        assert_eq!(given(&mut servers, 3).await, [const { [0, 1, 2] }; 2].map(Vec::from));
        broker.stop().await.unwrap();
        broker.restart().await.unwrap();
        // What is sent before it has the stream again, RabbitMQ 3.10 confirms and loses.
        let transport = Transport::connect(&url).await.unwrap();
        let another = until("it has the stream again", async || {
            Ok(RustServer::start(&transport, "another").await.ok())
        });
        drop(another.await.unwrap());
        send(&sender(&url).await, 3..6).await;
        assert_eq!(given(&mut servers, 3).await, [const { [3, 4, 5] }; 2].map(Vec::from));
        stop(servers).await;
    });
}

/// Python reads on where it was in the old one, and so gets nothing before the new one is as long.
#[test]
fn a_stream_that_was_made_again_meanwhile_is_read_from_its_beginning() {
    run(async {
        let vhost = vhost("stream-again").await;
        let (proxy, away) = proxied(&vhost).await;
        let away = format!("{away}&redeclare_interval=2");
        let mut servers = [rust(&away).await];
        let api = sender(&url(&vhost)).await;
        send(&api, 0..10).await;
        assert_eq!(given(&mut servers, 10).await, [Vec::from_iter(0..10)]);
        cut(&proxy);
        is_cut(&proxy).await;
        vhost.delete_queue(STREAM).await.unwrap();
        let mut other = [rust(&url(&vhost)).await];
        send(&api, 10..13).await;
        assert_eq!(given(&mut other, 3).await, [vec![10, 11, 12]]);
        proxy.resume();
        assert_eq!(given(&mut servers, 3).await, [vec![10, 11, 12]]);
        send(&api, [13]).await;
        for servers in [servers, other] {
            let mut servers = servers;
            assert_eq!(given(&mut servers, 1).await, [vec![13]]);
            stop(servers).await;
        }
    });
}

#[test]
fn a_stream_that_is_deleted_is_there_again() {
    run(async {
        let vhost = vhost("stream-deleted").await;
        let url = url(&vhost);
        let mut servers = [rust(&url).await, rust(&url).await];
        let api = sender(&url).await;
        send(&api, 0..3).await;
        assert_eq!(given(&mut servers, 3).await, [const { [0, 1, 2] }; 2].map(Vec::from));
        vhost.delete_queue(STREAM).await.unwrap();
        until("it is there again", async || {
            Ok(vhost.bindings().await?.iter().any(|binding| binding.queue == STREAM).then_some(()))
        })
        .await
        .unwrap();
        send(&api, [3]).await;
        assert_eq!(given(&mut servers, 1).await, [const { [3] }; 2].map(Vec::from));
        stop(servers).await;
    });
}

/// The broker closes the connection of who rejects a message of a stream.
#[test]
fn what_is_unreadable_or_cut_off_costs_no_connection() {
    run(async {
        let vhost = vhost("stream-reject").await;
        let url = url(&vhost);
        let transport = Transport::connect(&url).await.unwrap();
        let target = |name: &str| Target::new("topic").with_server(name);
        let start = |name: &str, acknowledge| {
            RustServer::start_at(&transport, target(name), move |builder| builder.acknowledge(acknowledge))
        };
        let mut early = start("early", Acknowledge::Early).await.unwrap();
        let mut late = start("late", Acknowledge::Late).await.unwrap();
        let mut client = PythonClient::builder(&url).start().await.unwrap();
        let connections = async || {
            let ours = vhost.connections().await.unwrap().into_iter().filter(|it| it.is_ours());
            let mut names: Vec<_> = ours.map(|connection| connection.name).collect();
            names.sort_unstable();
            names
        };
        let before = connections().await;

        let raw = vhost.url().replacen("rabbit://", "amqp://", 1);
        let raw = Connection::connect(&raw, ConnectionProperties::default()).await.unwrap();
        let channel = raw.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
        let published = channel.basic_publish(STREAM.into(), "".into(), options, b"no JSON", properties);
        assert!(published.await.unwrap().await.unwrap().is_ack());
        let api = SampleFanoutApi::new(&transport);
        send(&api, [1]).await;
        for server in [&mut early, &mut late] {
            assert_eq!(server.note().await.unwrap().args["n"], 1);
        }

        let slow = request("slow", json!({"seconds": 1000.0}), json!({"fanout": true}));
        client.cast(slow).await.unwrap().unwrap();
        send(&api, [2]).await;
        assert_eq!(late.note().await.unwrap().args["n"], 2);
        drop(late);
        send(&api, [3]).await;
        // Its workers are no queue.
        let notes = [early.note().await.unwrap(), early.note().await.unwrap()];
        assert!([2, 3].iter().all(|n| notes.iter().any(|note| note.args["n"] == *n)), "{notes:?}");
        assert_eq!(connections().await, before);
    });
}

#[test]
fn a_stopped_server_leaves_what_python_leaves() {
    run(async {
        let (of_python, of_rust) = (vhost("stream-stopped-py").await, vhost("stream-stopped-rs").await);
        stop([python(&url(&of_python)).await, rust(&url(&of_rust)).await]).await;
        let (python, rust) = (Topology::of(&of_python).await.unwrap(), Topology::of(&of_rust).await.unwrap());
        let without_names = |topology: Topology| {
            let queues = topology.queues.into_iter().filter(|queue| queue.name == STREAM);
            (queues.collect::<Vec<_>>(), topology.exchanges)
        };
        let (python, rust) = (without_names(python), without_names(rust));
        assert_eq!(python.0.len(), 1);
        assert_eq!(rust, python);
    });
}
