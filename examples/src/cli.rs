//! The command line of the example programs.

use rpc_runtime::RequestInfo;
use tracing_subscriber::EnvFilter;

/// Logs warnings to standard error, or what `RUST_LOG` says.
pub fn init_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Prints one line for a request that a server takes.
pub fn print_request(service: &str, request: &RequestInfo<'_>) {
    let RequestInfo { method, kind, version, request_id, .. } = request;
    println!("[{service}] {kind} {method} {version} {}", request_id.unwrap_or("-"));
}
