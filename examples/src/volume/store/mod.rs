//! The backend behind the manager: volumes, snapshots and groups in memory. It knows nothing of RPC.

mod connections;
mod groups;
mod manageable;
mod service;
mod snapshots;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::manageable::Page;
use super::VolumeError;
use super::types::{Capabilities, VolumeAttachment};

const TOTAL_GB: u64 = 100;
/// What the backend replicates to.
const SECONDARY: &str = "secondary";

/// Everything on a backend.
#[derive(Debug)]
pub(super) struct Store {
    /// `host@backend`.
    host: String,
    volumes: BTreeMap<String, StoredVolume>,
    snapshots: BTreeMap<String, StoredSnapshot>,
    groups: BTreeMap<String, StoredGroup>,
    group_snapshots: BTreeMap<String, StoredGroupSnapshot>,
    /// Volumes that are on the backend without being managed, by their names there.
    unmanaged_volumes: BTreeMap<String, StoredVolume>,
    unmanaged_snapshots: BTreeMap<String, StoredSnapshot>,
    /// Images made of volumes: the volume by the id of the image.
    images: BTreeMap<String, String>,
    /// Levels of loggers, by how their names start.
    log_levels: BTreeMap<String, String>,
    frozen: bool,
    active_backend: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct StoredVolume {
    /// In GiB.
    size: u64,
    /// `host@backend#pool`, which a migration changes.
    host: String,
    status: String,
    type_id: Option<String>,
    owner: Option<Owner>,
    group: Option<String>,
    /// The image that its content came from.
    image: Option<String>,
    attachments: Vec<VolumeAttachment>,
    exports: Exports,
}

#[derive(Debug, Clone)]
struct StoredSnapshot {
    volume_id: String,
    /// The volume as it was.
    size: u64,
    image: Option<String>,
    owner: Option<Owner>,
    exports: Exports,
}

#[derive(Debug, Clone, PartialEq)]
struct Owner {
    user: String,
    project: String,
}

#[derive(Debug, Default)]
struct StoredGroup {
    replicated: bool,
    failed_over_to: Option<String>,
}

#[derive(Debug)]
struct StoredGroupSnapshot {
    /// The snapshots in it, by their ids.
    snapshots: BTreeSet<String>,
}

/// The hosts that something is exported to.
type Exports = BTreeSet<String>;

impl Store {
    pub(super) fn new(host: String) -> Self {
        Self {
            host,
            volumes: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            groups: BTreeMap::new(),
            group_snapshots: BTreeMap::new(),
            unmanaged_volumes: BTreeMap::new(),
            unmanaged_snapshots: BTreeMap::new(),
            images: BTreeMap::new(),
            log_levels: BTreeMap::new(),
            frozen: false,
            active_backend: None,
        }
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        Capabilities {
            host: self.host.clone(),
            volumes: self.volumes.len(),
            total_capacity_gb: TOTAL_GB,
            free_capacity_gb: self.free(),
        }
    }

    /// What is left of the backend, in GiB.
    fn free(&self) -> u64 {
        let stored = self.volumes.values().chain(self.unmanaged_volumes.values());
        stored.fold(TOTAL_GB, |free, volume| free.saturating_sub(volume.size))
    }

    /// Checks that a volume of `size` GiB fits in beside what is there.
    fn check_room(&self, size: u64) -> Result<(), VolumeError> {
        let free = self.free();
        if size > free {
            return Err(VolumeError::VolumeSizeExceedsAvailableQuota {
                name: "gigabytes".to_owned(),
                requested: size,
                quota: TOTAL_GB,
                consumed: TOTAL_GB - free,
            });
        }
        Ok(())
    }

    fn check_not_frozen(&self) -> Result<(), VolumeError> {
        if self.frozen {
            let reason = "Modification operations are not allowed on frozen storage backends.".to_owned();
            return Err(VolumeError::InvalidInput { reason });
        }
        Ok(())
    }

    fn volume(&mut self, volume_id: &str) -> Result<&mut StoredVolume, VolumeError> {
        let not_found = || VolumeError::VolumeNotFound { volume_id: volume_id.to_owned() };
        self.volumes.get_mut(volume_id).ok_or_else(not_found)
    }

    fn snapshot(&mut self, snapshot_id: &str) -> Result<&mut StoredSnapshot, VolumeError> {
        let not_found = || VolumeError::SnapshotNotFound { snapshot_id: snapshot_id.to_owned() };
        self.snapshots.get_mut(snapshot_id).ok_or_else(not_found)
    }

    fn group(&mut self, group_id: &str) -> Result<&mut StoredGroup, VolumeError> {
        let not_found = || VolumeError::GroupNotFound { group_id: group_id.to_owned() };
        self.groups.get_mut(group_id).ok_or_else(not_found)
    }
}
