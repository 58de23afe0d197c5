//! What is under `#[cfg]`, method or argument, is conditional everywhere: trait, client, request,
//! description, handler. The same goes for what is under `#[cfg_attr]`.
#![deny(warnings)]

use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = ConditionalApi, fake = FakeConditional, topic = "conditional", version = "1.0")]
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

/// Attributes that are there under a condition.
#[rpc_manager(client = AttributesApi, topic = "attributes", version = "1.0")]
#[cfg_attr(all(), doc = "Documented.", deprecated = "use another one")]
#[cfg_attr(any(), doc(alias = ""), no_such_attribute)]
pub trait Attributes {
    #[rpc(call)]
    #[cfg_attr(all(), cfg(any()), doc = "Absent.")]
    async fn absent(
        &self,
        ctx: Context,
        a: NoSuchType,
        #[arg(default)] b: NoSuchType,
    ) -> Result<(), RemoteError>;

    #[rpc(call)]
    #[cfg_attr(any(), cfg(any()))]
    #[cfg_attr(all(), cfg_attr(all(), doc = "Present.", cfg(all())))]
    async fn present(&self, ctx: Context, #[arg(default)] a: u32) -> Result<(), RemoteError>;

    #[rpc(cast)]
    #[cfg_attr(all(), cfg_attr(all(), deprecated(note = "use `present`")))]
    async fn ancient(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Server;

#[expect(deprecated)]
impl Attributes for Server {
    async fn present(&self, _: Context, _: u32) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn ancient(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

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
    #[expect(deprecated)]
    {
        const ATTRIBUTES: usize = AttributesApi::INTERFACE.methods.len();
        const { assert!(ATTRIBUTES == 2) };
        let _ = |api: AttributesApi, ctx: Context| drop(api.present(&ctx).a(1));
        let _ = AttributesApi::endpoint(Server);
    }
}
