//! Volumes: create, delete, grow, move, and what is on them.

use super::{Owner, Store, StoredVolume};
use crate::volume::VolumeError;
use crate::volume::types::{Backend, Backup, ImageMeta, ImageSnapshot, MigrationPolicy, Volume};

impl Store {
    pub(crate) fn create_volume(&mut self, volume: &Volume) -> Result<(), VolumeError> {
        self.check_not_frozen()?;
        let id = volume.id();
        if id.is_empty() {
            return Err(invalid(id, "has no id"));
        }
        let size = volume.size.value().and_then(|size| u64::try_from(*size).ok());
        let size = size.ok_or_else(|| invalid(id, "has no size"))?;
        self.check_room(size)?;
        let stored = StoredVolume {
            size,
            host: volume.host.as_deref().unwrap_or_default().to_owned(),
            status: "available".to_owned(),
            ..StoredVolume::default()
        };
        self.volumes.insert(id.to_owned(), stored);
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
        volume_id: &str,
        new_volume: &Volume,
        error: bool,
    ) -> Result<String, VolumeError> {
        let original = self.volume(volume_id)?.clone();
        let new_id = new_volume.id().to_owned();
        if error {
            self.volumes.remove(&new_id);
            return Ok(volume_id.to_owned());
        }
        self.volumes.remove(volume_id);
        let host = new_volume.host.as_deref().unwrap_or_default().to_owned();
        self.volumes.insert(new_id.clone(), StoredVolume { host, ..original });
        Ok(new_id)
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

    /// The volume that a backup is made of.
    pub(crate) fn backup_source(&mut self, backup: &Backup) -> Result<Volume, VolumeError> {
        let volume_id = backup.volume_id.as_deref().unwrap_or_default();
        let stored = self.volume(volume_id)?;
        Ok(Volume::new(volume_id, stored.host.clone(), i64::try_from(stored.size).unwrap_or(i64::MAX)))
    }

    /// Whether files of the volume must not be touched as root: it is on a disk of its own, so no.
    pub(crate) fn secure_file_operations(&mut self, volume_id: &str) -> Result<bool, VolumeError> {
        self.volume(volume_id)?;
        Ok(false)
    }
}

fn invalid(volume_id: &str, why: &str) -> VolumeError {
    VolumeError::InvalidVolume { reason: Some(format!("volume {volume_id} {why}")), message: None }
}
