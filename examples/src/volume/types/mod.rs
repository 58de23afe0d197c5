//! What travels between a volume service and its clients.
//!
//! Peers in Python send whole objects. These types name the fields that are read here and keep
//! the others in `rest`, so that what came is passed on complete.

mod attachment;
mod backend;
mod group;
mod image;
mod manageable;
mod service;
mod snapshot;
mod volume;

pub use attachment::{AttachMode, Attachment, ConnectionInfo, Connector};
pub use backend::{Backend, Capabilities};
pub use group::{Group, GroupSnapshot, ReplicationTargets};
pub use image::{ImageMeta, ImageSnapshot};
pub use manageable::{ExistingRef, ManageableSnapshot, ManageableVolume, SortDir};
pub use service::{CleanupRequest, LogLevel, Service, ServiceUpdates};
pub use snapshot::Snapshot;
pub use volume::{Backup, BackupDevice, MigrationPolicy, RequestSpec, Volume};

/// The fields of an object that nobody reads here.
pub type Map = serde_json::Map<String, serde_json::Value>;
