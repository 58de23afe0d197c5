use serde::{Deserialize, Serialize};

use super::Map;

/// A backend that a volume may move to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backend {
    /// `host@backend#pool`.
    pub host: String,
    /// The cluster of services that share the backend, if they do; servers before 3.5 know of none.
    #[serde(default)]
    pub cluster_name: Option<String>,
    /// What the backend can do, as it told the scheduler.
    pub capabilities: Map,
}

impl Backend {
    /// The backend as servers before 3.5 take it.
    #[must_use]
    pub fn without_cluster(&self) -> Map {
        let mut map = Map::new();
        map.insert("host".to_owned(), self.host.clone().into());
        map.insert("capabilities".to_owned(), self.capabilities.clone().into());
        map
    }
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
