//! The api: a small HTTP front end that answers at once and works by RPC.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use rpc_runtime::service::{HookError, Hooks};
use rpc_runtime::{CallError, Context};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{ConductorApi, Instance, Status};
use crate::bus::Bus;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct ServerApi {
    conductor: ConductorApi,
}

/// The body of `POST /servers`.
#[derive(Debug, Deserialize)]
struct NewServer {
    name: String,
    #[serde(default = "default_memory_mb")]
    memory_mb: u64,
}

fn default_memory_mb() -> u64 {
    512
}

impl ServerApi {
    /// The api over this bus.
    ///
    /// # Errors
    /// If the configuration has a wrong pin.
    pub fn new(bus: &Bus) -> anyhow::Result<Self> {
        let pin = bus.config.pin("conductor", &ConductorApi::INTERFACE)?;
        Ok(Self { conductor: ConductorApi::new(&bus.transport).pinned(pin) })
    }
}

/// What serves HTTP while the service runs, which has its life from it.
#[derive(Debug)]
pub struct HttpServer {
    api: ServerApi,
    listen: SocketAddr,
    stop: watch::Sender<bool>,
    serving: Mutex<Option<JoinHandle<std::io::Result<()>>>>,
}

impl HttpServer {
    /// One that is to listen to this address.
    #[must_use]
    pub fn new(api: ServerApi, listen: SocketAddr) -> Self {
        Self { api, listen, stop: watch::Sender::new(false), serving: Mutex::default() }
    }
}

impl Hooks for HttpServer {
    async fn post_start_hook(&self) -> Result<(), HookError> {
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", self.listen))?;
        // With port 0 in the argument the system has chosen one.
        let listen = listener.local_addr()?;
        let router = Router::new().route("/servers", post(create)).route("/servers/{id}", get(show));
        let router = router.with_state(Arc::new(self.api.clone()));
        let mut stopped = self.stop.subscribe();
        let stopped = async move { drop(stopped.wait_for(|stop| *stop).await) };
        let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
        *self.serving.lock().await = Some(tokio::spawn(serving.into_future()));
        println!(
            "curl -X POST http://{listen}/servers -H 'content-type: application/json' -d '{{\"name\": \"vm1\"}}'"
        );
        Ok(())
    }

    async fn graceful_shutdown(&self, _: Duration) -> Result<(), HookError> {
        self.stop.send_replace(true);
        match self.serving.lock().await.take() {
            Some(serving) => Ok(serving.await??),
            None => Ok(()),
        }
    }
}

/// Answers 202 once the broker has the request to build; the client asks later what became of it.
async fn create(State(api): State<Arc<ServerApi>>, Json(new): Json<NewServer>) -> Response {
    let instance = Instance {
        id: Uuid::new_v4(),
        name: new.name,
        memory_mb: new.memory_mb,
        status: Status::Build,
        host: None,
        fault: None,
    };
    match api.conductor.build_instances(&Context::request(), &instance).await {
        Ok(()) => {
            let location = [(header::LOCATION, format!("/servers/{}", instance.id))];
            (StatusCode::ACCEPTED, location, Json(instance)).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

async fn show(State(api): State<Arc<ServerApi>>, Path(id): Path<Uuid>) -> Response {
    match api.conductor.get_instance(&Context::request(), id).await {
        Ok(instance) => Json(instance).into_response(),
        Err(CallError::Method(not_found)) => {
            (StatusCode::NOT_FOUND, Json(json!({"error": not_found.to_string()}))).into_response()
        }
        Err(CallError::Rpc(error)) => unavailable(&error),
    }
}

fn unavailable(error: &rpc_runtime::RpcError) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"error": error.to_string()}))).into_response()
}
