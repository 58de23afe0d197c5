/// Has every key.
#[rpc_manager(
    client = KeysApi,
    topic = "keys",
    namespace = "every",
    version = "3.5",
    context = MyContext,
    error = Failed,
    fake = FakeKeys,
    crate = crate::facade
)]
pub(crate) trait Keys: std::fmt::Debug {
    /// Its name on the wire is one that the client needs itself.
    #[rpc(call, to = volume.server())]
    #[rpc(since = "3.2", name = "with")]
    async fn with_volume(
        &self,
        context: MyContext,
        volume: Volume,
        r#ref: String,
        #[arg(name = "recreate")] evacuate: bool,
        #[arg(since = "3.3", old = drop)] tag: Option<String>,
        #[arg(since = "3.4", old = error_if_set)] policy: Option<String>,
        #[arg(since = "3.4", old = error_if(has_any))] devices: Option<Vec<String>>,
        #[arg(since = "3.5", old = with(without_cluster))] destination: Volume,
    ) -> Result<Option<Volume>, Failed>;

    #[rpc(cast, to = format!("{host}@{}", backend))]
    #[cfg(feature = "formatted")]
    #[deprecated(since = "3.1", note = "use another")]
    async fn formatted(&self, ctx: MyContext, host: String, backend: String) -> Result<(), Failed>;

    #[rpc(call)]
    #[cfg(feature = "defaults")]
    async fn defaults(
        &self,
        _: MyContext,
        #[arg(default)] empty: Vec<u32>,
        #[arg(default = "rw")] mode: String,
        #[arg(default = String::from("x"))] owned: String,
        #[arg(default = 8, since = "3.4", old = error_if_set)] checked: u32,
        #[arg(default = 9, since = "3.5", old = with(u32::to_string))] converted: u32,
    ) -> Result<(), Failed>;

    /// Has a body.
    #[allow(unused_variables)]
    #[rpc(cast, fanout)]
    async fn everybody(&self, ctx: MyContext) -> Result<(), Failed> {
        Ok(())
    }
}
