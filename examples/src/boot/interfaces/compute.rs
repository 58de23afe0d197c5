//! What is asked of compute hosts.

use rpc_runtime::{Context, RemoteError, rpc_manager};

use crate::boot::types::Instance;

/// Runs instances on one host.
#[rpc_manager(
    client = ComputeApi,
    topic = "compute",
    version = "6.5",
    history("6.5" = "a topic of its own for what takes long"),
    error = RemoteError
)]
pub trait ComputeManager {
    /// Builds the instance on `host` and starts it.
    #[rpc(cast, to = host)]
    async fn build_and_run_instance(
        &self,
        ctx: Context,
        instance: Instance,
        host: String,
    ) -> Result<(), RemoteError>;
}
