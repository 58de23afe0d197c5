use serde::{Deserialize, Serialize};

use super::Map;

/// A volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// The id, a UUID.
    pub id: String,
    /// Where the volume is: `host@backend`, or `host@backend#pool`.
    pub host: String,
    /// The cluster of services that share the backend, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_name: Option<String>,
    /// The size in GiB. A mere reference to a volume may lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

impl Volume {
    /// A volume that no cluster shares.
    #[must_use]
    pub fn new(id: impl Into<String>, host: impl Into<String>, size: u64) -> Self {
        let (id, host) = (id.into(), host.into());
        Self { id, host, cluster_name: None, size: Some(size), rest: Map::new() }
    }

    /// Where requests about this volume go: to its cluster, or else to its host.
    #[must_use]
    pub fn service_topic_queue(&self) -> &str {
        self.cluster_name.as_deref().unwrap_or(&self.host)
    }
}

/// What the scheduler was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestSpec {
    /// The volume that is to be created.
    pub volume_id: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// Whether a volume may move when its type changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationPolicy {
    /// It stays where it is.
    Never,
    /// It moves if its backend can't do what the new type asks for.
    OnDemand,
}

/// A backup of a volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// The id, a UUID.
    pub id: String,
    /// The volume, or `None` if the backup is only referred to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// What a backup service reads a volume from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackupDevice {
    /// The volume, or a snapshot of it, to be attached by the reader.
    pub backup_device: Map,
    /// Whether its files must not be read as root.
    pub secure_enabled: bool,
    /// Whether it is a snapshot.
    pub is_snapshot: bool,
}
