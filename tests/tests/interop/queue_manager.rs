//! Names of queues that a service has again after a restart, where Rust and Python draw them from one counter.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rpc_runtime::config::Config;
use rpc_runtime::{Context, Transport};
use rpc_tests::sample::{RustServer, SampleApi, SampleFanoutApi};
use rpc_tests::{Peer, PythonClient, PythonServer, Topology, Vhost, run, until};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use super::{request, vhost};

/// A service on a host of its own, with the folder of its locks.
struct Service {
    vhost: Vhost,
    host: String,
    locks: TempDir,
}

/// A server in a process of its own, in either language: both say the same.
type Process = PythonServer;

impl Service {
    async fn new(name: &str) -> Self {
        let vhost = vhost(name).await;
        Self { host: vhost.name().to_owned(), vhost, locks: TempDir::new().unwrap() }
    }

    fn url(&self) -> String {
        format!("{}?use_queue_manager=true&hostname={}&processname=sample", self.vhost.url(), self.host)
    }

    fn rust_url(&self) -> String {
        format!("{}&lock_path={}", self.url(), self.locks.path().display())
    }

    fn lock_option(&self) -> String {
        format!("oslo_concurrency/lock_path={}", self.locks.path().display())
    }

    /// Started as a service of its own: not in the process group of this test.
    async fn python(&self) -> Process {
        let builder = PythonServer::builder(&self.url(), "topic", "python").option(&self.lock_option());
        builder.in_own_group().start().await.unwrap()
    }

    async fn rust(&self) -> Process {
        let mut command = self.rust_command();
        command.process_group(0);
        Peer::start("the server in Rust", command).await.unwrap().into()
    }

    fn rust_command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
        command.args(["--url", &self.rust_url(), "--topic", "topic", "--server", "rust"]);
        command
    }

    /// The file with the counter.
    fn counter(&self) -> PathBuf {
        format!("/dev/shm/{}_sample_qmanager", self.host).into()
    }

    /// Names of queues with a number, each as what they begin with and the number.
    async fn numbered(&self) -> BTreeSet<(String, u64)> {
        let queues = self.vhost.queues().await.unwrap();
        let middle = format!("_{}:sample:", self.host);
        let numbered = queues.iter().filter_map(|queue| queue.name.split_once(&middle));
        numbered.map(|(prefix, number)| (prefix.to_owned(), number.parse().unwrap())).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Nobody has drawn a number if it is not there.
        let _ = std::fs::remove_file(self.counter());
    }
}

fn names<const N: usize>(names: [(&str, u64); N]) -> BTreeSet<(String, u64)> {
    names.map(|(prefix, number)| (prefix.to_owned(), number)).into()
}

fn fanout_queues(numbers: impl IntoIterator<Item = u64>) -> BTreeSet<(String, u64)> {
    numbers.into_iter().map(|number| ("topic_fanout".to_owned(), number)).collect()
}

#[test]
fn processes_of_one_group_draw_from_one_counter() {
    run(async {
        let service = Service::new("manager").await;
        // All in the process group of this test.
        let python =
            || PythonServer::builder(&service.url(), "topic", "python").option(&service.lock_option());
        let rust = || Peer::start("the server in Rust", service.rust_command());
        let mut servers: Vec<Process> = Vec::new();
        for number in 1..=4 {
            servers.push(match number % 2 {
                1 => python().start().await.unwrap(),
                _ => rust().await.unwrap().into(),
            });
            assert_eq!(service.numbered().await, fanout_queues(1..=number));
        }
        let mut client = PythonClient::builder(&service.url());
        client = client.option(&service.lock_option());
        let mut client = client.start().await.unwrap();
        let add = request("add", json!({"a": 1}), json!({}));
        assert_eq!(client.call(add).await.unwrap().unwrap(), 11);
        let transport = Transport::connect(&service.rust_url()).await.unwrap();
        assert_eq!(SampleApi::new(&transport).add(&Context::new(), 1).await.unwrap(), 11);
        let server = RustServer::start(&transport, "here").await.unwrap();
        let mut expected = fanout_queues([1, 2, 3, 4, 7]);
        expected.extend(names([("reply", 5), ("reply", 6)]));
        assert_eq!(service.numbered().await, expected);
        drop(server);
        for server in servers {
            assert_eq!(server.stop().await.unwrap(), []);
        }
    });
}

/// All at once, from processes of both languages.
#[test]
fn no_name_is_drawn_twice() {
    run(async {
        let service = Service::new("manager-race").await;
        let python = || async {
            let builder = PythonServer::builder(&service.url(), "topic", "python");
            builder.option(&service.lock_option()).start().await.unwrap()
        };
        let rust = || async {
            Process::from(Peer::start("the server in Rust", service.rust_command()).await.unwrap())
        };
        let pairs =
            futures::future::join_all((0..3).map(|_| async { tokio::join!(python(), rust(), rust()) }));
        let _servers = pairs.await;
        assert_eq!(service.numbered().await, fanout_queues(1..=9));
    });
}

