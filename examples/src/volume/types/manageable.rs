use serde::{Deserialize, Serialize};

use super::Map;

/// How a backend calls something that is not managed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExistingRef {
    /// Its name on the backend.
    #[serde(rename = "source-name")]
    pub source_name: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// The order of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortDir {
    /// The smallest first.
    Asc,
    /// The largest first.
    Desc,
}

/// A volume on the backend that is or could be managed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManageableVolume {
    /// How the backend calls it.
    pub reference: ExistingRef,
    /// The size in GiB.
    pub size: u64,
    /// Whether it can be managed.
    pub safe_to_manage: bool,
    /// Why it can't.
    pub reason_not_safe: Option<String>,
    /// The id of the volume that it is already.
    pub cinder_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// A snapshot on the backend that is or could be managed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManageableSnapshot {
    /// How the backend calls it.
    pub reference: ExistingRef,
    /// How the backend calls its volume.
    pub source_reference: ExistingRef,
    /// The size in GiB.
    pub size: u64,
    /// Whether it can be managed.
    pub safe_to_manage: bool,
    /// Why it can't.
    pub reason_not_safe: Option<String>,
    /// The id of the snapshot that it is already.
    pub cinder_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}
