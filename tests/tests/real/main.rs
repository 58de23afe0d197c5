//! The real classes of cinder, nova and neutron on the other side: their contexts, objects and exceptions, and the classes
//! by which their services call each other. A process of Python with them takes 1.5 seconds of the processor to start.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod cinder;
mod contexts;
mod example;
mod exceptions;
mod nova;

use rpc_runtime::Transport;
use rpc_tests::{Broker, PythonClient, Vhost};
use serde_json::{Value, json};

/// A virtual host of the shared broker.
async fn vhost(name: &str) -> Vhost {
    Broker::shared().unwrap().vhost(name).await.unwrap()
}

/// A transport of its own, as another process would have it. The exchange is what the projects have by default.
async fn connect(vhost: &Vhost) -> Transport {
    Transport::connect(&vhost.url()).await.unwrap()
}

async fn client(vhost: &Vhost, project: &str) -> PythonClient {
    PythonClient::real(&vhost.url(), project).start().await.unwrap()
}

/// What a `RequestContext` of a project is made with, for a user who is no administrator: with that, no policy is asked.
fn user() -> Value {
    json!({
        "user_id": "00000009-0000-4000-8000-000000000009", "project_id": "00000010-0000-4000-8000-000000000010",
        "is_admin": false, "roles": ["member", "reader"], "overwrite": false,
    })
}