#[test]
fn a_restarted_service_has_its_queues_again_and_what_came_there() {
    run(async {
        let service = Service::new("manager-restart").await;
        let url = service.vhost.url();
        let sender = SampleFanoutApi::new(&Transport::connect(&url).await.unwrap());
        // Each is started as a new service, by turns: the first in Python, then in Rust, twice.
        for (n, is_python) in (0_u64..).zip([true, false, false, true]) {
            let mut server = if is_python { service.python().await } else { service.rust().await };
            assert_eq!(service.numbered().await, fanout_queues([1]));
            for expected in n.max(1) - 1..n {
                assert_eq!(server.note().await.unwrap().args["n"], expected, "sent while it was away");
            }
            if is_python {
                assert_eq!(server.kill().await.unwrap(), []);
            } else {
                assert_eq!(server.stop().await.unwrap(), []);
            }
            sender.note(&Context::new(), n).await.unwrap();
        }
    });
}

/// Runs a program in a group whose leader, the second shell, has ended and is waited for. In the background, stdin would be
/// that of nobody.
const ORPHAN: &str = r#"exec 3<&0
setsid sh -c '(while [ -e /proc/$$ ]; do sleep 0.01; done; exec "$@" <&3) & exit 0' sh "$@""#;

/// Python fails there.
#[test]
fn a_group_may_have_lost_its_leader() {
    run(async {
        let service = Service::new("manager-orphan").await;
        let mut shell = Command::new("sh");
        shell.args(["-c", ORPHAN, "sh"]);
        let server = service.rust_command();
        shell.arg(server.as_std().get_program()).args(server.as_std().get_args());
        let mut server: Process = Peer::start("the server in Rust", shell).await.unwrap().into();
        assert_eq!(service.numbered().await, fanout_queues([1]));
        let sender = SampleFanoutApi::new(&Transport::connect(&service.vhost.url()).await.unwrap());
        sender.note(&Context::new(), 7).await.unwrap();
        assert_eq!(server.note().await.unwrap().args["n"], 7);
        assert_eq!(server.stop().await.unwrap(), []);
        let counter = std::fs::read_to_string(service.counter()).unwrap();
        assert!(counter.ends_with(":1:0"), "{counter}");
    });
}

#[test]
fn declarations_are_those_of_python() {
    run(async {
        for options in ["", "&rabbit_transient_quorum_queue=true&rabbit_quorum_queue=true"] {
            let (of_python, of_rust) = (Service::new("manager-py").await, Service::new("manager-rs").await);
            let url = format!("{}{options}", of_python.url());
            let lock = of_python.lock_option();
            let server = PythonServer::builder(&url, "topic", "host1").option(&lock).start().await.unwrap();
            let mut client = PythonClient::builder(&url).option(&lock).start().await.unwrap();
            let add = request("add", json!({"a": 1}), json!({}));
            assert_eq!(client.call(add).await.unwrap().unwrap(), 11);

            let transport = Transport::connect(&format!("{}{options}", of_rust.rust_url())).await.unwrap();
            let rust = RustServer::start(&transport, "host1").await.unwrap();
            assert_eq!(SampleApi::new(&transport).add(&Context::new(), 1).await.unwrap(), 11);
            let topology = async |service: &Service| {
                let mut topology = Topology::of(&service.vhost).await.unwrap();
                let anonymous = |name: &str| name.replace(&service.host, "host");
                topology.queues.iter_mut().for_each(|queue| queue.name = anonymous(&queue.name));
                topology.bindings.iter_mut().for_each(|binding| binding.queue = anonymous(&binding.queue));
                topology
            };
            let expected = topology(&of_python).await;
            assert_eq!(expected.queues.len(), 4, "{expected:?}");
            assert_eq!(topology(&of_rust).await, expected);

            // Both leave their queues to the next that has these names.
            assert_eq!(server.stop().await.unwrap(), []);
            assert_eq!(rust.stop().await.unwrap(), []);
            assert_eq!(topology(&of_rust).await, topology(&of_python).await);
        }
    });
}

#[test]
fn a_configuration_has_the_folder_of_locks_where_python_has_it() {
    run(async {
        let service = Service::new("manager-file").await;
        let file = service.locks.path().join("sample.conf");
        let text = format!(
            "[DEFAULT]\ntransport_url = {}\nstate_path = {}\n[oslo_concurrency]\nlock_path = $state_path/locks\n\
             [oslo_messaging_rabbit]\nuse_queue_manager = true\nhostname = {}\nprocessname = sample\n",
            service.vhost.url(),
            service.locks.path().display(),
            service.host,
        );
        std::fs::write(&file, text).unwrap();
        let config = Config::builder().file(&file).read().unwrap();
        let transport = Transport::from_config(&config).await.unwrap();
        let _server = RustServer::start(&transport, "rust").await.unwrap();
        assert_eq!(service.numbered().await, fanout_queues([1]));
        let lock = format!("locks/oslo_read_shm_{}_sample", service.host);
        assert!(service.locks.path().join(lock).exists());
    });
}

#[test]
fn streams_take_no_number() {
    run(async {
        let service = Service::new("manager-stream").await;
        let stream =
            "&rabbit_stream_fanout=true&rabbit_transient_quorum_queue=true&rabbit_qos_prefetch_count=10";
        let transport = Transport::connect(&format!("{}{stream}", service.rust_url())).await.unwrap();
        let _server = RustServer::start(&transport, "rust").await.unwrap();
        assert_eq!(SampleApi::new(&transport).add(&Context::new(), 1).await.unwrap(), 11);
        until("its reply queue is there", async || {
            let numbered = service.numbered().await;
            Ok((numbered == names([("reply", 1)])).then_some(()))
        })
        .await
        .unwrap();
    });
}
