//! What the methods take and return.

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

/// The outcome of a call. As a trait object, so that the crate which makes it compiles the whole call.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Option<T>> + Send + 'a>>;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Volume {
    pub id: String,
    pub host: Option<String>,
    pub size: u64,
    pub encrypted: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Snapshot {
    pub id: String,
    pub volume_id: String,
    pub progress: f64,
    pub volume: Option<Volume>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    pub volumes: Vec<Volume>,
    pub replicated: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Attachment {
    pub id: String,
    pub volume_id: String,
    pub instance: Option<String>,
    pub mountpoint: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Capabilities {
    pub host: String,
    pub protocols: Vec<String>,
    pub free_gb: u64,
    pub total_gb: u64,
}
