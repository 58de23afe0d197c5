//! Stopping processes where they are.

use std::fs;

use anyhow::Result;
use rustix::process::{Pid, Signal, kill_process};

use crate::until;

/// Stops a process where it is, as a debugger or a machine without memory does; returns once it does nothing any more:
/// on a busy machine its threads go on for a while after the signal.
pub(crate) async fn freeze(process: Pid) -> Result<()> {
    kill_process(process, Signal::STOP)?;
    let tasks = format!("/proc/{}/task", process.as_raw_nonzero());
    until("all of its threads stop", async || {
        for task in fs::read_dir(&tasks)? {
            // One that has ended meanwhile does nothing either.
            let status = fs::read_to_string(task?.path().join("status")).unwrap_or_default();
            if status.lines().any(|line| line.starts_with("State:") && !line.contains('T')) {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await
}

/// Lets it go on.
pub(crate) fn thaw(process: Pid) -> Result<()> {
    Ok(kill_process(process, Signal::CONT)?)
}
