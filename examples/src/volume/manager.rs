//! The manager: plain Rust, no trace of RPC.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rpc_runtime::Context;
use rpc_runtime::notification::Notifier;
use rpc_runtime::object::DateTime;
use uuid::Uuid;

use super::store::{Page, Store};
use super::types::{
    AttachMode, AttachStatus, Backend, Backup, BackupDevice, BackupDeviceFields, BackupDeviceInfo,
    Capabilities, CleanupRequest, ConnectionInfo, Connector, ExistingRef, Group, GroupSnapshot, ImageMeta,
    ImageSnapshot, LogLevel, LogLevelList, ManageableSnapshot, ManageableVolume, Map, MigrationPolicy,
    ReplicationTargets, RequestSpec, ServiceUpdates, Snapshot, SortDir, Volume, VolumeAttachment,
};
use super::{VolumeError, VolumeEvent, VolumeFault, VolumeManager, VolumeUsage};

/// A backend that keeps its volumes in memory.
#[derive(Debug)]
pub struct LvmManager {
    host: String,
    store: Mutex<Store>,
    notifier: Option<Notifier>,
}

impl LvmManager {
    /// An empty backend of that name, `host@backend`.
    #[must_use]
    pub fn new(host: impl Into<String>) -> Self {
        let host = host.into();
        Self { store: Mutex::new(Store::new(host.clone())), host, notifier: None }
    }

