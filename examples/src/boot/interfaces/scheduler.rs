//! What is asked of the scheduler, and told it.

use rpc_runtime::{Context, RpcException, rpc_manager};

use crate::boot::types::Instance;

/// What the scheduler raises.
#[derive(Debug, Clone, PartialEq, RpcException)]
#[exception(module = "nova.exception", code = 500)]
pub enum SchedulerError {
    /// No host can take the instance.
    #[exception(message = "No valid host was found. %(reason)s")]
    NoValidHost {
        /// Why not.
        reason: String,
    },
}

/// Chooses hosts for instances.
#[rpc_manager(
    client = SchedulerApi,
    topic = "scheduler",
    version = "4.5",
    history("4.5" = "alternate hosts"),
    error = SchedulerError
)]
pub trait SchedulerManager {
    /// The host that the instance is to be built on.
    #[rpc(call)]
    async fn select_destinations(&self, ctx: Context, instance: Instance) -> Result<String, SchedulerError>;

    /// Tells every scheduler how much memory a host has left, in MiB.
    #[rpc(cast, fanout)]
    async fn update_service_capabilities(
        &self,
        ctx: Context,
        host: String,
        free_memory_mb: u64,
    ) -> Result<(), SchedulerError>;
}
