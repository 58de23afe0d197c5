//! Arguments in forms that they are not given in.

use rpc_runtime::{Context, RemoteError, Transport, rpc_manager};

#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Spec {
    vcpus: u32,
}

#[rpc_manager(client = ComputeApi, topic = "compute", version = "3.0")]
pub trait ComputeManager {
    #[rpc(call)]
    async fn build(
        &self,
        ctx: Context,
        hosts: Vec<String>,
        spec: Option<Spec>,
        network: Option<String>,
    ) -> Result<(), RemoteError>;
}

struct Manager;

impl ComputeManager for Manager {
    async fn build(
        &self,
        _: Context,
        _: Vec<String>,
        _: Option<Spec>,
        _: Option<String>,
    ) -> Result<(), RemoteError> {
        Ok(())
    }
}

async fn build(api: &ComputeApi, ctx: &Context, spec: Option<Spec>, network: String) {
    let _ = api.build(ctx, [], spec.clone(), None);
    let _ = api.build(ctx, [], None, Some(&network));
    let _ = api.build(ctx, &["host1"], &spec, None);
}

fn main() {
    let _ = ComputeApi::endpoint(Manager);
    let _ = |transport: &Transport| ComputeApi::new(transport);
    let _ = build;
}
