//! With libzmq on the other side, by pyzmq: `tests/python/zmq_peer.py`.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command as Program};

use super::*;

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests");

/// From one byte to a mebibyte, at each side of what has another form on the wire.
const LENGTHS: [usize; 12] = [1, 2, 254, 255, 256, 4095, 4096, 8191, 65_535, 65_536, (1 << 20) - 1, 1 << 20];

/// A process of Python that has a socket.
struct Python {
    process: Child,
    /// It ends with it.
    _stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Python {
    async fn start(args: &[&str]) -> Self {
        let made = || format!("{TESTS}/.oslo8/bin/python").into();
        let interpreter = std::env::var_os("RPC_TEST_OSLO8").unwrap_or_else(made);
        let mut process = Program::new(interpreter)
            .arg(format!("{TESTS}/python/zmq_peer.py"))
            .args(args)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this needs Python with pyzmq, which tests/run installs");
        let stdin = process.stdin.take().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, _stdin: stdin, lines }
    }

    /// The next thing that it reports.
    async fn reports(&mut self) -> serde_json::Value {
        let line = within(self.lines.next_line()).await.unwrap().expect("it has ended");
        serde_json::from_str(&line).unwrap()
    }

    /// Waits until it has stopped itself.
    async fn stops(&self) {
        let status = format!("/proc/{}/status", self.process.id().expect("it has ended"));
        let is_stopped = || std::fs::read_to_string(&status).unwrap().contains("\nState:\tT");
        within(async {
            while !is_stopped() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
}

fn sample(length: usize) -> Multipart {
    let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
    Multipart(vec![Bytes::new(), "1.0".into(), bytes.into(), Bytes::new(), "end".into()])
}

/// It asks whether the peer is there far more often than the driver does.
fn busy() -> Options {
    Options { ping_every: Duration::from_millis(20), ..Options::default() }
}

#[tokio::test]
async fn python_a_router_answers_our_dealer() {
    let mut python = Python::start(&["router", "--heartbeat", "20"]).await;
    let port = python.reports().await["port"].as_u64().unwrap();
    let stream = TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).await.unwrap();
    let (inbox, messages) = mpsc::unbounded_channel();
    let ours = Ready::default().with_identity("rust").with_property("X-Rpc", "1");
    let opened = connect(undelayed(stream).unwrap(), ours, inbox, &busy()).await.unwrap();
    let mut running = Running::new(opened, messages);
    assert_eq!(running.peer.theirs().socket_type, "ROUTER");
    assert!(running.peer.version().has_heartbeats());
    for length in LENGTHS {
        running.peer.send(sample(length), after(PATIENCE)).await.unwrap();
    }
    for length in LENGTHS {
        assert_eq!(within(running.messages.recv()).await, Some(sample(length)));
        assert_eq!(python.reports().await, serde_json::json!({"from": "rust", "bytes": length + 6}));
    }
    lives_on(&mut running, &mut python).await;
    ends_with(python, running).await;
}

#[tokio::test]
async fn python_a_dealer_is_answered_by_our_router() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut python =
        Python::start(&["dealer", "--port", &port, "--identity", "python", "--heartbeat", "20"]).await;
    let (stream, _) = within(listener.accept()).await.unwrap();
    let (inbox, messages) = mpsc::unbounded_channel();
    let opened = accept(undelayed(stream).unwrap(), Ready::default(), inbox, &busy()).await.unwrap();
    let mut running = Running::new(opened, messages);
    let theirs = running.peer.theirs();
    assert_eq!((&*theirs.socket_type, &*theirs.identity), ("DEALER", &b"python"[..]));
    for length in LENGTHS {
        running.peer.send(sample(length), after(PATIENCE)).await.unwrap();
    }
    for length in LENGTHS {
        assert_eq!(within(running.messages.recv()).await, Some(sample(length)));
        assert_eq!(python.reports().await, serde_json::json!({"from": null, "bytes": length + 6}));
    }
    lives_on(&mut running, &mut python).await;
    ends_with(python, running).await;
}

/// Neither side thinks the other dead after many times what each waits for an answer.
async fn lives_on(running: &mut Running, python: &mut Python) {
    tokio::time::sleep(Duration::from_millis(500)).await;
    running.peer.send(sample(3), after(PATIENCE)).await.unwrap();
    assert_eq!(within(running.messages.recv()).await, Some(sample(3)));
    assert_eq!(python.reports().await["bytes"], 9);
}

/// A process that is killed closes its connection, or resets it if there is something that it has not read.
async fn ends_with(python: Python, running: Running) {
    drop(python);
    let end = running.end().await;
    assert!(matches!(end, End::Left | End::Lost(_)), "{end:?}");
}

#[tokio::test]
async fn python_a_router_that_stands_still_is_dead() {
    let mut python = Python::start(&["router", "--stop"]).await;
    let port = python.reports().await["port"].as_u64().unwrap();
    let stream = TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).await.unwrap();
    let (inbox, messages) = mpsc::unbounded_channel();
    let options = Options { dead_after: Duration::from_millis(500), ..busy() };
    let opened = connect(undelayed(stream).unwrap(), Ready::default(), inbox, &options).await.unwrap();
    let running = Running::new(opened, messages);
    // It stops itself once it has had this.
    drop(running.peer.offer(sample(1), after(PATIENCE)));
    python.stops().await;
    let end = running.end().await;
    assert!(matches!(end, End::Silent(_)), "{end:?}");
}

#[tokio::test]
async fn python_a_socket_that_does_not_fit_is_refused() {
    let mut python = Python::start(&["pub"]).await;
    let port = python.reports().await["port"].as_u64().unwrap();
    let stream = TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).await.unwrap();
    let (inbox, _messages) = mpsc::unbounded_channel();
    let end = connect(stream, Ready::default(), inbox, &busy()).await.map(drop).unwrap_err();
    let said = end.to_string();
    // libzmq may be the first to say so.
    assert!(
        said.contains("PUB") || matches!(end, End::NeverReady | End::Refused(_) | End::Lost(_)),
        "{said}"
    );
}
