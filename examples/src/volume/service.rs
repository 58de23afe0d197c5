//! The volume service as a process runs it.

use std::time::Duration;

use rpc_runtime::notification::Notifier;
use rpc_runtime::{Server, StopReason};

use super::{LvmManager, VolumeApi, volume_addresses};
use crate::bus::Bus;
use crate::cli::print_request;

/// How long requests that run may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running volume service: one manager, two addresses.
#[derive(Debug)]
pub struct VolumeService {
    /// For clients that know a topic for each backend, and for those that do not.
    servers: [Server; 2],
    notifier: Notifier,
}

impl VolumeService {
    /// Serves the volumes of `name`, `host@backend`.
    ///
    /// # Errors
    /// If the queues cannot be declared.
    pub async fn start(bus: &Bus, name: &str) -> anyhow::Result<Self> {
        let notifier = Notifier::builder(&bus.notifications).publisher_id(format!("volume.{name}"));
        let notifier = notifier.config(&bus.config).build()?;
        let manager = LvmManager::new(name).notifying(notifier.clone());
        let endpoint = VolumeApi::endpoint(manager);
        let [old, new] = volume_addresses(name).map(|address| {
            let service = name.to_owned();
            Server::builder(&bus.transport, address)
                .endpoint(endpoint.clone())
                .ping(true)
                .config(&bus.config)
                .on_request(move |request| print_request(&service, request))
        });
        let servers = [new.start().await?, old.start().await?];
        println!("[{name}] serving {} {}", VolumeApi::INTERFACE.topic, VolumeApi::INTERFACE.version);
        Ok(Self { servers, notifier })
    }

    /// Waits until one of the servers takes no more requests, and tells why.
    pub async fn stopped(&self) -> StopReason {
        let [one, other] = &self.servers;
        tokio::select! {
            reason = one.stopped() => reason,
            reason = other.stopped() => reason,
        }
    }

    /// Finishes what runs, tells of it, and stops.
    ///
    /// # Errors
    /// If requests had to be cut off, or somebody could not be told what happened.
    pub async fn stop(self) -> anyhow::Result<()> {
        let [one, other] = self.servers.map(|server| server.shutdown(PATIENCE));
        let (one, other) = tokio::join!(one, other);
        let told = self.notifier.flush(PATIENCE).await;
        one.and(other)?;
        Ok(told?)
    }
}
