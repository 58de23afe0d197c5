//! The command line of the example programs.

use anyhow::Context as _;
use rpc_runtime::RequestInfo;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Logs warnings to standard error, or what `RUST_LOG` says.
pub fn init_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Ctrl-C and SIGTERM, as requests to stop in an orderly way.
#[derive(Debug)]
pub struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// Listens from now on; until then, either signal ends the process at once. So before the first
    /// thing that wants an orderly end.
    ///
    /// # Errors
    /// If the process can't listen to signals.
    pub fn listen() -> anyhow::Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("Ctrl-C")?;
        let terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
        Ok(Self { interrupt, terminate })
    }

    /// Waits for one of them and says which.
    pub async fn received(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "Ctrl-C",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// Prints one line for a request that a server takes.
pub fn print_request(service: &str, request: &RequestInfo<'_>) {
    let RequestInfo { method, kind, version, request_id, .. } = request;
    println!("[{service}] {kind} {method} {version} {}", request_id.unwrap_or("-"));
}
