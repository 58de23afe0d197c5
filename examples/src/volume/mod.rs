//! A volume service: the flow of cinder's `delete_volume` and a few neighbours.

mod api;
mod client;
mod error;
mod manager;
mod service;
mod types;

pub use api::{VolumeApi, VolumeApiCreateVolume, VolumeApiDeleteVolume, VolumeManager};
pub use client::run_client;
pub use error::VolumeError;
pub use manager::LvmManager;
pub use service::VolumeService;
pub use types::{AttachMode, Attachment, Capabilities, Volume};

use clap::Parser;

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
