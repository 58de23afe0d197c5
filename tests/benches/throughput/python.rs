//! Python's oslo.messaging: `tests/python/bench.py` as a client and as a server.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::Instant;

use super::content::Messages;
use super::load::{Case, Done, Kind, Sample};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/bench.py");
const INTERPRETER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/python");

pub(crate) struct Python {
    client: Process,
    server: Process,
    sent: usize,
    messages: Messages,
}

/// What the client answers, in seconds.
#[derive(Deserialize)]
struct Load {
    seconds: f64,
    times: Vec<f64>,
}

impl Python {
    pub(crate) async fn start(url: &str, messages: &Messages) -> Result<Self> {
        let mut server = Process::start("server", url)?;
        // Only once the server answers do its queues exist.
        server.noted(0).await?;
        Ok(Self { client: Process::start("client", url)?, server, sent: 0, messages: messages.clone() })
    }

    pub(crate) async fn measure(&mut self, case: Case, time: Duration) -> Result<Sample> {
        let (kind, value) = match case.kind {
            Kind::Call => ("call", &self.messages.echoed),
            Kind::Cast => ("cast", &self.messages.noted),
        };
        let load = json!({
            "kind": kind, "value": value, "in_flight": case.in_flight, "seconds": time.as_secs_f64(),
        });
        let Load { seconds, times } = self.client.ask(&load).await?;
        let began = Instant::now() - Duration::from_secs_f64(seconds);
        let done = Done::new(began, times.into_iter().map(Duration::from_secs_f64).collect());
        if case.kind == Kind::Cast {
            self.sent += done.count();
            self.server.noted(self.sent).await?;
        }
        done.sample()
    }

    pub(crate) async fn stop(self) -> Result<()> {
        self.client.stop().await?;
        self.server.stop().await
    }
}

/// One side.
struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(side: &str, url: &str) -> Result<Self> {
        let python = std::env::var_os("RPC_TEST_PYTHON").unwrap_or_else(|| INTERPRETER.into());
        let mut child = Command::new(&python)
            .args([SCRIPT, side, "--topic=throughput-python", "--url", url])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}: tests/run makes it", python.display()))?;
        let stdin = child.stdin.take().context("no stdin")?;
        let stdout = child.stdout.take().context("no stdout")?;
        Ok(Self { child, stdin, stdout: BufReader::new(stdout).lines() })
    }

    /// Waits until the server has handled so many casts.
    async fn noted(&mut self, casts: usize) -> Result<()> {
        self.ask::<Value>(&json!({ "noted": casts })).await.map(drop)
    }

    async fn ask<T: DeserializeOwned>(&mut self, question: &Value) -> Result<T> {
        self.stdin.write_all(format!("{question}\n").as_bytes()).await?;
        let answer = self.stdout.next_line().await?.context("bench.py has ended; its stderr says why")?;
        Ok(serde_json::from_str(&answer)?)
    }

    async fn stop(mut self) -> Result<()> {
        drop(self.stdin);
        let status = self.child.wait().await?;
        ensure!(status.success(), "bench.py ended with {status}");
        Ok(())
    }
}
