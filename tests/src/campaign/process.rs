//! A server or a client of the load in a process of its own, to be killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use rustix::process::Pid;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Ledger;
use crate::freeze::{freeze, thaw};
use crate::limits::PATIENCE;

/// How many workers a server in a process of its own has.
pub const PROCESS_WORKERS: usize = 64;

/// A running `peer`, the program of this crate; dropping it kills it.
#[derive(Debug)]
pub struct Process {
    process: Child,
    /// It runs for as long as this is open.
    _stdin: Option<ChildStdin>,
    reading: JoinHandle<Result<()>>,
}

impl Process {
    /// Starts the program at `path` with `args` and returns once it is ready. What it executes goes
    /// into `ledger`.
    pub async fn start(path: impl AsRef<Path>, args: &[&str], ledger: &Arc<Ledger>) -> Result<Self> {
        let mut process = Command::new(path.as_ref())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", path.as_ref().display()))?;
        let stdin = process.stdin.take();
        let stdout = process.stdout.take().context("the program has no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        timeout(PATIENCE, read(&mut lines, ledger, Some("ready"))).await.context("it is not ready")??;
        let ledger = Arc::clone(ledger);
        let reading = tokio::spawn(async move { read(&mut lines, &ledger, None).await });
        Ok(Self { process, _stdin: stdin, reading })
    }

    /// Kills it as a crash would; all that it said is in the ledger then.
    pub async fn kill(mut self) -> Result<()> {
        self.process.start_kill()?;
        self.ended().await
    }

    /// Stops it where it is, as a debugger or a machine without memory does; returns once it does nothing any more.
    pub async fn freeze(&self) -> Result<()> {
        freeze(self.pid()?).await
    }

    /// Lets it go on after [`Process::freeze`].
    pub fn thaw(&self) -> Result<()> {
        thaw(self.pid()?)
    }

    fn pid(&self) -> Result<Pid> {
        let pid = self.process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        pid.context("the program has ended")
    }

    /// Waits until it has ended by itself; all that it said is in the ledger then.
    pub async fn ended(mut self) -> Result<()> {
        timeout(PATIENCE, async {
            self.process.wait().await?;
            (&mut self.reading).await?
        })
        .await
        .context("the program does not end")?
    }
}

/// A server in a process of its own.
#[derive(Debug)]
pub(super) struct ServerProcess {
    path: PathBuf,
    args: Vec<String>,
    ledger: Arc<Ledger>,
    /// `None` only for a moment, between two of them.
    process: Option<Process>,
}

impl ServerProcess {
    /// Starts a server of `topic`, or a listener to it, by the program at `path`.
    pub(super) async fn start(
        path: PathBuf,
        url: &str,
        topic: &str,
        role: &str,
        seconds: f64,
        late: Option<&str>,
        ledger: &Arc<Ledger>,
    ) -> Result<Self> {
        let seconds = seconds.to_string();
        let args = ["--url", url, "--topic", topic, role, "--seconds", &seconds];
        let args = args.into_iter().chain(late).map(str::to_owned).collect();
        let mut server = Self { path, args, ledger: Arc::clone(ledger), process: None };
        server.start_again().await?;
        Ok(server)
    }

    /// Kills the server and starts another one in its place.
    pub(super) async fn kill_and_start(&mut self) -> Result<()> {
        if let Some(process) = self.process.take() {
            process.kill().await?;
        }
        self.start_again().await
    }

    async fn start_again(&mut self) -> Result<()> {
        let args: Vec<_> = self.args.iter().map(String::as_str).collect();
        self.process = Some(Process::start(&self.path, &args, &self.ledger).await?);
        Ok(())
    }

    pub(super) async fn kill(mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }
}

/// Enters what the process has executed, until it says `last`; or if that is none, until it ends.
async fn read(lines: &mut Lines<BufReader<ChildStdout>>, ledger: &Ledger, last: Option<&str>) -> Result<()> {
    while let Some(line) = lines.next_line().await? {
        if Some(&*line) == last {
            return Ok(());
        }
        if let Some(id) = line.strip_prefix("executed ").and_then(|id| id.parse().ok()) {
            ledger.executed(id, "process");
        }
    }
    match last {
        Some(last) => bail!("it ended before it was {last}"),
        None => Ok(()),
    }
}
