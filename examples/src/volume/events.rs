//! What the service tells the world: cinder's notifications of volumes.

use std::collections::BTreeMap;

use rpc_runtime::object::{DateTime, Field};
use rpc_runtime::{RemoteError, RpcException, RpcNotification};
use serde::{Deserialize, Serialize};

use super::VolumeError;
use super::types::{Volume, VolumeAttachment};

/// What happens to volumes. Cinder tells all of it but errors, in these words.
#[derive(Debug, Clone, PartialEq, RpcNotification)]
pub enum VolumeEvent {
    /// A volume is about to be created.
    #[event(type = "volume.create.start", priority = info)]
    CreateStart(VolumeUsage),

    /// It is created.
    #[event(type = "volume.create.end", priority = info)]
    CreateEnd(VolumeUsage),

    /// It could not be created.
    #[event(type = "volume.create.error", priority = error)]
    CreateError(VolumeFault),
}

/// A volume, as those want to know it who meter and bill.
#[expect(missing_docs, reason = "the fields are those of cinder's payload")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolumeUsage {
    pub tenant_id: Option<String>,
    pub host: Option<String>,
    pub user_id: Option<String>,
    pub availability_zone: Option<String>,
    pub volume_id: String,
    /// The id of its type.
    pub volume_type: Option<String>,
    pub display_name: Option<String>,
    pub launched_at: DateTime,
    pub created_at: DateTime,
    pub status: Option<String>,
    pub snapshot_id: Option<String>,
    /// In GiB.
    pub size: Option<i64>,
    pub replication_status: Option<String>,
    pub replication_extended_status: Option<String>,
    pub replication_driver_data: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub volume_attachment: Vec<VolumeAttachment>,
}

/// The same with what went wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolumeFault {
    /// The volume that was to be.
    #[serde(flatten)]
    pub volume: VolumeUsage,
    /// The class of the exception.
    pub exception: String,
    /// What it says.
    pub message: String,
}

impl VolumeUsage {
    /// A volume with another status than its own.
    #[must_use]
    pub fn new(volume: &Volume, status: &str) -> Self {
        let time = |field: &Field<Option<DateTime>>| field.value().copied().unwrap_or_else(DateTime::now);
        let text = |field: &Field<Option<String>>| field.value().cloned();
        Self {
            tenant_id: text(&volume.project_id),
            host: text(&volume.host),
            user_id: text(&volume.user_id),
            availability_zone: text(&volume.availability_zone),
            volume_id: volume.id().to_owned(),
            volume_type: text(&volume.volume_type_id),
            display_name: text(&volume.display_name),
            launched_at: time(&volume.launched_at),
            created_at: time(&volume.created_at),
            status: Some(status.to_owned()),
            snapshot_id: text(&volume.snapshot_id),
            size: volume.size.value().copied(),
            replication_status: text(&volume.replication_status),
            replication_extended_status: text(&volume.replication_extended_status),
            replication_driver_data: text(&volume.replication_driver_data),
            metadata: volume.metadata.value().cloned().unwrap_or_default(),
            volume_attachment: Vec::new(),
        }
    }
}

impl VolumeFault {
    /// A volume that could not be.
    #[must_use]
    pub fn new(volume: VolumeUsage, error: &VolumeError) -> Self {
        let RemoteError { class, message, .. } = error.to_remote();
        Self { volume, exception: class, message }
    }
}
