//! A program of the workspace as a process of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::process::{ExitStatus, Stdio};

use anyhow::{Context as _, Result, anyhow};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::limits::PATIENCE;
use crate::until;

/// Runs a program with all that it starts; the comment at its top says how.
const WHOLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lib/whole.sh");

/// A running program; dropping it kills it.
#[derive(Debug)]
pub struct Program {
    process: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: NamedTempFile,
    seen: Vec<String>,
}

impl Program {
    /// Starts the program at `path`.
    pub fn start<A: AsRef<OsStr>>(path: &str, args: impl IntoIterator<Item = A>) -> Result<Self> {
        Self::start_with(path, args, &[])
    }

    /// The same with these variables in its environment.
    pub fn start_with<A: AsRef<OsStr>>(
        path: &str,
        args: impl IntoIterator<Item = A>,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let mut command = Command::new(path);
        command.args(args).envs(environment.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
        Self::spawn(command, path)
    }

    /// Starts a program that starts others, which may make a session of its own: dropping it kills all of them, and so does
    /// the end of this process, whatever that is. What it leaves behind when it ends is killed as well.
    pub fn start_whole<A: AsRef<OsStr>>(path: &str, args: impl IntoIterator<Item = A>) -> Result<Self> {
        let mut command = Command::new(WHOLE);
        // Its stdin is closed when nobody holds it any more.
        command.arg(path).args(args).stdin(Stdio::piped()).process_group(0);
        Self::spawn(command, path)
    }

    fn spawn(mut command: Command, path: &str) -> Result<Self> {
        let stderr = NamedTempFile::new()?;
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(stderr.reopen()?)
            .spawn()
            .with_context(|| format!("cannot start {path}"))?;
        let stdout = process.stdout.take().context("the program has no stdout")?;
        Ok(Self { process, stdout: BufReader::new(stdout).lines(), stderr, seen: Vec::new() })
    }

    /// Reads lines until one contains `text`, and returns that one; each wait is bounded.
    pub async fn line_with(&mut self, text: &str) -> Result<String> {
        loop {
            match timeout(PATIENCE, self.stdout.next_line()).await {
                Ok(Ok(Some(line))) => {
                    self.seen.push(line.clone());
                    if line.contains(text) {
                        return Ok(line);
                    }
                }
                Ok(Ok(None)) => return Err(self.failure(&format!("it ended before a line with {text:?}"))),
                Ok(Err(error)) => return Err(self.failure(&format!("cannot read from it: {error}"))),
                Err(_) => return Err(self.failure(&format!("no line with {text:?} in {PATIENCE:?}"))),
            }
        }
    }

    /// Waits until it listens to SIGTERM, which would end it without a word before.
    pub async fn listens_to_signals(&self) -> Result<()> {
        let pid = self.process.id().context("the program has ended")?;
        let status = format!("/proc/{pid}/status");
        until("it listens to SIGTERM", async || {
            let status = fs::read_to_string(&status)?;
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = u64::from_str_radix(caught.context("no SigCgt")?.trim(), 16)?;
            Ok((caught >> (Signal::TERM.as_raw() - 1) & 1 == 1).then_some(()))
        })
        .await
    }

    /// Sends SIGTERM, as an init system does to stop a service.
    pub fn terminate(&self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) -> Result<()> {
        self.signal(Signal::INT)
    }

    /// Sends SIGHUP, as an operator does to have a configuration read again.
    pub fn hangup(&self) -> Result<()> {
        self.signal(Signal::HUP)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(kill_process(pid.context("the program has ended")?, signal)?)
    }

    /// Waits for its end; returns how it ended and all lines that it wrote.
    pub async fn end(mut self) -> Result<(ExitStatus, Vec<String>)> {
        let ended = timeout(PATIENCE, async {
            while let Some(line) = self.stdout.next_line().await? {
                self.seen.push(line);
            }
            anyhow::Ok(self.process.wait().await?)
        })
        .await;
        match ended {
            Ok(Ok(status)) => Ok((status, self.seen)),
            Ok(Err(error)) => Err(self.failure(&format!("{error:#}"))),
            Err(_) => Err(self.failure(&format!("it did not end in {PATIENCE:?}"))),
        }
    }

    /// Waits for its end, which has to be a success; returns all lines that it wrote.
    pub async fn success(self) -> Result<Vec<String>> {
        let stderr = self.stderr.reopen()?;
        let (status, lines) = self.end().await?;
        if status.success() {
            return Ok(lines);
        }
        Err(anyhow!("it ended with {status}: {}{}", lines.join("\n"), std::io::read_to_string(stderr)?))
    }

    /// The same with what it has logged before.
    pub async fn log_and_success(self) -> Result<(String, Vec<String>)> {
        let stderr = self.stderr.reopen()?;
        let lines = self.success().await?;
        Ok((std::io::read_to_string(stderr)?, lines))
    }

    /// Waits for its end, which has to be a failure; returns what it says of it.
    pub async fn refusal(self) -> Result<String> {
        let stderr = self.stderr.reopen()?;
        let (status, lines) = self.end().await?;
        if status.success() {
            return Err(anyhow!("it ended well: {}", lines.join("\n")));
        }
        Ok(std::io::read_to_string(stderr)?)
    }

    fn failure(&self, why: &str) -> anyhow::Error {
        let mut log = String::new();
        // What can be read is shown; the failure itself matters more than its log.
        let _ = self.stderr.reopen().and_then(|mut file| file.read_to_string(&mut log));
        anyhow!("{why}\n--- stdout ---\n{}\n--- stderr ---\n{log}", self.seen.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run;

    /// Goes into a session of its own, as daemons do, and has a worker that does not end with it.
    const MASTER: &str = "sleep 1000 & echo \"worker $!\"; trap 'exit 7' TERM; echo \"master $$\"; while :; do sleep 0.1; done";

    async fn master() -> (Program, [u32; 2]) {
        let mut program = Program::start_whole("setsid", ["sh", "-c", MASTER]).unwrap();
        let mut pids = [0; 2];
        for (pid, who) in pids.iter_mut().zip(["worker ", "master "]) {
            let line = program.line_with(who).await.unwrap();
            *pid = line.strip_prefix(who).unwrap().parse().unwrap();
        }
        (program, pids)
    }

    async fn end(pids: [u32; 2]) {
        // One that nobody has waited for yet has no arguments any more.
        let runs = |pid: &u32| fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|args| !args.is_empty());
        until("all of it ends", async || Ok((!pids.iter().any(runs)).then_some(()))).await.unwrap();
    }

    #[test]
    fn all_of_a_program_goes_with_who_started_it() {
        run(async {
            let (program, pids) = master().await;
            drop(program);
            end(pids).await;
        });
    }

    #[test]
    fn what_a_program_leaves_goes_with_it() {
        run(async {
            let (program, pids) = master().await;
            program.terminate().unwrap();
            let (status, _) = program.end().await.unwrap();
            assert_eq!(status.code(), Some(7));
            end(pids).await;
        });
    }
}
