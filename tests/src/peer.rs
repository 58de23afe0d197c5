//! A process and the JSON lines between it and us.

use std::collections::VecDeque;
use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::limits::PATIENCE;

/// A running peer; dropping it kills it.
#[derive(Debug)]
pub struct Peer {
    name: String,
    process: Child,
    /// `None` once it was told to stop.
    stdin: Option<ChildStdin>,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: NamedTempFile,
    /// What it wrote before it was ready.
    early: VecDeque<Value>,
}

impl Peer {
    /// Starts a process, which is called `name` in errors, and returns once it says that it is ready.
    pub async fn start(name: &str, mut command: Command) -> Result<Self> {
        let stderr = NamedTempFile::new()?;
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr.reopen()?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let stdin = process.stdin.take();
        let stdout = process.stdout.take().context("the peer has no stdout")?;
        let mut peer = Self {
            name: name.to_owned(),
            process,
            stdin,
            stdout: BufReader::new(stdout).lines(),
            stderr,
            early: VecDeque::new(),
        };

        // A server may have taken requests before it says that it is ready.
        let mut early = VecDeque::new();
        loop {
            let line = peer.read(PATIENCE).await?;
            if line == json!({"event": "ready"}) {
                break;
            }
            early.push_back(line);
        }
        peer.early = early;
        Ok(peer)
    }

    /// Its number.
    pub fn pid(&self) -> Result<u32> {
        self.process.id().ok_or_else(|| self.failure("it has ended"))
    }

    /// Sends one line.
    pub async fn write(&mut self, line: &Value) -> Result<()> {
        let Some(stdin) = &mut self.stdin else { return Err(self.failure("it was told to stop")) };
        match stdin.write_all(format!("{line}\n").as_bytes()).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.failure(&format!("cannot write to it: {error}"))),
        }
    }

    /// The next line, if it comes within `limit`.
    pub async fn read(&mut self, limit: Duration) -> Result<Value> {
        if let Some(line) = self.early.pop_front() {
            return Ok(line);
        }
        match timeout(limit, self.stdout.next_line()).await {
            Ok(Ok(Some(line))) => serde_json::from_str(&line)
                .map_err(|error| self.failure(&format!("it wrote {line:?}, which is not JSON: {error}"))),
            Ok(Ok(None)) => Err(self.failure("it ended")),
            Ok(Err(error)) => Err(self.failure(&format!("cannot read from it: {error}"))),
            Err(_) => Err(self.failure(&format!("it wrote nothing for {limit:?}"))),
        }
    }

    /// What it answers to a question.
    pub async fn ask<A: DeserializeOwned>(&mut self, question: &Value) -> Result<A> {
        self.write(question).await?;
        let answer = self.read(PATIENCE).await?;
        let wrong = self.failure(&format!("to {question} it answered {answer}"));
        A::deserialize(answer).map_err(|error| wrong.context(error))
    }

    /// Kills it as a crash would, and returns the lines that it had written.
    pub async fn kill(&mut self) -> Result<Vec<Value>> {
        self.process.kill().await?;
        let mut lines = Vec::from(std::mem::take(&mut self.early));
        while let Some(line) = self.stdout.next_line().await? {
            lines.push(serde_json::from_str(&line)?);
        }
        Ok(lines)
    }

    /// Ends its input, which tells it to stop; returns the lines that it still writes, and how it ended.
    pub async fn stop(&mut self) -> (Vec<Value>, Result<()>) {
        self.stdin = None;
        let mut lines = Vec::from(std::mem::take(&mut self.early));
        let ended = timeout(PATIENCE, async {
            while let Some(line) = self.stdout.next_line().await? {
                lines.push(serde_json::from_str(&line)?);
            }
            anyhow::Ok(self.process.wait().await?)
        })
        .await;
        let ended = match ended {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(self.failure(&format!("it ended with {status}"))),
            Ok(Err(error)) => Err(self.failure(&format!("{error:#}"))),
            Err(_) => Err(self.failure(&format!("it did not stop within {PATIENCE:?}"))),
        };
        (lines, ended)
    }

    /// An error that names the peer and shows what it logged.
    pub fn failure(&self, why: &str) -> anyhow::Error {
        let mut log = String::new();
        // What can be read is shown; the failure itself matters more than its log.
        let _ = self.stderr.reopen().and_then(|mut file| file.read_to_string(&mut log));
        anyhow!("{}: {why}\n--- stderr of {} ---\n{log}", self.name, self.name)
    }
}
