//! The interface: one trait, from which client and dispatcher are made.
//!
//! It is cinder's `VolumeAPI` 3.20, message for message.

use rpc_runtime::{Context, rpc_manager};

use super::VolumeError;
use super::route::volume_route;
use super::types::{
    AttachMode, Backend, Backup, BackupDevice, Capabilities, CleanupRequest, ConnectionInfo, Connector,
    ExistingRef, Group, GroupSnapshot, ImageMeta, ImageSnapshot, LogLevel, LogLevelList, ManageableSnapshot,
    ManageableVolume, Map, MigrationPolicy, ReplicationTargets, RequestSpec, Service, ServiceUpdates,
    Snapshot, SortDir, Volume, VolumeAttachment,
};

/// Manages the volumes of one storage backend.
///
/// Requests go to the service that has the backend, by [`volume_route`]: as a rule that of the volume. The
/// others say whose it is, and take the [`Service`] or backend that is meant if they do not name it.
#[rpc_manager(
    topic = "cinder-volume",
    version = "3.20",
    error = VolumeError,
    to = volume.service_topic_queue(),
    route = volume_route,
    fake = FakeVolume
)]
#[expect(clippy::too_many_arguments, reason = "the arguments are those of the messages")]
pub trait VolumeManager {
    // Volumes

    /// Creates a volume on the backend that the scheduler chose.
    ///
    /// With `allow_reschedule` a backend that can't create it gives it back to the scheduler.
    #[rpc(cast)]
    async fn create_volume(
        &self,
        ctx: Context,
        volume: Volume,
        #[arg(default)] request_spec: Option<RequestSpec>,
        #[arg(default)] filter_properties: Option<Map>,
        #[arg(default = true)] allow_reschedule: bool,
    ) -> Result<(), VolumeError>;

    /// Deletes a volume that is not in use; with `cascade` its snapshots too.
    ///
    /// With `unmanage_only` it stays on the backend and is only forgotten.
    #[rpc(cast)]
    async fn delete_volume(
        &self,
        ctx: Context,
        volume: Volume,
        #[arg(default = false)] unmanage_only: bool,
        #[arg(default = false)] cascade: bool,
    ) -> Result<(), VolumeError>;

    /// Makes a volume larger, to `new_size` GiB.
    #[rpc(cast)]
    async fn extend_volume(
        &self,
        ctx: Context,
        volume: Volume,
        new_size: u64,
        reservations: Option<Vec<String>>,
    ) -> Result<(), VolumeError>;

    /// Ends an extension that the instance had to take part in.
    #[rpc(cast, since = "3.19")]
    async fn extend_volume_completion(
        &self,
        ctx: Context,
        volume: Volume,
        new_size: u64,
        reservations: Option<Vec<String>>,
        error: bool,
    ) -> Result<(), VolumeError>;

    /// Gives a volume another type, which may mean another backend.
    #[rpc(cast)]
    async fn retype(
        &self,
        ctx: Context,
        volume: Volume,
        new_type_id: String,
        #[arg(name = "host", since = "3.5", old = with(Backend::without_cluster))] dest_backend: Backend,
        #[arg(default = MigrationPolicy::Never)] migration_policy: MigrationPolicy,
        #[arg(default)] reservations: Option<Vec<String>>,
        #[arg(default)] old_reservations: Option<Vec<String>>,
    ) -> Result<(), VolumeError>;

