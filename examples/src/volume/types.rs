//! What travels between the volume service and its clients.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A volume, as much of it as the manager needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// The id.
    pub id: Uuid,
    /// `host@backend`: the server that has the volume.
    pub host: String,
    /// The size in GiB.
    pub size: u64,
}

impl Volume {
    /// The server that requests about this volume go to.
    #[must_use]
    pub fn service_topic_queue(&self) -> &str {
        &self.host
    }
}

/// How an instance may use a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttachMode {
    /// Read and write.
    Rw,
    /// Read only.
    Ro,
}

/// A volume in use by an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// The id of the attachment.
    pub id: Uuid,
    /// The volume.
    pub volume_id: Uuid,
    /// The instance, if the attachment is not to a host.
    pub instance_uuid: Option<Uuid>,
    /// Where the instance sees it.
    pub mountpoint: String,
    /// How it may be used.
    pub mode: AttachMode,
}

/// What a backend can do and how full it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capabilities {
    /// `host@backend`.
    pub host: String,
    /// How many volumes it has.
    pub volumes: usize,
    /// The size of the backend in GiB.
    pub total_capacity_gb: u64,
    /// What is left of it, in GiB.
    pub free_capacity_gb: u64,
}
