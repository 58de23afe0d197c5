use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Origin};
use serde::{Deserialize, Serialize};

use super::{CINDER, GroupSnapshotList, Map, Nowhere, VolumeList, VolumeTypeList, queue};

/// How far a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum GroupStatus {
    Error,
    Available,
    Creating,
    Deleting,
    Deleted,
    Updating,
    InUse,
    #[serde(rename = "error_deleting")]
    ErrorDeleting,
}

/// Whether something is replicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum ReplicationStatus {
    Error,
    Enabled,
    Disabled,
    NotCapable,
    FailingOver,
    FailoverError,
    FailedOver,
    Enabling,
    Disabling,
}

/// Volumes that are snapshotted and replicated together.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.2", dict)]
pub struct Group {
    pub id: Field<String>,
    pub user_id: Field<String>,
    pub project_id: Field<String>,
    pub cluster_name: Field<Option<String>>,
    pub host: Field<Option<String>>,
    pub availability_zone: Field<Option<String>>,
    pub name: Field<Option<String>>,
    pub description: Field<Option<String>>,
    pub group_type_id: Field<String>,
    pub volume_type_ids: Field<Option<Vec<String>>>,
    pub status: Field<Option<GroupStatus>>,
    #[object(since = "1.1")]
    pub group_snapshot_id: Field<Option<String>>,
    #[object(since = "1.1")]
    pub source_group_id: Field<Option<String>>,
    #[object(since = "1.2")]
    pub replication_status: Field<Option<ReplicationStatus>>,
    pub volumes: Field<Option<VolumeList>>,
    pub volume_types: Field<Option<VolumeTypeList>>,
    #[object(since = "1.1")]
    pub group_snapshots: Field<Option<GroupSnapshotList>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(origin)]
    pub origin: Origin,
}

impl Group {
    /// The id, a UUID; empty if it is not set.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Where requests about it go: to its cluster, or else to its host.
    ///
    /// # Errors
    /// It has neither.
    pub fn service_topic_queue(&self) -> Result<&str, Nowhere> {
        queue("group", self.id(), &self.cluster_name, &self.host)
    }
}

/// Where a group can fail over to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicationTargets {
    /// One object for each target, with its `backend_id`.
    pub replication_targets: Vec<Map>,
}
