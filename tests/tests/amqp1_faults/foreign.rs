//! Peers that speak something else, or AMQP 1.0 badly: each is told in time, with a reason, and takes no memory.

use std::net::Ipv4Addr;
use std::time::Duration;

use futures::future::join_all;
use rpc_runtime::{CallOptions, Transport};
use rpc_tests::run;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{WorkApi, call};

const SASL: &[u8] = b"AMQP\x03\x01\x00\x00";
const AMQP: &[u8] = b"AMQP\x00\x01\x00\x00";

/// What a peer waits for and then says, in turn; after that it says nothing and keeps the connection, or ends it.
#[derive(Clone)]
struct Script {
    steps: Vec<(&'static [u8], Vec<u8>)>,
    keeps: bool,
}

/// A frame of AMQP, of a channel and a performative with its list.
fn frame(kind: u8, channel: u8, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&size[..], &[2, kind, 0, channel], body].concat()
}

/// A performative whose fields are encoded already.
fn performative(code: u8, count: u8, fields: &[u8]) -> Vec<u8> {
    let size = u8::try_from(fields.len() + 1).unwrap();
    [&[0x00, 0x53, code, 0xc0, size, count], fields].concat()
}

impl Script {
    /// One that says this before anything else.
    fn begins(with: &[u8]) -> Self {
        Self { steps: vec![(b"AMQP", with.to_vec())], keeps: true }
    }

    /// One that lets in whoever comes, and is opened; what it says after that follows.
    fn opened(then: &[u8]) -> Self {
        let anonymous = b"\xe0\x0c\x01\xa3\x09ANONYMOUS";
        let mechanisms = [SASL, &frame(1, 0, &performative(0x40, 1, anonymous))].concat();
        let open = frame(0, 0, &performative(0x10, 1, b"\xa1\x01x"));
        Self {
            steps: vec![
                (SASL, mechanisms),
                (b"\x00\x53\x41", frame(1, 0, &performative(0x44, 1, b"\x50\x00"))),
                (AMQP, AMQP.to_vec()),
                (b"\x00\x53\x10", [&open, then].concat()),
            ],
            keeps: true,
        }
    }

    /// The same, which ends the connection then.
    fn and_ends(mut self) -> Self {
        self.keeps = false;
        self
    }

    async fn play(self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut heard = Vec::new();
        for (awaited, said) in self.steps {
            let at = loop {
                if let Some(at) = heard.windows(awaited.len()).position(|bytes| bytes == awaited) {
                    break at;
                }
                if stream.read_buf(&mut heard).await? == 0 {
                    return Ok(());
                }
            };
            heard.drain(..at + awaited.len());
            stream.write_all(&said).await?;
        }
        while self.keeps && stream.read_buf(&mut heard).await? > 0 {
            heard.clear();
        }
        Ok(())
    }
}

/// A peer that plays a script to all who connect.
async fn peer(script: Script) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let playing = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Whoever hangs up has heard enough.
            tokio::spawn(script.clone().play(stream));
        }
    });
    (port, playing)
}

/// What is said of a peer within some seconds, by the transport or, if that thinks that it is connected, by a call.
async fn said_of(script: Script, within: u64) -> String {
    let (port, playing) = peer(script).await;
    let url = format!("amqp1://127.0.0.1:{port}/?connect_timeout=3&default_send_timeout=3");
    let connecting = Transport::builder(&url).unwrap().connect_within(Duration::from_secs(within)).connect();
    let text = match timeout(Duration::from_secs(100), connecting).await.unwrap() {
        Err(error) => error.to_string(),
        Ok(transport) => {
            let api = WorkApi::new(&transport).with(CallOptions::new().timeout(Duration::from_secs(within)));
            call(&api, 0).await.unwrap_err().to_string()
        }
    };
    playing.abort();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 1 << 19, "{kilobytes} kB: {text}");
    text
}

/// Until all of these are said. On a busy machine a peer may be given up before it has said all that it has to say, and one that is
/// lost as soon as it is there may be lost each time before anybody has seen that.
async fn told(what: &str, script: Script, texts: &[&str]) {
    let mut said = Vec::new();
    for within in [7, 20, 60] {
        let text = said_of(script.clone(), within).await;
        if texts.iter().all(|part| text.contains(part)) {
            return;
        }
        said.push(text);
    }
    panic!("{what}: not {texts:?}, but {said:#?}");
}

