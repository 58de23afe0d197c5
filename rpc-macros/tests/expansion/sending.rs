/// How methods are sent and waited for.
#[rpc_manager(client = ComputeApi, topic = "compute", version = "1.1", error = Failed)]
pub trait ComputeManager {
    /// Stops an instance.
    #[rpc(call_or_cast, timeout = long_rpc_timeout(), expected(Failed::NotFound { .. }, Failed::Busy))]
    async fn stop(&self, ctx: Context, id: u32) -> Result<(), Failed>;

    #[rpc(call_or_cast)]
    async fn start(&self, ctx: Context, #[arg(default)] force: bool) -> Result<(), Failed>;

    #[rpc(call, timeout = Duration::from_secs(600), monitor = Duration::from_secs(60))]
    async fn rebuild(&self, ctx: Context) -> Result<u32, Failed>;

    /// A call that became a cast.
    #[rpc(call_or_cast, manual, since = "1.1")]
    async fn back_up(&self, ctx: Context, id: u32) -> Result<(), Failed>;
}
