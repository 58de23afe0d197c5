//! Snapshots of single volumes.

use super::{Exports, Store, StoredSnapshot};
use crate::volume::VolumeError;

impl Store {
    pub(crate) fn create_snapshot(
        &mut self,
        snapshot_id: String,
        volume_id: &str,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let volume = self.volume(volume_id)?;
        let snapshot = StoredSnapshot {
            volume_id: volume_id.to_owned(),
            size: volume.size,
            image: volume.image.clone(),
            owner: volume.owner.clone(),
            exports: Exports::new(),
        };
        self.snapshots.insert(snapshot_id, snapshot);
        Ok(())
    }

    pub(crate) fn delete_snapshot(
        &mut self,
        snapshot_id: &str,
        unmanage_only: bool,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        if let Some(snapshot) = self.snapshots.get(snapshot_id)
            && !snapshot.exports.is_empty()
        {
            let reason = format!("snapshot {snapshot_id} is in use");
            return Err(VolumeError::InvalidSnapshot { reason });
        }
        let removed = self.snapshots.remove(snapshot_id);
        if let Some(snapshot) = removed.filter(|_| unmanage_only) {
            self.unmanaged_snapshots.insert(snapshot_id.to_owned(), snapshot);
        }
        Ok(())
    }

    pub(crate) fn revert_to_snapshot(
        &mut self,
        volume_id: &str,
        snapshot_id: &str,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let StoredSnapshot { volume_id: of, size, image, .. } = self.snapshot(snapshot_id)?.clone();
        if of != volume_id {
            let reason = format!("snapshot {snapshot_id} is one of volume {of}");
            return Err(VolumeError::InvalidSnapshot { reason });
        }
        let volume = self.volume(volume_id)?;
        (volume.size, volume.image) = (size, image);
        Ok(())
    }
}
