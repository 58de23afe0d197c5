//! The visibility of the trait is that of all that is made of it, and half of it may be unused.
#![deny(warnings, private_interfaces, private_bounds)]

use rpc_runtime::{Context, RemoteError};

mod inner {
    use rpc_runtime::{Context, RemoteError, rpc_manager};

    pub(crate) struct Internal;

    /// Of the crate, with types of the crate.
    #[rpc_manager(client = CrateApi, fake = FakeCrate, topic = "inner", version = "1.0", context = MyContext)]
    pub(crate) trait Crate {
        #[rpc(call)]
        async fn ping(&self, ctx: MyContext, #[arg(default)] n: u32) -> Result<u32, RemoteError>;
    }

    /// Of this module.
    #[rpc_manager(client = ModuleApi, topic = "module", version = "1.0")]
    trait Module {
        #[rpc(cast)]
        async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;
    }

    /// A context of the crate.
    pub(crate) struct MyContext(Context);

    impl rpc_runtime::RpcContext for MyContext {
        fn write(
            &self,
            fields: &mut rpc_runtime::wire::Fields,
        ) -> Result<(), rpc_runtime::wire::EncodeError> {
            self.0.write(fields)
        }

        fn read(fields: &rpc_runtime::wire::Arguments) -> Result<Self, String> {
            Context::read(fields).map(Self)
        }
    }

    pub(crate) fn uses(internal: Internal) {
        let _ = (internal, ModuleApi::new);
    }
}

fn main() {
    use inner::CrateApi;
    inner::uses(inner::Internal);
    let _ = CrateApi::new;

    /// In a function.
    #[rpc_runtime::rpc_manager(client = LocalApi, topic = "local", version = "1.0")]
    trait Local {
        #[rpc(call)]
        async fn ping(&self, ctx: Context) -> Result<u32, RemoteError>;
    }
    let _ = LocalApi::new;
}
