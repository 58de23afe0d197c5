use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Object, Origin, ReadOnly};

use super::{AttachStatus, CINDER, Group, Nowhere, SnapshotList, VolumeAttachmentList, VolumeType, queue};

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
