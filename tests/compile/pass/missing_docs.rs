//! Everything public that is generated has documentation, also when the user wrote none.
#![deny(missing_docs, missing_debug_implementations, warnings)]

/// In a module, as in a library.
pub mod api {
    use rpc_runtime::{Context, RemoteError, rpc_manager};

    /// Has documentation itself, as the lint asks.
    #[rpc_manager(client = DocsApi, fake = FakeDocs, topic = "docs", version = "1.0")]
    pub trait Docs {
        /// With a setter.
        #[rpc(call)]
        async fn documented(&self, ctx: Context, #[arg(default = 1)] times: u32) -> Result<(), RemoteError>;

        /// Called by name.
        #[rpc(call, by_name)]
        async fn named(&self, ctx: Context, a: u32, b: u32) -> Result<(), RemoteError>;

        #[allow(missing_docs)]
        #[rpc(cast)]
        async fn undocumented(&self, ctx: Context) -> Result<(), RemoteError>;
    }
}

fn main() {}
