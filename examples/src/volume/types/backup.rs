use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Origin};
use serde::{Deserialize, Serialize};

use super::{CINDER, Snapshot, Volume};

/// How far a backup is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum BackupStatus {
    Error,
    ErrorDeleting,
    Creating,
    Available,
    Deleting,
    Deleted,
    Restoring,
}

/// A backup of a volume.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.7", dict)]
pub struct Backup {
    pub id: Field<String>,
    pub user_id: Field<String>,
    pub project_id: Field<String>,
    pub volume_id: Field<String>,
    pub host: Field<Option<String>>,
    pub availability_zone: Field<Option<String>>,
    pub container: Field<Option<String>>,
    pub parent_id: Field<Option<String>>,
    #[object(since = "1.7")]
    pub parent: Field<Option<Box<Backup>>>,
    pub status: Field<Option<BackupStatus>>,
    pub fail_reason: Field<Option<String>>,
    pub size: Field<Option<i64>>,
    pub display_name: Field<Option<String>>,
    pub display_description: Field<Option<String>>,
    pub service_metadata: Field<Option<String>>,
    pub service: Field<Option<String>>,
    pub object_count: Field<Option<i64>>,
    pub temp_volume_id: Field<Option<String>>,
    pub temp_snapshot_id: Field<Option<String>>,
    #[object(since = "1.1")]
    pub num_dependent_backups: Field<Option<i64>>,
    #[object(since = "1.2")]
    pub snapshot_id: Field<Option<String>>,
    #[object(since = "1.2")]
    pub data_timestamp: Field<Option<DateTime>>,
    #[object(since = "1.4")]
    pub restore_volume_id: Field<Option<String>>,
    #[object(since = "1.5")]
    pub metadata: Field<Option<BTreeMap<String, String>>>,
    #[object(since = "1.6")]
    pub encryption_key_id: Field<Option<String>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(origin)]
    pub origin: Origin,
}

/// What a backup service reads a volume from: the one of the two that is set.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
pub struct BackupDeviceInfo {
    pub volume: Field<Option<Volume>>,
    pub snapshot: Field<Option<Snapshot>>,
    #[object(default = false)]
    pub secure_enabled: Field<bool>,
    #[object(origin)]
    pub origin: Origin,
}

/// The same as backup services before 3.2 know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackupDeviceFields {
    /// The volume, or a snapshot of it, to be attached by the reader.
    pub backup_device: Volume,
    /// Whether its files must not be read as root.
    pub secure_enabled: bool,
    /// Whether it is a snapshot.
    pub is_snapshot: bool,
}

/// What a backup service reads a volume from, in the form that it asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum BackupDevice {
    /// An object.
    Object(BackupDeviceInfo),
    /// A dictionary.
    Fields(BackupDeviceFields),
}
