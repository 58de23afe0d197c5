use serde::{Deserialize, Serialize};

use super::Map;

/// A volume service as the database knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The service itself: `host@backend`.
    pub host: String,
    /// The cluster that it is part of, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_name: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

impl Service {
    /// Where requests about the backend go that any service of the cluster can serve: to the
    /// cluster, or else to the host.
    #[must_use]
    pub fn service_topic_queue(&self) -> &str {
        self.cluster_name.as_deref().unwrap_or(&self.host)
    }
}

/// What changes in the services of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceUpdates {
    /// Whether the backend takes no changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
    /// The backend that serves in place of the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_backend_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// Which leftovers of crashed services are to be cleaned up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CleanupRequest {
    /// Where the request goes: to a cluster, or else to a host.
    pub service_topic_queue: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// The level of a logger; in a request, of all loggers with that prefix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLevel {
    /// The name of the logger, or how names start.
    pub prefix: String,
    /// `DEBUG`, `INFO`, `WARNING` or `ERROR`. A question has none.
    #[serde(default)]
    pub level: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}
