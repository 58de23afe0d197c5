//! The volume service as a process runs it.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{Server, ServerError, ShutdownError, StopReason, Transport};

use super::{LvmManager, VolumeApi, volume_addresses};
use crate::cli::print_request;

/// How long requests that run may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running volume service: one manager, two addresses.
#[derive(Debug)]
pub struct VolumeService {
    /// For clients that know a topic for each backend, and for those that do not.
    servers: [Server; 2],
}

impl VolumeService {
    /// Serves the volumes of `name`, `host@backend`.
    ///
    /// # Errors
    /// If the queues cannot be declared.
    pub async fn start(transport: &Transport, name: &str) -> Result<Self, ServerError> {
        let endpoint = VolumeApi::endpoint(Arc::new(LvmManager::new(name)));
        let [old, new] = volume_addresses(name).map(|address| {
            let service = name.to_owned();
            Server::builder(transport, address)
                .endpoint(endpoint.clone())
                .ping(true)
                .on_request(move |request| print_request(&service, request))
        });
        let servers = [new.start().await?, old.start().await?];
        println!("[{name}] serving {} {}", VolumeApi::INTERFACE.topic, VolumeApi::INTERFACE.version);
        Ok(Self { servers })
    }

    /// Waits until one of the servers takes no more requests, and tells why.
    pub async fn stopped(&self) -> StopReason {
        let [one, other] = &self.servers;
        tokio::select! {
            reason = one.stopped() => reason,
            reason = other.stopped() => reason,
        }
    }

    /// Finishes what runs and stops.
    ///
    /// # Errors
    /// If requests had to be cut off.
    pub async fn stop(self) -> Result<(), ShutdownError> {
        let [one, other] = self.servers.map(|server| server.shutdown(PATIENCE));
        let (one, other) = tokio::join!(one, other);
        one.and(other)
    }
}
