//! The traits of the sample.

use std::collections::BTreeMap;

use rpc_runtime::{Context, RemoteError, rpc_manager};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SampleError;

/// Who answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whoami {
    /// The name of the server.
    pub server: String,
    /// The namespace of the endpoint.
    pub namespace: Option<String>,
}

/// What `Public` is in the script: no namespace, version 1.3.
#[rpc_manager(
    client = SampleApi,
    topic = "topic",
    version = "1.3",
    history("1.3" = "what the script serves"),
    error = SampleError
)]
pub trait Sample {
    /// The value as it came.
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: Value) -> Result<Value, SampleError>;

    /// The sum.
    #[rpc(call)]
    async fn add(&self, ctx: Context, a: i64, #[arg(default = 10)] b: i64) -> Result<i64, SampleError>;

    /// All fields of the context.
    #[rpc(call)]
    async fn context(&self, ctx: Context) -> Result<Value, SampleError>;

    /// The name of the server.
    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<Whoami, SampleError>;

    /// Returns what it was given, that many seconds later.
    #[rpc(call)]
    async fn slow(&self, ctx: Context, seconds: f64) -> Result<f64, SampleError>;

    /// Is reported to the test.
    #[rpc(cast)]
    async fn note(&self, ctx: Context, n: u64) -> Result<(), SampleError>;

    /// Raises `ValueError`.
    #[rpc(call)]
    async fn fail_builtin(&self, ctx: Context, message: String) -> Result<(), SampleError>;

    /// Raises [`SampleError::VolumeNotFound`].
    #[rpc(call)]
    async fn fail_not_found(&self, ctx: Context, volume_id: String) -> Result<(), SampleError>;

    /// Raises [`SampleError::LimitReached`].
    #[rpc(call)]
    async fn fail_limit(&self, ctx: Context, resource: String, limit: u64) -> Result<(), SampleError>;

    /// Raises [`SampleError::VolumeBusy`].
    #[rpc(call)]
    async fn fail_expected(&self, ctx: Context, volume_id: String, reason: String)
    -> Result<(), SampleError>;
}

/// `note` once more, to every server.
#[rpc_manager(
    client = SampleFanoutApi,
    topic = "topic",
    version = "1.3",
    history("1.3" = "what the script serves"),
    error = SampleError
)]
pub trait SampleFanout {
    /// Is reported to the test by each server.
    #[rpc(cast, fanout)]
    async fn note(&self, ctx: Context, n: u64) -> Result<(), SampleError>;
}

/// What `Admin` is in the script.
#[rpc_manager(
    client = AdminApi,
    topic = "topic",
    namespace = "admin",
    version = "2.1",
    history("2.1" = "what the script serves"),
    error = SampleError
)]
pub trait Admin {
    /// The name of the server and the namespace.
    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<Whoami, SampleError>;
}

/// A result that can't be written as JSON: the keys of its map are no text.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Unencodable {
    /// The map.
    pub map: BTreeMap<Vec<u8>, u8>,
}

/// Methods that go wrong in ways in which only a Rust server can.
#[rpc_manager(
    client = BrokenApi, topic = "topic", namespace = "broken", version = "1.0", error = RemoteError
)]
pub trait Broken {
    /// Panics with this text.
    #[rpc(call)]
    async fn panics(&self, ctx: Context, text: String) -> Result<(), RemoteError>;

    /// Has a result that no reply can carry.
    #[rpc(call)]
    async fn unencodable(&self, ctx: Context) -> Result<Unencodable, RemoteError>;

    /// Raises whatever the caller asks for.
    #[rpc(call)]
    async fn raises(&self, ctx: Context, module: String, class: String) -> Result<(), RemoteError>;
}
