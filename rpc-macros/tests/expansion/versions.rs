/// What changed in which version.
#[rpc_manager(
    client = ComputeApi,
    topic = "compute",
    version("6.2", "5.13"),
    aliases(victoria = "5.12", zed = "6.2"),
    history("6.2" = "hosts answer on a second topic"),
    error = Failed
)]
pub trait ComputeManager {
    /// Renamed and removed arguments.
    #[rpc(call, legacy(bdms = None, reserve = instance.reserve(), until = "6.0"))]
    async fn resize(
        &self,
        ctx: Context,
        instance: Instance,
        #[arg(was("instance_type", until = "6.0"))] flavor: Flavor,
        #[arg(since("6.1", "5.8"), old = drop)] request_spec: Option<Spec>,
    ) -> Result<(), Failed>;

    /// Renamed, with older arguments for older servers.
    #[rpc(call, since = "5.2", was("failover_host", until = "5.4"), downgrade(until = "5.7", with = without_cluster))]
    async fn failover(&self, ctx: Context, cluster: String) -> Result<(), Failed>;

    /// In no version of the newer major.
    #[rpc(call, until = "6.0")]
    async fn reset(&self, ctx: Context) -> Result<(), Failed>;

    /// What older servers are sent beside is made of what another argument is made of, which stays in its place.
    #[rpc(call, legacy(size(image: &Image) = image.size(), until = "5.9"))]
    async fn attach(&self, ctx: Context, server: String, image: String, device: String) -> Result<(), Failed>;
}
