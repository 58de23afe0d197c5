use serde::{Deserialize, Serialize};

use super::Map;

/// Who wants to connect to a volume, and what it can speak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connector {
    /// The address of the host that connects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The name of its iSCSI initiator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiator: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// How to reach what was exported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionInfo {
    /// The protocol, such as `iscsi`.
    pub driver_volume_type: String,
    /// What the protocol needs to connect.
    pub data: Map,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// Where a group can fail over to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicationTargets {
    /// One object for each target, with its `backend_id`.
    pub replication_targets: Vec<Map>,
}
