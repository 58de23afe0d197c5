use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Origin};
use serde::{Deserialize, Serialize};

use super::{CINDER, Map, Nowhere, queue};

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
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0", dict)]
pub struct CleanupRequest {
    pub service_id: Field<Option<i64>>,
    pub cluster_name: Field<Option<String>>,
    pub host: Field<Option<String>>,
    pub binary: Field<Option<String>>,
    #[object(default = Some(false))]
    pub is_up: Field<Option<bool>>,
    pub disabled: Field<Option<bool>>,
    pub resource_id: Field<Option<String>>,
    pub resource_type: Field<Option<String>>,
    pub until: Field<Option<DateTime>>,
    #[object(origin)]
    pub origin: Origin,
}

impl CleanupRequest {
    /// Where the request goes: to a cluster, or else to a host.
    ///
    /// # Errors
    /// It names neither.
    pub fn service_topic_queue(&self) -> Result<&str, Nowhere> {
        queue("cleanup request", "", &self.cluster_name, &self.host)
    }
}

/// The level of a logger; in a request, of all loggers with that prefix.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0", dict)]
pub struct LogLevel {
    pub prefix: Field<Option<String>>,
    pub level: Field<Option<String>>,
    #[object(origin)]
    pub origin: Origin,
}

/// Levels of loggers.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
pub struct LogLevelList {
    pub objects: Field<Vec<LogLevel>>,
    #[object(origin)]
    pub origin: Origin,
}
