//! What is under `#[cfg]`, method or argument, is conditional everywhere: trait, client, request,
//! description, handler.
#![deny(warnings)]

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = ConditionalApi, topic = "conditional", version = "1.0")]
pub trait Conditional {
    #[rpc(call)]
    #[cfg(any())]
    async fn absent(
        &self,
        ctx: Context,
        a: NoSuchType,
        #[arg(default)] b: NoSuchType,
    ) -> Result<(), RemoteError>;

    #[rpc(call)]
    #[cfg(not(any()))]
    async fn present(
        &self,
        ctx: Context,
        #[arg(default)] b: u32,
        #[cfg(any())] absent: NoSuchType,
        #[cfg(any())]
        #[arg(default)]
        absent_too: NoSuchType,
        #[cfg(not(any()))] there: u8,
    ) -> Result<(), RemoteError>;

    /// Nothing but conditions.
    #[rpc(call)]
    async fn all_absent(&self, ctx: Context, #[cfg(any())] absent: NoSuchType) -> Result<(), RemoteError>;
}

struct Server;

impl Conditional for Server {
    async fn present(&self, _: Context, _: u32, _: u8) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn all_absent(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    const METHODS: usize = ConditionalApi::INTERFACE.methods.len();
    const { assert!(METHODS == 2) };
    let _ = ConditionalApi::endpoint(Server);
    let _ = |api: ConditionalApi, ctx: Context| drop(api.present(&ctx, 2).b(1));
}
