use std::collections::BTreeMap;

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Origin, RawJson};
use serde::{Deserialize, Serialize};

use super::{CINDER, Map, Volume};

/// How an instance may use a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttachMode {
    /// Read and write.
    Rw,
    /// Read only.
    Ro,
}

/// Whether a volume is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the values are those of cinder's field")]
pub enum AttachStatus {
    Attached,
    Attaching,
    Detached,
    Reserved,
    ErrorAttaching,
    ErrorDetaching,
    Deleted,
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
