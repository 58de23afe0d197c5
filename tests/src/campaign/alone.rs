//! A test in a process of its own.

use std::env;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;
use tokio::time::timeout;
use tracing_subscriber::EnvFilter;

use crate::{limits, run};

/// Set in the process of one test.
const ALONE: &str = "RPC_TEST_ALONE";

/// Runs a test in a process of its own: it starts the test program once more for this test alone.
///
/// Threads, tasks and file descriptors are those of a whole process. To serialise the tests of one
/// program would not be enough: the threads of the test harness come and go, and one test that
/// leaks would fail those after it.
///
/// The name of the test is that of the function which the closure is written in.
#[expect(clippy::panic, reason = "it is the outermost frame of a test")]
pub fn alone<F: AsyncFnOnce() -> Result<()>>(test: F) {
    let done = if env::var_os(ALONE).is_some() {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(false)
            .with_writer(std::io::stderr)
            .init();
        run(test())
    } else {
        run(again(name(std::any::type_name::<F>())))
    };
    if let Err(error) = done {
        panic!("{error:?}");
    }
}

/// Of `faults::broker::kill::{{closure}}`, what the harness calls the test: `broker::kill`.
fn name(closure: &str) -> &str {
    let function = closure.trim_end_matches("::{{closure}}");
    function.split_once("::").map_or(function, |(_, name)| name)
}

async fn again(name: &str) -> Result<()> {
    let process = Command::new(env::current_exe()?)
        .args([name, "--exact", "--nocapture"])
        .env(ALONE, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let ended = timeout(limits::ALONE, process.wait_with_output()).await;
    let output = ended.with_context(|| format!("{name} was not done in {:?}", limits::ALONE))??;
    let stdout = String::from_utf8_lossy(&output.stdout);
    // A name that is none of a test's would run nothing, and succeed.
    if !output.status.success() || !stdout.contains("test result: ok. 1 passed") {
        bail!("{name}: {}\n{stdout}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_name_is_that_of_the_harness() {
        assert_eq!(name("faults::broker::kill::{{closure}}"), "broker::kill");
        assert_eq!(name("faults::kill::{{closure}}::{{closure}}"), "kill");
    }
}