    /// The same backend, which tells what happens to its volumes.
    #[must_use]
    pub fn notifying(self, notifier: Notifier) -> Self {
        Self { notifier: Some(notifier), ..self }
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn notifier(&self) -> Option<&Notifier> {
        self.notifier.as_ref()
    }

    /// Tells what happens, in the name of the volume's host. Nothing that is done to a volume waits for it.
    fn notify(&self, ctx: &Context, volume: &Volume, event: &VolumeEvent) {
        if let Some(notifier) = &self.notifier {
            let host = volume.host.as_deref().unwrap_or(&self.host);
            notifier.with_publisher_id(format!("volume.{host}")).emit_detached(ctx, event);
        }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VolumeManager for LvmManager {
    async fn create_volume(
        &self,
        ctx: Context,
        volume: Volume,
        _request_spec: Option<RequestSpec>,
        _filter_properties: Option<Map>,
        _allow_reschedule: bool,
    ) -> Result<(), VolumeError> {
        self.notify(&ctx, &volume, &VolumeEvent::CreateStart(VolumeUsage::new(&volume, "creating")));
        let created = self.store().create_volume(&volume);
        let event = match &created {
            Ok(()) => VolumeEvent::CreateEnd(VolumeUsage::new(&volume, "available")),
            Err(error) => {
                VolumeEvent::CreateError(VolumeFault::new(VolumeUsage::new(&volume, "error"), error))
            }
        };
        self.notify(&ctx, &volume, &event);
        created
    }

    async fn delete_volume(
        &self,
        _: Context,
        volume: Volume,
        unmanage_only: bool,
        cascade: bool,
    ) -> Result<(), VolumeError> {
        self.store().delete_volume(volume.id(), unmanage_only, cascade)
    }

    async fn extend_volume(
        &self,
        _: Context,
        volume: Volume,
        new_size: u64,
        _reservations: Option<Vec<String>>,
    ) -> Result<(), VolumeError> {
        self.store().extend_volume(volume.id(), new_size)
    }

    async fn extend_volume_completion(
        &self,
        _: Context,
        volume: Volume,
        new_size: u64,
        _reservations: Option<Vec<String>>,
        error: bool,
    ) -> Result<(), VolumeError> {
        if error {
            return Ok(());
        }
        self.store().extend_volume(volume.id(), new_size)
    }

    async fn retype(
        &self,
        _: Context,
        volume: Volume,
        new_type_id: String,
        dest_backend: Backend,
        migration_policy: MigrationPolicy,
        _reservations: Option<Vec<String>>,
        _old_reservations: Option<Vec<String>>,
    ) -> Result<(), VolumeError> {
        self.store().retype(volume.id(), new_type_id, &dest_backend, migration_policy)
    }

    async fn accept_transfer(
        &self,
        _: Context,
        volume_id: String,
        new_user: String,
        new_project: String,
        no_snapshots: bool,
    ) -> Result<Option<Map>, VolumeError> {
        self.store().accept_transfer(&volume_id, new_user, new_project, no_snapshots)?;
        Ok(None)
    }

    async fn copy_volume_to_image(
        &self,
        _: Context,
        volume_id: String,
        image_meta: ImageMeta,
    ) -> Result<(), VolumeError> {
        self.store().copy_volume_to_image(&volume_id, image_meta.id)
    }

    async fn reimage(
        &self,
        _: Context,
        volume: Volume,
        image_meta: ImageMeta,
        image_snap: Option<ImageSnapshot>,
    ) -> Result<(), VolumeError> {
        self.store().reimage(volume.id(), image_meta, image_snap)
    }

    async fn attach_volume(
        &self,
        _: Context,
        volume_id: String,
        instance_uuid: Option<String>,
        host_name: Option<String>,
        mountpoint: String,
        mode: AttachMode,
        _volume: Option<Volume>,
    ) -> Result<VolumeAttachment, VolumeError> {
        self.store().attach_volume(VolumeAttachment {
            id: Uuid::new_v4().to_string().into(),
            volume_id: volume_id.into(),
            instance_uuid: instance_uuid.into(),
            attached_host: host_name.into(),
            mountpoint: Some(mountpoint).into(),
            attach_mode: Some(mode).into(),
            attach_status: Some(AttachStatus::Attached).into(),
            attach_time: Some(DateTime::now()).into(),
            ..VolumeAttachment::default()
        })
    }

    async fn detach_volume(
        &self,
        _: Context,
        volume_id: String,
        attachment_id: Option<String>,
        _volume: Option<Volume>,
    ) -> Result<(), VolumeError> {
        self.store().detach_volume(&volume_id, attachment_id.as_deref())
    }

    async fn attachment_update(
        &self,
        _: Context,
        vref: Volume,
        connector: Connector,
        attachment_id: String,
    ) -> Result<ConnectionInfo, VolumeError> {
        self.store().attachment_update(vref.id(), &attachment_id, &connector)
    }

    async fn attachment_delete(
        &self,
        _: Context,
        attachment_id: String,
        vref: Volume,
    ) -> Result<(), VolumeError> {
        self.store().attachment_delete(vref.id(), &attachment_id)
    }

    async fn initialize_connection(
        &self,
        _: Context,
        volume: Volume,
        connector: Connector,
    ) -> Result<ConnectionInfo, VolumeError> {
        self.store().connect_volume(volume.id(), &connector)
    }

    async fn terminate_connection(
        &self,
        _: Context,
        volume_id: String,
        connector: Connector,
        force: bool,
    ) -> Result<(), VolumeError> {
        self.store().disconnect_volume(&volume_id, &connector, force)
    }

    async fn remove_export(&self, _: Context, volume_id: String) -> Result<(), VolumeError> {
        self.store().remove_export(&volume_id)
    }

    async fn initialize_connection_snapshot(
        &self,
        _: Context,
        snapshot_id: String,
        connector: Connector,
    ) -> Result<ConnectionInfo, VolumeError> {
        self.store().connect_snapshot(&snapshot_id, &connector)
    }

    async fn terminate_connection_snapshot(
        &self,
        _: Context,
        snapshot_id: String,
        connector: Connector,
        force: bool,
    ) -> Result<(), VolumeError> {
        self.store().disconnect_snapshot(&snapshot_id, &connector, force)
    }

    async fn remove_export_snapshot(&self, _: Context, snapshot_id: String) -> Result<(), VolumeError> {
        self.store().remove_export_snapshot(&snapshot_id)
    }

    async fn create_snapshot(&self, _: Context, snapshot: Snapshot) -> Result<(), VolumeError> {
        self.store().create_snapshot(snapshot.id().to_owned(), snapshot.volume_id())
    }

    async fn delete_snapshot(
        &self,
        _: Context,
        snapshot: Snapshot,
        unmanage_only: bool,
    ) -> Result<(), VolumeError> {
        self.store().delete_snapshot(snapshot.id(), unmanage_only)
    }

    async fn revert_to_snapshot(
        &self,
        _: Context,
        volume: Volume,
        snapshot: Snapshot,
    ) -> Result<(), VolumeError> {
        self.store().revert_to_snapshot(volume.id(), snapshot.id())
    }

    async fn get_backup_device(
        &self,
        _: Context,
        backup: Backup,
        want_objects: bool,
        async_call: bool,
    ) -> Result<Option<BackupDevice>, VolumeError> {
        let volume = self.store().backup_source(&backup)?;
        if async_call {
            // cinder would tell its backup service to go on; there is none here.
            tracing::info!(backup = ?backup.id, "the backup can go on");
            return Ok(None);
        }
        Ok(Some(match want_objects {
            true => BackupDevice::Object(BackupDeviceInfo {
                volume: Some(volume).into(),
                secure_enabled: false.into(),
                ..BackupDeviceInfo::default()
            }),
            false => BackupDevice::Fields(BackupDeviceFields {
                backup_device: volume,
                secure_enabled: false,
                is_snapshot: false,
            }),
        }))
    }

    async fn secure_file_operations_enabled(&self, _: Context, volume: Volume) -> Result<bool, VolumeError> {
        self.store().secure_file_operations(volume.id())
    }

    async fn migrate_volume(
        &self,
        _: Context,
        volume: Volume,
        dest_backend: Backend,
        _force_host_copy: bool,
    ) -> Result<(), VolumeError> {
        self.store().migrate_volume(volume.id(), &dest_backend)
    }

    async fn migrate_volume_completion(
        &self,
        _: Context,
        volume: Volume,
        new_volume: Volume,
        error: bool,
    ) -> Result<String, VolumeError> {
        self.store().migrate_volume_completion(volume.id(), &new_volume, error)
    }

    async fn update_migrated_volume(
        &self,
        _: Context,
        volume: Volume,
        new_volume: Volume,
        original_volume_status: String,
    ) -> Result<(), VolumeError> {
        self.store().update_migrated_volume(volume.id(), new_volume.id(), original_volume_status)
    }

    async fn manage_existing(
        &self,
        _: Context,
        volume: Volume,
        reference: ExistingRef,
    ) -> Result<(), VolumeError> {
        self.store().manage_existing(volume.id().to_owned(), &reference.source_name)
    }

    async fn manage_existing_snapshot(
        &self,
        _: Context,
        snapshot: Snapshot,
        reference: ExistingRef,
    ) -> Result<(), VolumeError> {
        self.store().manage_existing_snapshot(
            snapshot.id().to_owned(),
            snapshot.volume_id(),
            &reference.source_name,
        )
    }

    async fn get_manageable_volumes(
        &self,
        _: Context,
        marker: Option<String>,
        limit: Option<usize>,
        offset: Option<usize>,
        sort_keys: Vec<String>,
        sort_dirs: Vec<SortDir>,
        _want_objects: Option<bool>,
    ) -> Result<Vec<ManageableVolume>, VolumeError> {
        Ok(self.store().manageable_volumes(Page { marker, limit, offset, sort_keys, sort_dirs }))
    }

    async fn get_manageable_snapshots(
        &self,
        _: Context,
        marker: Option<String>,
        limit: Option<usize>,
        offset: Option<usize>,
        sort_keys: Vec<String>,
        sort_dirs: Vec<SortDir>,
        _want_objects: Option<bool>,
    ) -> Result<Vec<ManageableSnapshot>, VolumeError> {
        Ok(self.store().manageable_snapshots(Page { marker, limit, offset, sort_keys, sort_dirs }))
    }

    async fn create_group(&self, _: Context, group: Group) -> Result<(), VolumeError> {
        self.store().create_group(group.id().to_owned())
    }

    async fn create_group_from_src(
        &self,
        _: Context,
        group: Group,
        group_snapshot: Option<GroupSnapshot>,
        source_group: Option<Group>,
    ) -> Result<(), VolumeError> {
        let snapshot = group_snapshot.as_ref().map(GroupSnapshot::id);
        let source = source_group.as_ref().map(Group::id);
        self.store().create_group_from_src(group.id().to_owned(), snapshot, source)
    }

    async fn update_group(
        &self,
        _: Context,
        group: Group,
        add_volumes: Option<String>,
        remove_volumes: Option<String>,
    ) -> Result<(), VolumeError> {
        self.store().update_group(group.id(), add_volumes.as_deref(), remove_volumes.as_deref())
    }

    async fn delete_group(&self, _: Context, group: Group) -> Result<(), VolumeError> {
        self.store().delete_group(group.id())
    }

    async fn create_group_snapshot(
        &self,
        _: Context,
        group_snapshot: GroupSnapshot,
    ) -> Result<(), VolumeError> {
        self.store().create_group_snapshot(&group_snapshot)
    }

    async fn delete_group_snapshot(
        &self,
        _: Context,
        group_snapshot: GroupSnapshot,
    ) -> Result<(), VolumeError> {
        self.store().delete_group_snapshot(group_snapshot.id())
    }

    async fn enable_replication(&self, _: Context, group: Group) -> Result<(), VolumeError> {
        self.store().set_replication(group.id(), true)
    }

    async fn disable_replication(&self, _: Context, group: Group) -> Result<(), VolumeError> {
        self.store().set_replication(group.id(), false)
    }

    async fn failover_replication(
        &self,
        _: Context,
        group: Group,
        allow_attached_volume: bool,
        secondary_backend_id: Option<String>,
    ) -> Result<(), VolumeError> {
        self.store().failover_replication(group.id(), allow_attached_volume, secondary_backend_id)
    }

    async fn list_replication_targets(
        &self,
        _: Context,
        group: Group,
    ) -> Result<ReplicationTargets, VolumeError> {
        self.store().replication_targets(group.id())
    }

    async fn failover(&self, _: Context, secondary_backend_id: Option<String>) -> Result<(), VolumeError> {
        self.store().failover(secondary_backend_id)
    }

    async fn failover_completed(&self, _: Context, updates: ServiceUpdates) -> Result<(), VolumeError> {
        self.store().failover_completed(updates);
        Ok(())
    }

    async fn freeze_host(&self, _: Context) -> Result<bool, VolumeError> {
        self.store().set_frozen(true);
        Ok(true)
    }

    async fn thaw_host(&self, _: Context) -> Result<bool, VolumeError> {
        self.store().set_frozen(false);
        Ok(true)
    }

    async fn publish_service_capabilities(&self, _: Context) -> Result<(), VolumeError> {
        let Capabilities { host, volumes, free_capacity_gb, .. } = self.store().capabilities();
        println!("[{host}] capabilities: {volumes} volumes, {free_capacity_gb} GiB free");
        Ok(())
    }

    async fn get_capabilities(&self, _: Context, _discover: bool) -> Result<Capabilities, VolumeError> {
        Ok(self.store().capabilities())
    }

    async fn do_cleanup(&self, _: Context, _cleanup_request: CleanupRequest) -> Result<(), VolumeError> {
        self.store().clean_up();
        Ok(())
    }

    async fn set_log_levels(&self, _: Context, log_request: LogLevel) -> Result<(), VolumeError> {
        self.store().set_log_level(&log_request);
        Ok(())
    }

    async fn get_log_levels(&self, _: Context, log_request: LogLevel) -> Result<LogLevelList, VolumeError> {
        let levels = self.store().log_levels(log_request.prefix.as_deref().unwrap_or_default());
        Ok(LogLevelList { objects: levels.into(), ..LogLevelList::default() })
    }
}
