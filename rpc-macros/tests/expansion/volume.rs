/// Manages the volumes of one storage backend.
#[rpc_manager(client = VolumeApi, topic = "cinder-volume", version = "3.3", error = VolumeError)]
pub trait VolumeManager {
    /// Creates a volume on the backend that the scheduler chose.
    #[rpc(cast, to = volume.server())]
    async fn create_volume(
        &self,
        ctx: Context,
        volume: Volume,
        request_spec: Option<RequestSpec>,
        #[arg(default = true)] allow_reschedule: bool,
    ) -> Result<(), VolumeError>;

    /// Attaches the volume and returns the attachment.
    ///
    /// The volume has to be available.
    #[rpc(call, to = host)]
    async fn attach_volume(
        &self,
        ctx: Context,
        host: String,
        volume_id: Uuid,
        #[arg(since = "3.3", old = drop)] volume: Option<Volume>,
    ) -> Result<Attachment, VolumeError>;

    #[rpc(cast, fanout)]
    async fn publish_service_capabilities(&self, ctx: Context) -> Result<(), VolumeError>;
}
