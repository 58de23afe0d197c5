//! A run of `tests/broker.sh`, with all that it starts.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use super::node::SCRIPT;

/// The leader of a process group of its own; dropping it kills the group.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Process {
    /// Starts `command`, one of those that run for as long as their stdin is open: they cannot
    /// outlive the tests. What it prints goes to `output`.
    pub(super) fn start(command: &str, dir: &Path, output: &Path) -> Result<Self> {
        let log = File::create(output)?;
        let child = Command::new(SCRIPT)
            .arg(command)
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()?;
        Ok(Self(child))
    }

    /// The number of the group.
    pub(super) fn group(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has come to its end.
    pub(super) fn ended(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group outlives its leader for a moment, and may be gone if the script ended.
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

/// Runs one of the commands that end by themselves.
pub(super) fn prepare(command: &str, paths: &[&Path], ports: &[u16]) -> Result<()> {
    let ports = ports.iter().map(u16::to_string);
    let done = Command::new(SCRIPT).arg(command).args(paths).args(ports).output()?;
    if !done.status.success() {
        bail!("broker.sh {command}: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(())
}
