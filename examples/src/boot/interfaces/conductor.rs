//! What is asked of the conductor.

use rpc_runtime::{Context, rpc_manager};
use uuid::Uuid;

use crate::boot::types::{Instance, InstanceNotFound};

/// Leads instances through their build and remembers them.
#[rpc_manager(client = ConductorApi, topic = "conductor", version = "3.0", error = InstanceNotFound)]
pub trait ConductorManager {
    /// Finds a host for the instance and has it built there.
    #[rpc(cast)]
    async fn build_instances(&self, ctx: Context, instance: Instance) -> Result<(), InstanceNotFound>;

    /// Notes what has become of an instance.
    #[rpc(cast)]
    async fn update_instance(&self, ctx: Context, instance: Instance) -> Result<(), InstanceNotFound>;

    /// The instance as it is now.
    #[rpc(call)]
    async fn get_instance(&self, ctx: Context, instance_id: Uuid) -> Result<Instance, InstanceNotFound>;
}
