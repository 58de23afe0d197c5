//! The manager: plain Rust, no trace of RPC.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rpc_runtime::Context;
use uuid::Uuid;

use super::{AttachMode, Attachment, Capabilities, Volume, VolumeError, VolumeManager};

const TOTAL_GB: u64 = 100;

/// A backend that keeps its volumes in memory.
#[derive(Debug)]
pub struct LvmManager {
    host: String,
    volumes: Mutex<HashMap<Uuid, Stored>>,
}

#[derive(Debug)]
struct Stored {
    size: u64,
    attachments: Vec<Attachment>,
}

impl LvmManager {
    /// An empty backend of that name, `host@backend`.
    #[must_use]
    pub fn new(host: impl Into<String>) -> Self {
        Self { host: host.into(), volumes: Mutex::default() }
    }

    fn volumes(&self) -> MutexGuard<'_, HashMap<Uuid, Stored>> {
        self.volumes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn capabilities(&self) -> Capabilities {
        let volumes = self.volumes();
        let used: u64 = volumes.values().map(|stored| stored.size).sum();
        Capabilities {
            host: self.host.clone(),
            volumes: volumes.len(),
            total_capacity_gb: TOTAL_GB,
            free_capacity_gb: TOTAL_GB.saturating_sub(used),
        }
    }
}

impl VolumeManager for LvmManager {
    async fn create_volume(
        &self,
        _: Context,
        volume: Volume,
        _allow_reschedule: bool,
    ) -> Result<(), VolumeError> {
        let free = self.capabilities().free_capacity_gb;
        if volume.size > free {
            return Err(VolumeError::VolumeSizeExceedsAvailableQuota { size: volume.size, free });
        }
        self.volumes().insert(volume.id, Stored { size: volume.size, attachments: Vec::new() });
        Ok(())
    }

    async fn delete_volume(
        &self,
        _: Context,
        volume: Volume,
        _unmanage_only: bool,
        _cascade: bool,
    ) -> Result<(), VolumeError> {
        let mut volumes = self.volumes();
        match volumes.get(&volume.id) {
            // Deleting twice is no error: the first try may have succeeded before a restart.
            None => Ok(()),
            Some(stored) if !stored.attachments.is_empty() => {
                Err(VolumeError::VolumeAttached { volume_id: volume.id })
            }
            Some(_) => {
                volumes.remove(&volume.id);
                Ok(())
            }
        }
    }

    async fn attach_volume(
        &self,
        _: Context,
        volume_id: Uuid,
        instance_uuid: Option<Uuid>,
        mountpoint: String,
        mode: AttachMode,
        _volume: Option<Volume>,
    ) -> Result<Attachment, VolumeError> {
        let mut volumes = self.volumes();
        let stored = volumes.get_mut(&volume_id).ok_or(VolumeError::VolumeNotFound { volume_id })?;
        let attachment = Attachment { id: Uuid::new_v4(), volume_id, instance_uuid, mountpoint, mode };
        stored.attachments.push(attachment.clone());
        Ok(attachment)
    }

    async fn detach_volume(
        &self,
        _: Context,
        volume_id: Uuid,
        attachment_id: Option<Uuid>,
        _volume: Option<Volume>,
    ) -> Result<(), VolumeError> {
        let mut volumes = self.volumes();
        let stored = volumes.get_mut(&volume_id).ok_or(VolumeError::VolumeNotFound { volume_id })?;
        stored.attachments.retain(|attachment| attachment_id.is_some_and(|id| id != attachment.id));
        Ok(())
    }

    async fn get_capabilities(
        &self,
        _: Context,
        _backend_id: String,
        _discover: bool,
    ) -> Result<Capabilities, VolumeError> {
        Ok(self.capabilities())
    }

    async fn publish_service_capabilities(&self, _: Context) -> Result<(), VolumeError> {
        let Capabilities { host, volumes, free_capacity_gb, .. } = self.capabilities();
        println!("[{host}] capabilities: {volumes} volumes, {free_capacity_gb} GiB free");
        Ok(())
    }
}
