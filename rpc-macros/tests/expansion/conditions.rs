/// Arguments that are not always there.
#[rpc_manager(client = HostApi, topic = "host", version = "1.0", error = Failed)]
pub trait HostManager {
    #[rpc(call, to = host)]
    async fn stop(
        &self,
        ctx: Context,
        host: String,
        #[cfg(feature = "force")] force: bool,
        #[cfg(feature = "retries")]
        #[arg(default = 3)]
        retries: u8,
    ) -> Result<(), Failed>;
}
