use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Object, Origin};
use serde::{Deserialize, Serialize};

use super::{CINDER, GroupSnapshot, Nowhere, Volume};

/// How far a snapshot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum SnapshotStatus {
    Error,
    Available,
    Creating,
    Deleting,
    Deleted,
    Updating,
    #[serde(rename = "error_deleting")]
    ErrorDeleting,
    Unmanaging,
    BackingUp,
    Restoring,
}

/// A volume as it was at one moment.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.6", dict)]
pub struct Snapshot {
    pub id: Field<String>,
    pub user_id: Field<Option<String>>,
    pub project_id: Field<Option<String>>,
    #[object(since = "1.6", default = true)]
    pub use_quota: Field<bool>,
    pub volume_id: Field<Option<String>>,
    pub cgsnapshot_id: Field<Option<String>>,
    pub group_snapshot_id: Field<Option<String>>,
    pub status: Field<Option<SnapshotStatus>>,
    pub progress: Field<Option<String>>,
    pub volume_size: Field<Option<i64>>,
    pub display_name: Field<Option<String>>,
    pub display_description: Field<Option<String>>,
    pub encryption_key_id: Field<Option<String>>,
    pub volume_type_id: Field<Option<String>>,
    pub provider_location: Field<Option<String>>,
    pub provider_id: Field<Option<String>>,
    pub metadata: Field<BTreeMap<String, String>>,
    pub provider_auth: Field<Option<String>>,
    pub volume: Field<Option<Volume>>,
    pub cgsnapshot: Field<Option<Object>>,
    pub group_snapshot: Field<Option<GroupSnapshot>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(origin)]
    pub origin: Origin,
}

impl Snapshot {
    /// The id, a UUID; empty if it is not set.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// The id of the volume; empty if it is not set.
    #[must_use]
    pub fn volume_id(&self) -> &str {
        self.volume_id.as_deref().unwrap_or_default()
    }

    /// Where requests about it go: where those about its volume go.
    ///
    /// # Errors
    /// It has no volume, or that no host.
    pub fn service_topic_queue(&self) -> Result<&str, Nowhere> {
        let volume = self.volume.value().ok_or_else(|| Nowhere::new("snapshot", self.id()))?;
        volume.service_topic_queue()
    }
}

/// Snapshots.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
pub struct SnapshotList {
    pub objects: Field<Vec<Snapshot>>,
    #[object(origin)]
    pub origin: Origin,
}
