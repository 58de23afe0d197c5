/// Where messages go.
#[rpc_manager(client = ComputeApi, topic = "compute", version = "6.0", route = by_cell, error = Failed)]
pub trait ComputeManager {
    /// By parameters that are not sent.
    #[rpc(call, to(host: Option<&str>, pool: &Pool) = host_of(host, pool, instance))]
    async fn rebuild(&self, ctx: Context, instance: Instance) -> Result<(), Failed>;

    /// Anywhere, if need be.
    #[rpc(cast, to = any_if_none(host))]
    async fn build(&self, ctx: Context, host: Option<String>) -> Result<(), Failed>;

    /// Anywhere, whatever.
    #[rpc(cast, to = any)]
    async fn prefetch(&self, ctx: Context, image: String) -> Result<(), Failed>;

    /// By a route of its own.
    #[rpc(cast, to = host, route = crate::routes::alternate)]
    async fn live_migration(&self, ctx: Context, host: String) -> Result<(), Failed>;

    /// To every server of a cell.
    #[rpc(cast, fanout, to(cell: &str) = cell)]
    async fn reload(&self, ctx: Context) -> Result<(), Failed>;
}
