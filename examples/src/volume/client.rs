//! What a user of the volume service does: create, attach, detach, delete.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rpc_runtime::object::Field;
use rpc_runtime::service::{HookError, Hooks};
use rpc_runtime::{CallError, Context, Transport};
use uuid::Uuid;

use super::types::{AttachMode, Capabilities, Volume};
use super::{VolumeApi, VolumeError};

/// Creates a volume on `server`, attaches it, and deletes it again, and prints each step.
///
/// # Errors
/// If a step does not go as it should.
pub async fn run_client(api: &VolumeApi, server: &str) -> anyhow::Result<()> {
    let ctx = Context::request().with_user("demo").with_project("demo").with_roles(["member"]);
    let owner = |id: &str| Field::from(Some(id.to_owned()));
    let volume = Volume {
        user_id: owner("demo"),
        project_id: owner("demo"),
        ..Volume::new(Uuid::new_v4().to_string(), server, 10)
    };
    let before = api.get_capabilities(&ctx, server, false).await.context("get_capabilities")?;
    println!("get_capabilities: {} has {} GiB free", before.host, before.free_capacity_gb);

    api.create_volume(&ctx, &volume).allow_reschedule(false).await?;
    println!("create_volume: accepted");
    settled(api, &ctx, server, before.volumes + 1).await?;

    let instance = Uuid::new_v4().to_string();
    let attachment = api
        .attach_volume(&ctx, &volume, instance, "/dev/vdb", AttachMode::Rw)
        .await
        .context("attach_volume")?;
    let attachment_id = attachment.id.into_inner().context("the attachment has no id")?;
    println!("attach_volume: {attachment_id} at {}", attachment.mountpoint.as_deref().unwrap_or("?"));

    api.detach_volume(&ctx, &volume, attachment_id).await.context("detach_volume")?;
    println!("detach_volume: done");

    api.delete_volume(&ctx, &volume).cascade(true).await?;
    println!("delete_volume: accepted");
    settled(api, &ctx, server, before.volumes).await?;

    match api.attach_volume(&ctx, &volume, None, "/dev/vdb", AttachMode::Ro).await {
        Err(CallError::Method(VolumeError::VolumeNotFound { volume_id })) => {
            ensure!(volume_id == volume.id(), "the error is about {volume_id}");
            println!("attach_volume: refused, {volume_id} is gone");
        }
        other => bail!("attach_volume of a deleted volume: {other:?}"),
    }

    api.publish_service_capabilities(&ctx).await?;
    println!("publish_service_capabilities: sent to every volume service");
    Ok(())
}

/// The client in the process of a service that nobody outside of it can reach: it runs once that listens.
#[derive(Debug)]
pub struct Demonstration {
    api: VolumeApi,
    server: String,
}

impl Demonstration {
    /// With the volume service of this name.
    #[must_use]
    pub fn new(transport: &Transport, server: &str) -> Self {
        Self { api: VolumeApi::new(transport), server: server.to_owned() }
    }
}

impl Hooks for Demonstration {
    async fn post_start_hook(&self) -> Result<(), HookError> {
        run_client(&self.api, &self.server).await?;
        println!("nobody outside of this process can reach memory://; Ctrl-C stops the service");
        Ok(())
    }
}

/// Waits until the casts before have changed the number of volumes.
async fn settled(api: &VolumeApi, ctx: &Context, server: &str, expected: usize) -> anyhow::Result<()> {
    for _ in 0..1200 {
        let Capabilities { volumes, .. } = api.get_capabilities(ctx, server, false).await?;
        if volumes == expected {
            println!("get_capabilities: {server} has {volumes} volumes");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("{server} did not come to {expected} volumes")
}
