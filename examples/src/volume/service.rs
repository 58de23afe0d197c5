//! The volume service as a process runs it.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::Server;
use rpc_runtime::notification::Notifier;
use rpc_runtime::service::{HookError, Hooks, PeriodicTask, ServiceBuilder};

use super::{LvmManager, VolumeApi, VolumeManager, volume_addresses};
use crate::bus::Bus;
use crate::cli::print_request;

/// How long the notifier has to tell what is left to tell when the service stops.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often the schedulers are told what there is room for.
const PUBLISH_EVERY: Duration = Duration::from_secs(60);

/// A service with the volumes of `name`, `host@backend`.
///
/// # Errors
/// If the configuration has a wrong option for notifications.
pub fn volume_service(bus: &Bus, name: &str) -> anyhow::Result<ServiceBuilder> {
    serve_volumes(bus.service("cinder-volume"), bus, name)
}

/// Has a service serve these volumes as well: by one manager, at two addresses.
///
/// # Errors
/// As for [`volume_service`].
pub fn serve_volumes(service: ServiceBuilder, bus: &Bus, name: &str) -> anyhow::Result<ServiceBuilder> {
    let notifier = Notifier::builder(&bus.notifications).publisher_id(format!("volume.{name}"));
    let manager = Arc::new(LvmManager::new(name).notifying(notifier.config(&bus.config).build()?));
    let endpoint = VolumeApi::endpoint(Arc::clone(&manager));
    // For clients that know a topic for each backend, and for those that do not.
    let [old, new] = volume_addresses(name).map(|address| {
        let name = name.to_owned();
        Server::builder(&bus.transport, address)
            .endpoint(endpoint.clone())
            .ping(true)
            .config(&bus.config)
            .on_request(move |request| print_request(&name, request))
    });
    let publishing = Arc::clone(&manager);
    let publishing = PeriodicTask::new("publish_service_capabilities", PUBLISH_EVERY, move |ctx| {
        let manager = Arc::clone(&publishing);
        async move { manager.publish_service_capabilities(ctx).await }
    });
    Ok(service.manager(manager).server(new).server(old).periodic_task(publishing))
}

impl Hooks for LvmManager {
    async fn post_start_hook(&self) -> Result<(), HookError> {
        println!("[{}] serving {} {}", self.host(), VolumeApi::INTERFACE.topic, VolumeApi::INTERFACE.version);
        Ok(())
    }

    /// Whatever the last requests have brought about is told.
    async fn cleanup_host(&self) -> Result<(), HookError> {
        match self.notifier() {
            Some(notifier) => Ok(notifier.flush(PATIENCE).await?),
            None => Ok(()),
        }
    }
}
