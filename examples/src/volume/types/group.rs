use serde::{Deserialize, Serialize};

use super::Map;

/// Volumes that are snapshotted and replicated together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The id, a UUID.
    pub id: String,
    /// Where requests about it go: to its cluster, or else to its host.
    pub service_topic_queue: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// Snapshots of all volumes of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupSnapshot {
    /// The id, a UUID.
    pub id: String,
    /// The group, or `None` if the snapshot is only referred to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// Where requests about it go: to the cluster of its group, or else to the host.
    pub service_topic_queue: String,
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
