//! Counts of instructions, which repeat where times do not.

use std::env;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The instructions that this program executes with these arguments, as valgrind counts them.
///
/// # Errors
/// There is no valgrind, or the program failed under it.
pub fn instructions(args: &[&str]) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(args)
        .output()
        .context("cannot start valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    collected.with_context(|| format!("valgrind counted nothing: {said}"))
}
