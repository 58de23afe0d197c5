//! A Rust server that answers as `tests/python/server.py` does.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rpc_runtime::{Context, RemoteError, Server, ServerBuilder, ShutdownError, Target, Transport};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Admin, AdminApi, Broken, BrokenApi, Sample, SampleApi, SampleError, Unencodable, Whoami};
use crate::Note;
use crate::limits::PATIENCE;

/// A server of the topic of the sample, with all its endpoints.
#[derive(Debug)]
pub struct RustServer {
    server: Server,
    notes: mpsc::UnboundedReceiver<Note>,
}

impl RustServer {
    /// Starts a server of the topic `topic`, named `name`, over `transport`.
    pub async fn start(transport: &Transport, name: &str) -> Result<Self> {
        Self::start_at(transport, Target::new("topic").with_server(name), |builder| builder).await
    }

    /// The same with a target and settings of the test's own.
    pub async fn start_at(
        transport: &Transport,
        target: Target,
        set: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Result<Self> {
        let (sender, notes) = mpsc::unbounded_channel();
        let name = target.server().context("the target names no server")?.to_owned();
        let manager = Arc::new(Manager { name, notes: sender });
        let builder = Server::builder(transport, target)
            .endpoint(SampleApi::endpoint(Arc::clone(&manager)))
            .endpoint(AdminApi::endpoint(Arc::clone(&manager)))
            .endpoint(BrokenApi::endpoint(manager));
        Ok(Self { server: set(builder).start().await?, notes })
    }

    /// The next note; fails if none comes.
    pub async fn note(&mut self) -> Result<Note> {
        let note = timeout(PATIENCE, self.notes.recv()).await;
        note.with_context(|| format!("no note for {PATIENCE:?}"))?.context("the server is gone")
    }

    /// The next note, as long as it takes; none once the server is gone.
    pub async fn next_note(&mut self) -> Option<Note> {
        self.notes.recv().await
    }

    /// Stops the server and returns the notes that were not asked for yet.
    pub async fn stop(mut self) -> Result<Vec<Note>, ShutdownError> {
        self.server.shutdown(PATIENCE).await?;
        Ok(std::iter::from_fn(|| self.notes.try_recv().ok()).collect())
    }
}

struct Manager {
    name: String,
    notes: mpsc::UnboundedSender<Note>,
}

impl Manager {
    fn whoami(&self, namespace: Option<&str>) -> Whoami {
        Whoami { server: self.name.clone(), namespace: namespace.map(str::to_owned) }
    }
}

fn fields(ctx: &Context) -> Map<String, Value> {
    ctx.iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl Sample for Manager {
    async fn echo(&self, _: Context, value: Value) -> Result<Value, SampleError> {
        Ok(value)
    }

    async fn add(&self, _: Context, a: i64, b: i64) -> Result<i64, SampleError> {
        a.checked_add(b).ok_or_else(|| SampleError::Value("the sum is too large".to_owned()))
    }

    async fn context(&self, ctx: Context) -> Result<Value, SampleError> {
        Ok(Value::Object(fields(&ctx)))
    }

    async fn whoami(&self, _: Context) -> Result<Whoami, SampleError> {
        Ok(self.whoami(None))
    }

    async fn slow(&self, _: Context, seconds: f64) -> Result<f64, SampleError> {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        Ok(seconds)
    }

    async fn note(&self, ctx: Context, n: u64) -> Result<(), SampleError> {
        let args = Map::from_iter([("n".to_owned(), n.into())]);
        // A test that is over has no use for it.
        let _ = self.notes.send(Note { server: self.name.clone(), args, ctxt: fields(&ctx) });
        Ok(())
    }

    async fn fail_builtin(&self, _: Context, message: String) -> Result<(), SampleError> {
        Err(SampleError::Value(message))
    }

    async fn fail_not_found(&self, _: Context, volume_id: String) -> Result<(), SampleError> {
        Err(SampleError::VolumeNotFound { volume_id })
    }

    async fn fail_limit(&self, _: Context, resource: String, limit: u64) -> Result<(), SampleError> {
        Err(SampleError::LimitReached(resource, limit))
    }

    async fn fail_expected(&self, _: Context, volume_id: String, reason: String) -> Result<(), SampleError> {
        Err(SampleError::VolumeBusy { volume_id, reason })
    }
}

impl Admin for Manager {
    async fn whoami(&self, _: Context) -> Result<Whoami, SampleError> {
        Ok(self.whoami(Some("admin")))
    }
}

impl Broken for Manager {
    async fn panics(&self, _: Context, text: String) -> Result<(), RemoteError> {
        #[expect(clippy::panic, reason = "what it is there for")]
        {
            panic!("{text}")
        }
    }

    async fn unencodable(&self, _: Context) -> Result<Unencodable, RemoteError> {
        Ok(Unencodable { map: [(vec![1], 1)].into() })
    }

    async fn raises(&self, _: Context, module: String, class: String) -> Result<(), RemoteError> {
        Err(RemoteError::new(module, class, "as asked"))
    }
}
