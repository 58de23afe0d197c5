//! What travels between the services.

use rpc_runtime::RpcException;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A virtual machine, or one to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// The id.
    pub id: Uuid,
    /// The name that the user gave.
    pub name: String,
    /// The memory in MiB.
    pub memory_mb: u64,
    /// How far it is.
    pub status: Status,
    /// The compute host, once there is one.
    pub host: Option<String>,
    /// Why it came to nothing, if it did.
    pub fault: Option<String>,
}

/// How far an instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Being built.
    Build,
    /// Running.
    Active,
    /// It could not be built.
    Error,
}

/// The conductor knows no instance of that id.
#[derive(Debug, Clone, PartialEq, RpcException)]
#[exception(module = "nova.exception", message = "Instance %(instance_id)s could not be found.", code = 404)]
pub struct InstanceNotFound {
    /// The id asked for.
    pub instance_id: Uuid,
}
