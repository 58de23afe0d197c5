//! Groups: volumes that are snapshotted and replicated together.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{SECONDARY, Store, StoredGroup, StoredGroupSnapshot, StoredVolume};
use crate::volume::VolumeError;
use crate::volume::types::{GroupSnapshot, Map, ReplicationTargets};

impl Store {
    pub(crate) fn create_group(&mut self, group_id: String) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        self.groups.insert(group_id, StoredGroup::default());
        Ok(())
    }

    /// Creates a group with a copy of every volume of the group snapshot, or else of the other group.
    pub(crate) fn create_group_from_src(
        &mut self,
        group_id: String,
        group_snapshot_id: Option<&str>,
        source_group_id: Option<&str>,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let copies = match (group_snapshot_id, source_group_id) {
            (Some(id), _) => self.copies_of_snapshots(id)?,
            (None, Some(id)) => self.copies_of_group(id)?,
            (None, None) => {
                let reason = format!("group {group_id} has no source");
                return Err(VolumeError::InvalidGroup { reason });
            }
        };
        self.check_room(copies.iter().map(|volume| volume.size).sum())?;
        for copy in copies {
            let copy = StoredVolume { group: Some(group_id.clone()), ..copy };
            self.volumes.insert(Uuid::new_v4().to_string(), copy);
        }
        self.groups.insert(group_id, StoredGroup::default());
        Ok(())
    }

    fn copies_of_snapshots(&self, group_snapshot_id: &str) -> Result<Vec<StoredVolume>, VolumeError> {
        let snapshots = &self.group_snapshot(group_snapshot_id)?.snapshots;
        let snapshots = snapshots.iter().filter_map(|id| self.snapshots.get(id));
        Ok(snapshots
            .map(|snapshot| StoredVolume {
                size: snapshot.size,
                image: snapshot.image.clone(),
                ..self.blank()
            })
            .collect())
    }

    fn copies_of_group(&mut self, group_id: &str) -> Result<Vec<StoredVolume>, VolumeError> {
        self.group(group_id)?;
        let volumes = self.volumes.values().filter(|volume| volume.group.as_deref() == Some(group_id));
        Ok(volumes
            .map(|volume| StoredVolume {
                size: volume.size,
                image: volume.image.clone(),
                type_id: volume.type_id.clone(),
                ..self.blank()
            })
            .collect())
    }

    fn blank(&self) -> StoredVolume {
        StoredVolume { host: self.host.clone(), status: "available".to_owned(), ..StoredVolume::default() }
    }

    /// Adds and removes volumes, given as ids with commas between them.
    pub(crate) fn update_group(
        &mut self,
        group_id: &str,
        add_volumes: Option<&str>,
        remove_volumes: Option<&str>,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        self.group(group_id)?;
        let (added, removed) = (ids(add_volumes), ids(remove_volumes));
        // Nothing changes unless everything can.
        for volume_id in added.iter().chain(&removed) {
            self.volume(volume_id)?;
        }
        for volume_id in added {
            self.volume(volume_id)?.group = Some(group_id.to_owned());
        }
        for volume_id in removed {
            self.volume(volume_id)?.group = None;
        }
        Ok(())
    }

    pub(crate) fn delete_group(&mut self, group_id: &str) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let volumes = self.volumes.iter().filter(|(_, volume)| volume.group.as_deref() == Some(group_id));
        // All of them go, or none.
        if let Some((id, _)) = volumes.clone().find(|(_, volume)| !volume.attachments.is_empty()) {
            return Err(VolumeError::VolumeAttached { volume_id: id.clone() });
        }
        let volumes: Vec<String> = volumes.map(|(id, _)| id.clone()).collect();
        for volume_id in volumes {
            self.delete_volume(&volume_id, false, true)?;
        }
        self.groups.remove(group_id);
        Ok(())
    }

    pub(crate) fn create_group_snapshot(
        &mut self,
        group_snapshot: &GroupSnapshot,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let group_snapshot_id = group_snapshot.id();
        let Some(group_id) = group_snapshot.group_id.as_deref() else {
            let reason = format!("group snapshot {group_snapshot_id} names no group");
            return Err(VolumeError::InvalidGroup { reason });
        };
        self.group(group_id)?;
        let volumes = self.volumes.iter().filter(|(_, volume)| volume.group.as_deref() == Some(group_id));
        let volumes: Vec<String> = volumes.map(|(id, _)| id.clone()).collect();
        let mut snapshots = BTreeSet::new();
        for volume_id in volumes {
            let id = Uuid::new_v4().to_string();
            self.create_snapshot(id.clone(), &volume_id)?;
            snapshots.insert(id);
        }
        self.group_snapshots.insert(group_snapshot_id.to_owned(), StoredGroupSnapshot { snapshots });
        Ok(())
    }

    pub(crate) fn delete_group_snapshot(&mut self, group_snapshot_id: &str) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        if let Some(StoredGroupSnapshot { snapshots }) = self.group_snapshots.remove(group_snapshot_id) {
            self.snapshots.retain(|id, _| !snapshots.contains(id));
        }
        Ok(())
    }

    fn group_snapshot(&self, id: &str) -> Result<&StoredGroupSnapshot, VolumeError> {
        let not_found = || VolumeError::GroupSnapshotNotFound { group_snapshot_id: id.to_owned() };
        self.group_snapshots.get(id).ok_or_else(not_found)
    }

    pub(crate) fn set_replication(&mut self, group_id: &str, replicated: bool) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        self.group(group_id)?.replicated = replicated;
        Ok(())
    }

    pub(crate) fn failover_replication(
        &mut self,
        group_id: &str,
        allow_attached_volume: bool,
        secondary: Option<String>,
    ) -> Result<(), VolumeError> {
        let mut volumes = self.volumes.values().filter(|volume| volume.group.as_deref() == Some(group_id));
        if !allow_attached_volume && volumes.any(|volume| !volume.attachments.is_empty()) {
            let reason = format!("group {group_id} has volumes that are attached");
            return Err(VolumeError::InvalidGroup { reason });
        }
        let group = self.group(group_id)?;
        if !group.replicated {
            let reason = format!("group {group_id} is not replicated");
            return Err(VolumeError::InvalidGroup { reason });
        }
        group.failed_over_to = Some(secondary.unwrap_or_else(|| SECONDARY.to_owned()));
        Ok(())
    }

    pub(crate) fn replication_targets(&mut self, group_id: &str) -> Result<ReplicationTargets, VolumeError> {
        let group = self.group(group_id)?;
        let mut target = Map::new();
        target.insert("backend_id".to_owned(), SECONDARY.into());
        target.insert("active".to_owned(), (group.failed_over_to.as_deref() == Some(SECONDARY)).into());
        let replication_targets = if group.replicated { vec![target] } else { Vec::new() };
        Ok(ReplicationTargets { replication_targets })
    }
}

fn ids(list: Option<&str>) -> Vec<&str> {
    list.unwrap_or_default().split(',').map(str::trim).filter(|id| !id.is_empty()).collect()
}
