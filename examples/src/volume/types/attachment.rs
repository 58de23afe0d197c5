use serde::{Deserialize, Serialize};

use super::Map;

/// How an instance may use a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttachMode {
    /// Read and write.
    Rw,
    /// Read only.
    Ro,
}

/// A volume in use by an instance or a host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// The id of the attachment.
    pub id: String,
    /// The volume.
    pub volume_id: String,
    /// The instance, if the attachment is not to a host.
    pub instance_uuid: Option<String>,
    /// Where the instance sees it.
    pub mountpoint: String,
    /// How it may be used.
    pub mode: AttachMode,
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
