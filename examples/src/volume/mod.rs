//! A volume service: cinder's, message for message, over a backend in memory.
//!
//! * `api`: [`VolumeManager`], the trait that everything is made from.
//! * [`types`]: what travels.
//! * [`LvmManager`]: the implementation.
//! * [`VolumeEvent`]: what it tells the world.
//! * [`VolumeService`] and [`run_client`]: the two programs.

mod api;
mod backup;
mod client;
mod error;
mod events;
mod manager;
mod route;
mod service;
mod store;
#[cfg(test)]
mod tests;
pub mod types;

use clap::Parser;

// The macro names the types of requests: one for each method with defaults.
pub use api::*;
pub use client::run_client;
pub use error::VolumeError;
pub use events::{VolumeEvent, VolumeFault, VolumeUsage};
pub use manager::LvmManager;
pub use route::{NoHost, volume_addresses, volume_route};
pub use service::VolumeService;

/// What both programs take.
#[derive(Debug, Parser)]
pub struct VolumeArgs {
    /// The broker, for example rabbit://guest:guest@localhost:5672/; memory:// runs service and
    /// client in one process.
    #[arg(long, default_value = "memory://")]
    pub transport: String,
    /// The server to be, or to talk to: host@backend.
    #[arg(long, default_value = "host1@lvm")]
    pub server: String,
}

impl VolumeArgs {
    /// Whether nobody outside of this process can be reached.
    #[must_use]
    pub fn in_memory(&self) -> bool {
        self.transport.starts_with("memory:")
    }
}
