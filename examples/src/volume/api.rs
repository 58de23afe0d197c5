//! The interface: one trait, from which client and dispatcher are made.

use rpc_runtime::{Context, rpc_manager};
use uuid::Uuid;

use super::{AttachMode, Attachment, Capabilities, Volume, VolumeError};

/// Manages the volumes of one storage backend.
#[rpc_manager(client = VolumeApi, topic = "cinder-volume", version = "3.4", error = VolumeError)]
pub trait VolumeManager {
    /// Creates a volume on the backend that the scheduler chose.
    #[rpc(cast, to = volume.service_topic_queue())]
    async fn create_volume(
        &self,
        ctx: Context,
        volume: Volume,
        #[arg(default = true)] allow_reschedule: bool,
    ) -> Result<(), VolumeError>;

    /// Deletes a volume that is not in use.
    #[rpc(cast, to = volume.service_topic_queue())]
    async fn delete_volume(
        &self,
        ctx: Context,
        volume: Volume,
        #[arg(default = false)] unmanage_only: bool,
        #[arg(default = false)] cascade: bool,
    ) -> Result<(), VolumeError>;

    /// Attaches a volume to an instance.
    #[rpc(call, to = volume.as_ref().map(Volume::service_topic_queue))]
    async fn attach_volume(
        &self,
        ctx: Context,
        volume_id: Uuid,
        instance_uuid: Option<Uuid>,
        mountpoint: String,
        mode: AttachMode,
        #[arg(since = "3.3", old = drop)] volume: Option<Volume>,
    ) -> Result<Attachment, VolumeError>;

    /// Ends an attachment.
    #[rpc(call, to = volume.as_ref().map(Volume::service_topic_queue))]
    async fn detach_volume(
        &self,
        ctx: Context,
        volume_id: Uuid,
        attachment_id: Option<Uuid>,
        #[arg(since = "3.4", old = drop)] volume: Option<Volume>,
    ) -> Result<(), VolumeError>;

    /// Tells what the backend can do and how full it is.
    #[rpc(call, to = backend_id)]
    async fn get_capabilities(
        &self,
        ctx: Context,
        backend_id: String,
        discover: bool,
    ) -> Result<Capabilities, VolumeError>;

    /// Asks every volume service to report its capabilities.
    #[rpc(cast, fanout)]
    async fn publish_service_capabilities(&self, ctx: Context) -> Result<(), VolumeError>;
}
