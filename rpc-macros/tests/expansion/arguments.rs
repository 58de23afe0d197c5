/// Where the values of arguments come from.
#[rpc_manager(client = VolumeApi, topic = "volume", version = "3.3", error = Failed)]
pub trait VolumeManager {
    /// The client takes the volume and sends its id, and the volume itself to those who know it.
    #[rpc(call)]
    async fn attach(
        &self,
        ctx: Context,
        #[arg(from(volume: &Volume) = volume.id)] volume_id: Uuid,
        #[arg(from(volume: &Volume, suffix: &str) = format!("{}{suffix}", volume.name))] label: String,
        #[arg(since = "3.3", old = drop)] volume: Option<Volume>,
    ) -> Result<(), Failed>;

    /// The same value from every client.
    #[rpc(call)]
    async fn list(
        &self,
        ctx: Context,
        #[arg(fixed = "rpc")] by: String,
        #[arg(fixed = true, since = "3.1", old = drop, default = false)] want_objects: bool,
    ) -> Result<Vec<Volume>, Failed>;

    /// All that has no name here.
    #[rpc(call)]
    async fn find(&self, ctx: Context, host: String, #[arg(rest)] filters: Map) -> Result<(), Failed>;
}