    /// Gives a volume to another user; without its snapshots if so wanted.
    #[rpc(call)]
    async fn accept_transfer(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id())] volume_id: String,
        new_user: String,
        new_project: String,
        #[arg(since = "3.16", old = drop, default = false)] no_snapshots: bool,
    ) -> Result<Option<Map>, VolumeError>;

    // Images

    /// Makes an image of a volume.
    #[rpc(cast)]
    async fn copy_volume_to_image(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id())] volume_id: String,
        image_meta: ImageMeta,
    ) -> Result<(), VolumeError>;

    /// Puts an image on a volume, in place of what is there.
    ///
    /// A backend may clone `image_snap`, the snapshot that the image was made of, instead.
    #[rpc(cast, since = "3.18")]
    async fn reimage(
        &self,
        ctx: Context,
        volume: Volume,
        image_meta: ImageMeta,
        #[arg(since = "3.20", old = drop, default)] image_snap: Option<ImageSnapshot>,
    ) -> Result<(), VolumeError>;

    // Attachments and connections

    /// Attaches a volume to an instance, or to the host of that name.
    #[rpc(call)]
    async fn attach_volume(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id())] volume_id: String,
        instance_uuid: Option<String>,
        #[arg(default)] host_name: Option<String>,
        mountpoint: String,
        mode: AttachMode,
        #[arg(since = "3.3", old = drop)] volume: Option<Volume>,
    ) -> Result<VolumeAttachment, VolumeError>;

    /// Ends an attachment, or all of them.
    #[rpc(call)]
    async fn detach_volume(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id())] volume_id: String,
        attachment_id: Option<String>,
        #[arg(since = "3.4", old = drop)] volume: Option<Volume>,
    ) -> Result<(), VolumeError>;

    /// Connects a host for an attachment, and tells how to reach the volume.
    #[rpc(call, since = "3.9", to = vref.service_topic_queue())]
    async fn attachment_update(
        &self,
        ctx: Context,
        vref: Volume,
        connector: Connector,
        attachment_id: String,
    ) -> Result<ConnectionInfo, VolumeError>;

    /// Ends an attachment and its connection.
    #[rpc(call, since = "3.9", to = vref.service_topic_queue())]
    async fn attachment_delete(
        &self,
        ctx: Context,
        attachment_id: String,
        vref: Volume,
    ) -> Result<(), VolumeError>;

    /// Exports a volume to a host, and tells how to reach it.
    #[rpc(call)]
    async fn initialize_connection(
        &self,
        ctx: Context,
        volume: Volume,
        connector: Connector,
    ) -> Result<ConnectionInfo, VolumeError>;

    /// Ends the connection of a host to a volume.
    #[rpc(call)]
    async fn terminate_connection(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id())] volume_id: String,
        connector: Connector,
        #[arg(default = false)] force: bool,
    ) -> Result<(), VolumeError>;

    /// Exports a volume no longer.
    #[rpc(call_or_cast)]
    async fn remove_export(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id())] volume_id: String,
    ) -> Result<(), VolumeError>;

    /// Exports a snapshot to a host, and tells how to reach it.
    #[rpc(call, since = "3.13", to = snapshot.service_topic_queue())]
    async fn initialize_connection_snapshot(
        &self,
        ctx: Context,
        #[arg(from(snapshot: &Snapshot) = snapshot.id())] snapshot_id: String,
        connector: Connector,
    ) -> Result<ConnectionInfo, VolumeError>;

    /// Ends the connection of a host to a snapshot.
    #[rpc(call, since = "3.13", to = snapshot.service_topic_queue())]
    async fn terminate_connection_snapshot(
        &self,
        ctx: Context,
        #[arg(from(snapshot: &Snapshot) = snapshot.id())] snapshot_id: String,
        connector: Connector,
        #[arg(default = false)] force: bool,
    ) -> Result<(), VolumeError>;

    /// Exports a snapshot no longer.
    #[rpc(call_or_cast, since = "3.13", to = snapshot.service_topic_queue())]
    async fn remove_export_snapshot(
        &self,
        ctx: Context,
        #[arg(from(snapshot: &Snapshot) = snapshot.id())] snapshot_id: String,
    ) -> Result<(), VolumeError>;

    // Snapshots and backups

    /// Takes a snapshot of a volume.
    #[rpc(cast, to(volume: &Volume) = volume.service_topic_queue())]
    async fn create_snapshot(&self, ctx: Context, snapshot: Snapshot) -> Result<(), VolumeError>;

    /// Deletes a snapshot. With `unmanage_only` it stays on the backend and is only forgotten.
    #[rpc(cast, to = snapshot.service_topic_queue())]
    async fn delete_snapshot(
        &self,
        ctx: Context,
        snapshot: Snapshot,
        #[arg(default = false)] unmanage_only: bool,
    ) -> Result<(), VolumeError>;

    /// Makes a volume what it was when the snapshot was taken.
    #[rpc(cast, since = "3.15")]
    async fn revert_to_snapshot(
        &self,
        ctx: Context,
        volume: Volume,
        snapshot: Snapshot,
    ) -> Result<(), VolumeError>;

    /// Tells what to read a volume from for a backup.
    ///
    /// Since 3.17 the answer goes to the backup service in a request of its own: a call has become
    /// a cast, which `VolumeApi::get_backup_device` knows.
    #[rpc(call_or_cast, manual)]
    async fn get_backup_device(
        &self,
        ctx: Context,
        backup: Backup,
        #[arg(since = "3.2", old = drop, default = false)] want_objects: bool,
        #[arg(since = "3.17", old = drop, default = false)] async_call: bool,
    ) -> Result<Option<BackupDevice>, VolumeError>;

    /// Tells whether the backend's files must not be touched as root.
    #[rpc(call)]
    async fn secure_file_operations_enabled(&self, ctx: Context, volume: Volume)
    -> Result<bool, VolumeError>;

    // Migration

    /// Moves a volume to another backend; with `force_host_copy` by a host that copies the data.
    #[rpc(cast)]
    async fn migrate_volume(
        &self,
        ctx: Context,
        volume: Volume,
        #[arg(name = "host", since = "3.5", old = with(Backend::without_cluster))] dest_backend: Backend,
        force_host_copy: bool,
    ) -> Result<(), VolumeError>;

    /// Puts the copy in the place of the volume, or removes it after an error. Returns the id of the
    /// volume that remains.
    #[rpc(call)]
    async fn migrate_volume_completion(
        &self,
        ctx: Context,
        volume: Volume,
        new_volume: Volume,
        error: bool,
    ) -> Result<String, VolumeError>;

    /// Gives the copy of a volume, on its new backend, the name and the status of the original.
    #[rpc(call, to = new_volume.service_topic_queue())]
    async fn update_migrated_volume(
        &self,
        ctx: Context,
        volume: Volume,
        new_volume: Volume,
        #[arg(name = "volume_status")] original_volume_status: String,
    ) -> Result<(), VolumeError>;

    // What the backend has and cinder does not know yet

    /// Takes over something on the backend as this volume.
    #[rpc(cast)]
    async fn manage_existing(
        &self,
        ctx: Context,
        volume: Volume,
        #[arg(name = "ref")] reference: ExistingRef,
    ) -> Result<(), VolumeError>;

    /// Takes over something on the backend as this snapshot.
    #[rpc(cast, to(backend: &str) = backend)]
    async fn manage_existing_snapshot(
        &self,
        ctx: Context,
        snapshot: Snapshot,
        #[arg(name = "ref")] reference: ExistingRef,
    ) -> Result<(), VolumeError>;

    /// Lists what is on the backend and could be managed as a volume.
    #[rpc(call, to(service: &Service) = service.service_topic_queue())]
    async fn get_manageable_volumes(
        &self,
        ctx: Context,
        marker: Option<String>,
        limit: Option<usize>,
        offset: Option<usize>,
        sort_keys: Vec<String>,
        sort_dirs: Vec<SortDir>,
        #[arg(fixed = Some(true), since = "3.10", old = drop)] want_objects: Option<bool>,
    ) -> Result<Vec<ManageableVolume>, VolumeError>;

    /// Lists what is on the backend and could be managed as a snapshot.
    #[rpc(call, to(service: &Service) = service.service_topic_queue())]
    async fn get_manageable_snapshots(
        &self,
        ctx: Context,
        marker: Option<String>,
        limit: Option<usize>,
        offset: Option<usize>,
        sort_keys: Vec<String>,
        sort_dirs: Vec<SortDir>,
        #[arg(fixed = Some(true), since = "3.10", old = drop)] want_objects: Option<bool>,
    ) -> Result<Vec<ManageableSnapshot>, VolumeError>;

    // Groups

    /// Creates an empty group.
    #[rpc(cast, to = group.service_topic_queue())]
    async fn create_group(&self, ctx: Context, group: Group) -> Result<(), VolumeError>;

    /// Creates a group with copies of what is in a group snapshot or in another group.
    #[rpc(cast, to = group.service_topic_queue())]
    async fn create_group_from_src(
        &self,
        ctx: Context,
        group: Group,
        #[arg(default)] group_snapshot: Option<GroupSnapshot>,
        #[arg(default)] source_group: Option<Group>,
    ) -> Result<(), VolumeError>;

    /// Changes the volumes of a group: ids with commas between them.
    #[rpc(cast, to = group.service_topic_queue())]
    async fn update_group(
        &self,
        ctx: Context,
        group: Group,
        #[arg(default)] add_volumes: Option<String>,
        #[arg(default)] remove_volumes: Option<String>,
    ) -> Result<(), VolumeError>;

    /// Deletes a group and its volumes.
    #[rpc(cast, to = group.service_topic_queue())]
    async fn delete_group(&self, ctx: Context, group: Group) -> Result<(), VolumeError>;

    /// Takes snapshots of all volumes of a group at the same moment.
    #[rpc(cast, to = group_snapshot.service_topic_queue())]
    async fn create_group_snapshot(
        &self,
        ctx: Context,
        group_snapshot: GroupSnapshot,
    ) -> Result<(), VolumeError>;

    /// Deletes the snapshots of a group snapshot.
    #[rpc(cast, to = group_snapshot.service_topic_queue())]
    async fn delete_group_snapshot(
        &self,
        ctx: Context,
        group_snapshot: GroupSnapshot,
    ) -> Result<(), VolumeError>;

    // Replication and failover

    /// Replicates the volumes of a group to another backend.
    #[rpc(cast, since = "3.14", to = group.service_topic_queue())]
    async fn enable_replication(&self, ctx: Context, group: Group) -> Result<(), VolumeError>;

    /// Ends the replication of a group.
    #[rpc(cast, since = "3.14", to = group.service_topic_queue())]
    async fn disable_replication(&self, ctx: Context, group: Group) -> Result<(), VolumeError>;

    /// Makes the replicas of a group its volumes.
    #[rpc(cast, since = "3.14", to = group.service_topic_queue())]
    async fn failover_replication(
        &self,
        ctx: Context,
        group: Group,
        #[arg(default = false)] allow_attached_volume: bool,
        #[arg(default)] secondary_backend_id: Option<String>,
    ) -> Result<(), VolumeError>;

    /// Tells where a group can be replicated to.
    #[rpc(call, since = "3.14", to = group.service_topic_queue())]
    async fn list_replication_targets(
        &self,
        ctx: Context,
        group: Group,
    ) -> Result<ReplicationTargets, VolumeError>;

    /// Makes the replicas on a secondary backend the volumes of the whole backend.
    #[rpc(cast, was("failover_host", until = "3.8"), to(service: &Service) = service.service_topic_queue())]
    async fn failover(
        &self,
        ctx: Context,
        #[arg(default)] secondary_backend_id: Option<String>,
    ) -> Result<(), VolumeError>;

    /// Tells all services of a cluster how a failover ended.
    #[rpc(cast, fanout, since = "3.8", to(service: &Service) = service.service_topic_queue())]
    async fn failover_completed(&self, ctx: Context, updates: ServiceUpdates) -> Result<(), VolumeError>;

    /// Makes a backend refuse changes.
    #[rpc(call, to(service: &Service) = service.service_topic_queue())]
    async fn freeze_host(&self, ctx: Context) -> Result<bool, VolumeError>;

    /// Makes a backend take changes again.
    #[rpc(call, to(service: &Service) = service.service_topic_queue())]
    async fn thaw_host(&self, ctx: Context) -> Result<bool, VolumeError>;

    // The service itself

    /// Asks every volume service to report its capabilities.
    #[rpc(cast, fanout)]
    async fn publish_service_capabilities(&self, ctx: Context) -> Result<(), VolumeError>;

    /// Tells what the backend can do and how full it is; with `discover` by asking it anew.
    #[rpc(call, to(backend_id: &str) = backend_id)]
    async fn get_capabilities(&self, ctx: Context, discover: bool) -> Result<Capabilities, VolumeError>;

    /// Cleans up what a crashed service of the cluster left unfinished.
    #[rpc(cast, since = "3.7", to = cleanup_request.service_topic_queue())]
    async fn do_cleanup(&self, ctx: Context, cleanup_request: CleanupRequest) -> Result<(), VolumeError>;

    /// Sets the level of loggers of this one service, be it part of a cluster or not.
    #[rpc(cast, since = "3.12", to(service: &Service) = &service.host)]
    async fn set_log_levels(&self, ctx: Context, log_request: LogLevel) -> Result<(), VolumeError>;

    /// Tells the levels of loggers of this one service.
    #[rpc(call, since = "3.12", to(service: &Service) = &service.host)]
    async fn get_log_levels(&self, ctx: Context, log_request: LogLevel) -> Result<LogLevelList, VolumeError>;
}
