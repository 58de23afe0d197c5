//! The command line of the example programs.

use anyhow::Context as _;
use rpc_runtime::RequestInfo;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Logs warnings to standard error, or what `RUST_LOG` says. Not those of lapin: it calls every lost
/// connection an error, and the runtime says what became of it.
pub fn init_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,lapin=off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Waits for Ctrl-C or SIGTERM and says which.
///
/// # Errors
/// If the process can't listen to signals.
pub async fn stop_signal() -> anyhow::Result<&'static str> {
    let mut term = signal(SignalKind::terminate()).context("SIGTERM")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C").map(|()| "Ctrl-C"),
        _ = term.recv() => Ok("SIGTERM"),
    }
}

/// Prints one line for a request that a server takes.
pub fn print_request(service: &str, request: &RequestInfo<'_>) {
    let RequestInfo { method, kind, version, request_id, .. } = request;
    let kind = format!("{kind:?}").to_lowercase();
    println!("[{service}] {kind} {method} {version} {}", request_id.unwrap_or("-"));
}
