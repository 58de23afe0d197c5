//! What travels between a volume service and its clients.
//!
//! What cinder has a class for is a versioned object here, with all of its fields: it is sent as an object, and read from an
//! object or, as cinder's own manager does it, from a dictionary of its fields. Objects that nobody reads here have no type
//! (`Object`), and go on as they came.
//!
//! What cinder sends as a dictionary names the fields that are read here and keeps the others in `rest`.

mod backend;
mod backup;
mod connection;
mod image;
mod manageable;
mod policy;
mod request_spec;
mod service;
mod status;
mod volume;
mod volume_type;

use rpc_runtime::object::{Field, Project};

pub use backend::{Backend, Capabilities};
pub use backup::{Backup, BackupDevice, BackupDeviceFields, BackupDeviceInfo, BackupStatus};
pub use connection::{ConnectionInfo, Connector, ReplicationTargets};
pub use image::{ImageMeta, ImageSnapshot};
pub use manageable::{ExistingRef, ManageableSnapshot, ManageableVolume, SortDir};
pub use policy::MigrationPolicy;
pub use request_spec::{RequestSpec, VolumeProperties};
pub use service::{CleanupRequest, LogLevel, LogLevelList, Service, ServiceUpdates};
pub use status::{AttachMode, AttachStatus, GroupStatus, ReplicationStatus, SnapshotStatus};
pub use volume::{
    Group, GroupSnapshot, GroupSnapshotList, Snapshot, SnapshotList, Volume, VolumeAttachment,
    VolumeAttachmentList, VolumeList,
};
pub use volume_type::{VolumeType, VolumeTypeList};

/// The project that the objects are of.
pub const CINDER: Project = Project::new("cinder");

/// The fields of a dictionary that nobody reads here.
pub type Map = serde_json::Map<String, serde_json::Value>;

/// Something has neither a cluster nor a host, so that no service can be asked about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} has neither a cluster nor a host")]
pub struct Nowhere {
    what: String,
}

impl Nowhere {
    fn new(class: &str, id: &str) -> Self {
        Self { what: format!("{class} {id}") }
    }
}

/// Where requests about something go: to its cluster, or else to its host.
fn queue<'a>(
    class: &str,
    id: &str,
    cluster_name: &'a Field<Option<String>>,
    host: &'a Field<Option<String>>,
) -> Result<&'a str, Nowhere> {
    cluster_name.as_deref().or(host.as_deref()).ok_or_else(|| Nowhere::new(class, id))
}
