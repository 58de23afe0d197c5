//! A process of the benchmark: this program again as one side, or `tests/python/bench.py`.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::content::Messages;
use super::protocol::Question;
use super::role::{Contender, Queue, ROLE, Role, Side};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../python/bench.py");
const INTERPRETER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.venv/bin/python");

/// It ends with its stdin, and is killed when dropped.
pub(crate) struct Process {
    name: String,
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts the role: `program` takes all of them but those of Python.
    pub(crate) fn start(role: &Role, program: &Path) -> Result<Self> {
        let mut command = match role.contender {
            Contender::Python => python(role)?,
            _ => {
                let mut command = Command::new(program);
                command.args([ROLE, &serde_json::to_string(role)?]);
                command
            }
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let name = format!("{:?} of {}", role.side, role.contender.name());
        let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let stdin = child.stdin.take().context("no stdin")?;
        let stdout = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        Ok(Self { name, child, stdin, stdout })
    }

    pub(crate) fn pid(&self) -> Result<u32> {
        self.child.id().with_context(|| format!("{} has ended", self.name))
    }

    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, question: Question) -> Result<T> {
        let ended = || format!("{} has ended; its stderr says why", self.name);
        let line = format!("{}\n", serde_json::to_string(&question)?);
        self.stdin.write_all(line.as_bytes()).await.with_context(ended)?;
        let answer = self.stdout.next_line().await?.with_context(ended)?;
        serde_json::from_str(&answer).with_context(|| format!("{} answered {answer}", self.name))
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.stdin);
        let status = self.child.wait().await?;
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }
}

/// The interpreter of the Python environment.
pub(crate) fn interpreter() -> std::ffi::OsString {
    std::env::var_os("RPC_TEST_PYTHON").unwrap_or_else(|| INTERPRETER.into())
}

fn python(role: &Role) -> Result<Command> {
    let messages = Messages::of(role.setting.body)?;
    let side = match role.side {
        Side::Server => "server",
        Side::Client | Side::Both => "client",
    };
    let mut command = Command::new(interpreter());
    command
        .args([SCRIPT, side, "--url", &role.url])
        .arg(format!("--topic={}", role.address()))
        .arg(format!("--echoed={}", messages.echoed.len()))
        .arg(format!("--noted={}", messages.noted.len()))
        .arg(format!("--option=rabbit_quorum_queue={}", role.setting.queue == Queue::Quorum))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Its libraries warn of what they will do away with.
        .env("PYTHONWARNINGS", "ignore");
    Ok(command)
}
