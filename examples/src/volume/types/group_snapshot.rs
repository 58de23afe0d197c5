use rpc_runtime::VersionedObject;
use rpc_runtime::object::{DateTime, Field, Origin};

use super::{CINDER, Group, Nowhere, SnapshotList};

/// Snapshots of all volumes of a group.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0", dict)]
pub struct GroupSnapshot {
    pub id: Field<String>,
    pub group_id: Field<String>,
    pub project_id: Field<Option<String>>,
    pub user_id: Field<Option<String>>,
    pub name: Field<Option<String>>,
    pub description: Field<Option<String>>,
    pub status: Field<Option<String>>,
    pub group_type_id: Field<Option<String>>,
    pub group: Field<Option<Group>>,
    pub snapshots: Field<Option<SnapshotList>>,
    pub created_at: Field<Option<DateTime>>,
    pub updated_at: Field<Option<DateTime>>,
    pub deleted_at: Field<Option<DateTime>>,
    #[object(default = Some(false))]
    pub deleted: Field<Option<bool>>,
    #[object(origin)]
    pub origin: Origin,
}

impl GroupSnapshot {
    /// The id, a UUID; empty if it is not set.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// Where requests about it go: where those about its group go.
    ///
    /// # Errors
    /// It has no group, or that no host.
    pub fn service_topic_queue(&self) -> Result<&str, Nowhere> {
        let group = self.group.value().ok_or_else(|| Nowhere::new("group snapshot", self.id()))?;
        group.service_topic_queue()
    }
}

/// Group snapshots.
#[expect(missing_docs, reason = "the fields are those of cinder's class")]
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
pub struct GroupSnapshotList {
    pub objects: Field<Vec<GroupSnapshot>>,
    #[object(origin)]
    pub origin: Origin,
}
