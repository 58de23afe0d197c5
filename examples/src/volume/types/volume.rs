//! Volumes, and what they are tied to: each of these holds others of them.

use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Object, Origin, RawJson, ReadOnly};

use super::status::{AttachMode, AttachStatus, GroupStatus, ReplicationStatus, SnapshotStatus};
use super::{CINDER, Nowhere, VolumeType, VolumeTypeList, queue};

/// A volume.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.9", dict)]
pub struct Volume {
    pub id: Field<String>,
    #[object(name = "_name_id")]
    pub name_id: Field<Option<String>>,
    pub ec2_id: Field<Option<String>>,
    pub user_id: Field<Option<String>>,
    pub project_id: Field<Option<String>>,
    #[object(since = "1.9", default = true)]
    pub use_quota: Field<bool>,
    pub snapshot_id: Field<Option<String>>,
    #[object(since = "1.4")]
    pub cluster_name: Field<Option<String>>,
    #[object(since = "1.4")]
    pub cluster: ReadOnly<Option<Object>>,
    pub host: Field<Option<String>>,
    pub size: Field<Option<i64>>,
    pub availability_zone: Field<Option<String>>,
    pub status: Field<Option<String>>,
    pub attach_status: Field<Option<AttachStatus>>,
    pub migration_status: Field<Option<String>>,
    pub scheduled_at: Field<Option<DateTime>>,
    pub launched_at: Field<Option<DateTime>>,
    pub terminated_at: Field<Option<DateTime>>,
    pub display_name: Field<Option<String>>,
    pub display_description: Field<Option<String>>,
    pub provider_id: Field<Option<String>>,
    pub provider_location: Field<Option<String>>,
    pub provider_auth: Field<Option<String>>,
    pub provider_geometry: Field<Option<String>>,
    pub volume_type_id: Field<Option<String>>,
    pub source_volid: Field<Option<String>>,
    pub encryption_key_id: Field<Option<String>>,
    pub consistencygroup_id: Field<Option<String>>,
    #[object(since = "1.5")]
    pub group_id: Field<Option<String>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(default = Some(false))]
    pub bootable: Field<Option<bool>>,
    #[object(default = Some(false))]
    pub multiattach: Field<Option<bool>>,
    pub replication_status: Field<Option<String>>,
    pub replication_extended_status: Field<Option<String>>,
    pub replication_driver_data: Field<Option<String>>,
    pub previous_status: Field<Option<String>>,
    #[object(since = "1.1")]
    pub metadata: Field<Option<BTreeMap<String, String>>>,
    #[object(since = "1.1")]
    pub admin_metadata: Field<Option<BTreeMap<String, String>>>,
    #[object(since = "1.2")]
    pub glance_metadata: Field<Option<BTreeMap<String, String>>>,
    #[object(since = "1.1")]
    pub volume_type: Field<Option<VolumeType>>,
    #[object(since = "1.1")]
    pub volume_attachment: Field<Option<VolumeAttachmentList>>,
    #[object(since = "1.2")]
    pub consistencygroup: Field<Option<Object>>,
    #[object(since = "1.2")]
    pub snapshots: Field<Option<SnapshotList>>,
    #[object(since = "1.5")]
    pub group: Field<Option<Group>>,
    #[object(since = "1.7")]
    pub service_uuid: Field<Option<String>>,
    #[object(since = "1.8", default = Some(true))]
    pub shared_targets: Field<Option<bool>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(origin)]
    pub origin: Origin,
}

impl Volume {
    /// A volume that no cluster shares, of `size` GiB.
    #[must_use]
    pub fn new(id: impl Into<String>, host: impl Into<String>, size: i64) -> Self {
        Self {
            id: id.into().into(),
            host: Some(host.into()).into(),
            size: Some(size).into(),
            ..Self::default()
        }
    }

    /// The id, a UUID; empty if it is not set.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Where requests about this volume go: to its cluster, or else to its host.
    ///
    /// # Errors
    /// It has neither yet.
    pub fn service_topic_queue(&self) -> Result<&str, Nowhere> {
        queue("volume", self.id(), &self.cluster_name, &self.host)
    }
}

/// Volumes.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.1")]
pub struct VolumeList {
    pub objects: Field<Vec<Volume>>,
    #[object(origin)]
    pub origin: Origin,
}

/// A volume in use by an instance or a host.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.3", dict)]
pub struct VolumeAttachment {
    pub id: Field<String>,
    pub volume_id: Field<String>,
    pub instance_uuid: Field<Option<String>>,
    pub attached_host: Field<Option<String>>,
    pub mountpoint: Field<Option<String>>,
    pub attach_time: Field<Option<DateTime>>,
    pub detach_time: Field<Option<DateTime>>,
    pub attach_status: Field<Option<AttachStatus>>,
    pub attach_mode: Field<Option<AttachMode>>,
    #[object(since = "1.1")]
    pub volume: Field<Volume>,
    #[object(since = "1.2")]
    pub connection_info: Field<Option<BTreeMap<String, RawJson>>>,
    #[object(since = "1.3")]
    pub connector: Field<Option<BTreeMap<String, RawJson>>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(origin)]
    pub origin: Origin,
}

/// Attachments.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.1")]
pub struct VolumeAttachmentList {
    pub objects: Field<Vec<VolumeAttachment>>,
    #[object(origin)]
    pub origin: Origin,
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

/// Snapshots of all volumes of a group.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0", dict)]
pub struct GroupSnapshot {
    pub id: Field<String>,
    pub group_id: Field<String>,
    pub project_id: Field<Option<String>>,
    pub user_id: Field<Option<String>>,
    pub name: Field<Option<String>>,
    pub description: Field<Option<String>>,
    pub status: Field<Option<String>>,
    pub group_type_id: Field<Option<String>>,
    pub group: Field<Option<Group>>,
    pub snapshots: Field<Option<SnapshotList>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(origin)]
    pub origin: Origin,
}

impl GroupSnapshot {
    /// The id, a UUID; empty if it is not set.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Where requests about it go: where those about its group go.
    ///
    /// # Errors
    /// It has no group, or that no host.
    pub fn service_topic_queue(&self) -> Result<&str, Nowhere> {
        let group = self.group.value().ok_or_else(|| Nowhere::new("group snapshot", self.id()))?;
        group.service_topic_queue()
    }
}

/// Group snapshots.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
pub struct GroupSnapshotList {
    pub objects: Field<Vec<GroupSnapshot>>,
    #[object(origin)]
    pub origin: Origin,
}
