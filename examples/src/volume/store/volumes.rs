//! Volumes: create, delete, grow, move, and what is on them.

use super::{Owner, Store, StoredVolume};
use crate::volume::VolumeError;
use crate::volume::types::{
    Backend, Backup, BackupDevice, ImageMeta, ImageSnapshot, Map, MigrationPolicy, Volume,
};

impl Store {
    pub(crate) fn create_volume(&mut self, volume: &Volume) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let size = volume.size.ok_or_else(|| invalid(&volume.id, "has no size"))?;
        self.check_room(size)?;
        let stored = StoredVolume {
            size,
            host: volume.host.clone(),
            status: "available".to_owned(),
            ..StoredVolume::default()
        };
        self.volumes.insert(volume.id.clone(), stored);
        Ok(())
    }

    pub(crate) fn delete_volume(
        &mut self,
        volume_id: &str,
        unmanage_only: bool,
        cascade: bool,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let Some(stored) = self.volumes.get(volume_id) else {
            // Deleting twice is no error: the first try may have succeeded before a restart.
            return Ok(());
        };
        if !stored.attachments.is_empty() {
            return Err(VolumeError::VolumeAttached { volume_id: volume_id.to_owned() });
        }
        if !cascade && self.snapshots.values().any(|snapshot| snapshot.volume_id == volume_id) {
            return Err(invalid(volume_id, "has snapshots"));
        }
        self.snapshots.retain(|_, snapshot| snapshot.volume_id != volume_id);
        let stored = self.volumes.remove(volume_id);
        if let Some(stored) = stored.filter(|_| unmanage_only) {
            self.unmanaged_volumes.insert(volume_id.to_owned(), stored);
        }
        Ok(())
    }

    pub(crate) fn extend_volume(&mut self, volume_id: &str, new_size: u64) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let size = self.volume(volume_id)?.size;
        let more = new_size.checked_sub(size).ok_or_else(|| invalid(volume_id, "cannot shrink"))?;
        self.check_room(more)?;
        self.volume(volume_id)?.size = new_size;
        Ok(())
    }

    pub(crate) fn retype(
        &mut self,
        volume_id: &str,
        new_type_id: String,
        dest_backend: &Backend,
        policy: MigrationPolicy,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let volume = self.volume(volume_id)?;
        if policy == MigrationPolicy::OnDemand {
            volume.host = dest_backend.host.clone();
        }
        volume.type_id = Some(new_type_id);
        Ok(())
    }

    pub(crate) fn accept_transfer(
        &mut self,
        volume_id: &str,
        user: String,
        project: String,
        no_snapshots: bool,
    ) -> Result<(), VolumeError> {
        let owner = Some(Owner { user, project });
        self.volume(volume_id)?.owner.clone_from(&owner);
        if !no_snapshots {
            for snapshot in self.snapshots.values_mut().filter(|snapshot| snapshot.volume_id == volume_id) {
                snapshot.owner.clone_from(&owner);
            }
        }
        Ok(())
    }

    pub(crate) fn copy_volume_to_image(
        &mut self,
        volume_id: &str,
        image_id: String,
    ) -> Result<(), VolumeError> {
        self.volume(volume_id)?;
        self.images.insert(image_id, volume_id.to_owned());
        Ok(())
    }

    pub(crate) fn reimage(
        &mut self,
        volume_id: &str,
        image_meta: ImageMeta,
        image_snap: Option<ImageSnapshot>,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        // A snapshot on this very backend is the faster way to the same content.
        let cloned = image_snap.and_then(|snap| self.snapshots.get(&snap.id)?.image.clone());
        self.volume(volume_id)?.image = cloned.or(Some(image_meta.id));
        Ok(())
    }

    pub(crate) fn migrate_volume(
        &mut self,
        volume_id: &str,
        dest_backend: &Backend,
    ) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let volume = self.volume(volume_id)?;
        if !volume.attachments.is_empty() {
            return Err(VolumeError::VolumeAttached { volume_id: volume_id.to_owned() });
        }
        volume.host.clone_from(&dest_backend.host);
        Ok(())
    }

    /// Returns the id of the volume that remains.
    pub(crate) fn migrate_volume_completion(
        &mut self,
        volume_id: String,
        new_volume: Volume,
        error: bool,
    ) -> Result<String, VolumeError> {
        let original = self.volume(&volume_id)?.clone();
        if error {
            self.volumes.remove(&new_volume.id);
            return Ok(volume_id);
        }
        self.volumes.remove(&volume_id);
        self.volumes.insert(new_volume.id.clone(), StoredVolume { host: new_volume.host, ..original });
        Ok(new_volume.id)
    }

    pub(crate) fn update_migrated_volume(
        &mut self,
        volume_id: &str,
        new_volume_id: &str,
        status: String,
    ) -> Result<(), VolumeError> {
        self.volume(new_volume_id)?.status = status;
        if let Some(copy) = self.volumes.remove(new_volume_id) {
            self.volumes.insert(volume_id.to_owned(), copy);
        }
        Ok(())
    }

    pub(crate) fn backup_device(&mut self, backup: &Backup) -> Result<BackupDevice, VolumeError> {
        let volume_id = backup.volume_id.as_deref().unwrap_or_default();
        self.volume(volume_id)?;
        let mut backup_device = Map::new();
        backup_device.insert("id".to_owned(), volume_id.into());
        Ok(BackupDevice { backup_device, secure_enabled: false, is_snapshot: false })
    }

    /// Whether files of the volume must not be touched as root: it is on a disk of its own, so no.
    pub(crate) fn secure_file_operations(&mut self, volume_id: &str) -> Result<bool, VolumeError> {
        self.volume(volume_id)?;
        Ok(false)
    }
}

fn invalid(volume_id: &str, why: &str) -> VolumeError {
    VolumeError::InvalidVolume { reason: format!("volume {volume_id} {why}") }
}
