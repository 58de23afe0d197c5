//! The volume service as a process runs it.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{Server, ServerError, ShutdownError, Target, Transport};

use super::{LvmManager, VolumeApi};
use crate::cli::print_request;

/// How long requests that run may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running volume service.
#[derive(Debug)]
pub struct VolumeService {
    server: Server,
}

impl VolumeService {
    /// Serves the volumes of `name`, `host@backend`.
    ///
    /// # Errors
    /// If the queues cannot be declared.
    pub async fn start(transport: &Transport, name: &str) -> Result<Self, ServerError> {
        let service = name.to_owned();
        let server = Server::builder(transport, Target::topic(VolumeApi::INTERFACE.topic).with_server(name))
            .endpoint(VolumeApi::endpoint(Arc::new(LvmManager::new(name))))
            .ping(true)
            .on_request(move |request| print_request(&service, request))
            .start()
            .await?;
        println!("[{name}] serving {} {}", VolumeApi::INTERFACE.topic, VolumeApi::INTERFACE.version);
        Ok(Self { server })
    }

    /// Finishes what runs and stops.
    ///
    /// # Errors
    /// If requests had to be cut off.
    pub async fn stop(self) -> Result<(), ShutdownError> {
        self.server.shutdown(PATIENCE).await
    }
}
