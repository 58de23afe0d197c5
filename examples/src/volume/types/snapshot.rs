use serde::{Deserialize, Serialize};

use super::Map;

/// A volume as it was at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The id, a UUID.
    pub id: String,
    /// The volume that it is of.
    pub volume_id: String,
    /// Where requests about it go: to the cluster of its volume, or else to the host.
    pub service_topic_queue: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}