#[test]
fn another_protocol_is_named() {
    run(join_all([
        told("AMQP 0-9-1", Script::begins(b"AMQP\x00\x00\x09\x01"), &["0-9-1"]),
        told("HTTP", Script::begins(b"HTTP/1.1 400 Bad Request\r\n\r\n"), &["AMQP 1.0"]),
        told("TLS", Script::begins(b"\x15\x03\x01\x00\x02\x02\x50"), &["AMQP 1.0"]),
        told("SSH", Script::begins(b"SSH-2.0-OpenSSH_9\r\n"), &["AMQP 1.0"]),
    ]));
}

#[test]
fn who_says_nothing_or_hangs_up_is_given_up() {
    run(join_all([
        told("says nothing", Script::begins(b""), &["3s"]),
        told("ends at once", Script::begins(b"").and_ends(), &[]),
        told("ends within a header", Script::begins(b"AMQP").and_ends(), &[]),
        told("says nothing after a header", Script::begins(SASL), &[]),
        told("says nothing once it is open", Script::opened(b""), &[]),
        told("ends once it is open", Script::opened(b"").and_ends(), &[]),
    ]));
}

#[test]
fn frames_that_are_none_end_the_connection() {
    run(async {
        let deep = [&b"\x00\x53\x11"[..], &b"\xc0\xff\x01".repeat(20_000)].concat();
        let descriptors = b"\x00".repeat(100_000);
        let cases: [(&str, Vec<u8>); 12] = [
            ("of 4 GiB", b"\xff\xff\xff\xff\x02\x00\x00\x00".to_vec()),
            ("of 1 GiB that begins", [&b"\x40\x00\x00\x00\x02\x00\x00\x00"[..], &[0; 100_000]].concat()),
            ("of 3 bytes", b"\x00\x00\x00\x03\x02\x00\x00\x00".to_vec()),
            ("whose body begins in its head", b"\x00\x00\x00\x08\x01\x00\x00\x00".to_vec()),
            ("whose body begins behind its end", b"\x00\x00\x00\x08\xff\x00\x00\x00".to_vec()),
            ("of no known type", frame(9, 0, &performative(0x11, 0, b""))),
            ("of no known performative", frame(0, 0, &performative(0x7f, 0, b""))),
            ("that are no described type", frame(0, 0, b"\xa1\x03abc")),
            ("of a list of 2^31 fields", frame(0, 0, b"\x00\x53\x11\xd0\x7f\xff\xff\xff\x7f\xff\xff\xff")),
            ("nested deeply", frame(0, 0, &deep)),
            ("described without an end", frame(0, 0, &descriptors)),
            ("of a channel that was never begun", frame(0, 77, &performative(0x12, 0, b""))),
        ];
        let told = cases.each_ref().map(|(what, bytes)| told(what, Script::opened(bytes), &["127.0.0.1:"]));
        join_all(told).await;
    });
}

/// It says why, and that is passed on.
#[test]
fn who_closes_the_connection_says_why() {
    run(async {
        // close(error("amqp:connection:forced", "not today"))
        let error = b"\x00\x53\x1d\xc0\x24\x02\xa3\x16amqp:connection:forced\xa1\x09not today";
        let close = frame(0, 0, &performative(0x18, 1, error));
        told("closes", Script::opened(&close), &["amqp:connection:forced", "not today"]).await;
    });
}

#[test]
fn who_offers_no_way_to_log_in_is_told() {
    run(async {
        let script = |name: &[u8]| {
            let length = u8::try_from(name.len()).unwrap();
            let array = [&[0xe0, length + 3, 1, 0xa3, length], name].concat();
            let mechanisms = [SASL, &frame(1, 0, &performative(0x40, 1, &array))].concat();
            Script { steps: vec![(SASL, mechanisms)], keeps: true }
        };
        told("lets log in by GSSAPI alone", script(b"GSSAPI"), &["GSSAPI", "ANONYMOUS"]).await;
    });
}
