//! A volume service: cinder's, message for message, over a backend in memory.
//!
//! * `api`: [`VolumeManager`], the trait that everything is made from.
//! * [`types`]: what travels.
//! * [`LvmManager`]: the implementation.
//! * [`VolumeEvent`]: what it tells the world.
//! * [`volume_service`] and [`run_client`]: the two programs.

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
pub use client::{Demonstration, run_client};
pub use error::VolumeError;
pub use events::{VolumeEvent, VolumeFault, VolumeUsage};
pub use manager::LvmManager;
pub use route::{NoHost, volume_addresses, volume_route};
pub use service::{serve_volumes, volume_service};

use crate::bus::BusArgs;

/// What both programs take.
#[derive(Debug, Parser)]
pub struct VolumeArgs {
    /// With memory://, service and client run in one process.
    #[command(flatten)]
    pub bus: BusArgs,
    /// The server to be, or to talk to: host@backend.
    #[arg(long, default_value = "host1@lvm")]
    pub server: String,
}
