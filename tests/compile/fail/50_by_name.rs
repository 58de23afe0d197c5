use rpc_runtime::{Context, RemoteError, rpc_manager};

#[rpc_manager(client = ComputeApi, topic = "compute", version = "1.0")]
pub trait ComputeManager {
    #[rpc(call, by_name)]
    async fn rebuild(
        &self,
        ctx: Context,
        image_ref: String,
        orig_image_ref: String,
        retries: u8,
    ) -> Result<(), RemoteError>;
}

struct Server;

impl ComputeManager for Server {
    async fn rebuild(&self, _: Context, _: String, _: String, _: u8) -> Result<(), RemoteError> {
        Ok(())
    }
}

fn main() {
    let _ = ComputeApi::endpoint(Server);
    let _ = |api: ComputeApi, ctx: Context| {
        // Nobody sees which is which.
        drop(api.rebuild(&ctx, "new", "old", 3));
        drop(api.rebuild(&ctx, ComputeApiRebuildArgs { image_ref: "new", retries: 3 }));
        drop(api.rebuild(
            &ctx,
            ComputeApiRebuildArgs { image_ref: "new", origin_image_ref: "old", retries: 3 },
        ));
        drop(api.rebuild(
            &ctx,
            ComputeApiRebuildArgs { image_ref: 1, orig_image_ref: "old", retries: 3 },
        ));
    };
}
