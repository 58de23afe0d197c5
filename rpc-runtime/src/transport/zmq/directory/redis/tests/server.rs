//! A Redis of a test's own.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::super::commands::Commands;
use super::super::reply::Reply;
use super::*;

/// It ends with this, and all that it has written goes.
pub(super) struct Server {
    port: u16,
    /// Stands for the port: nobody else takes it who asks for one in this way.
    _held: UdpSocket,
    folder: TempDir,
    arguments: Vec<String>,
    process: Option<Child>,
}

impl Server {
    pub(super) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With more arguments.
    pub(super) async fn with(arguments: &[&str]) -> Self {
        let (port, held) = free_port();
        let folder = TempDir::new().unwrap();
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let mut server = Self { port, _held: held, folder, arguments, process: None };
        server.run().await;
        server
    }

    /// Kills it, and all that it had is lost.
    pub(super) async fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().await.unwrap();
    }

    pub(super) async fn run(&mut self) {
        let process = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"])
            .arg(self.folder.path())
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("this needs redis-server, which tests/run installs");
        self.process = Some(process);
        until("Redis listens", async || TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_ok())
            .await;
    }

    pub(super) fn options(&self) -> RedisOptions {
        RedisOptions::new(at(self.port))
    }

    /// What it replies to one command.
    pub(super) async fn ask(&self, command: &str) -> Reply {
        let words: Vec<_> = command.split(' ').map(str::as_bytes).collect();
        self.ask_words(&words).await
    }

    pub(super) async fn ask_words(&self, words: &[&[u8]]) -> Reply {
        let client = Client::new(self.options());
        let [reply] = client.ask(&Commands::one(words), after(LONG)).await.unwrap().try_into().unwrap();
        reply
    }

    /// The number that it replies.
    pub(super) async fn number(&self, command: &str) -> i64 {
        match self.ask(command).await {
            Reply::Integer(number) => number,
            other => panic!("{command}: {other:?}"),
        }
    }

    /// The members of a set, in order.
    pub(super) async fn members(&self, key: &str) -> Vec<String> {
        let Reply::Array(members) = self.ask_words(&[b"SMEMBERS", key.as_bytes()]).await else {
            panic!("{key} is no set")
        };
        let text = |member| match member {
            Reply::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
            other => panic!("{other:?}"),
        };
        let mut members: Vec<_> = members.into_iter().map(text).collect();
        members.sort();
        members
    }
}

/// A port below those of outgoing connections.
fn free_port() -> (u16, UdpSocket) {
    let candidates = std::iter::repeat_with(|| 20_000 + (fraction() * 12_000.0) as u16);
    let held = |port| {
        let held = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
        Some((port, held))
    };
    candidates.filter_map(held).next().unwrap()
}
