//! What a call over `memory://` takes, client and server together, and an event, with nobody who listens and with a
//! listener, in instructions: they repeat where times do not, so that a change of the way of any of them shows. Needs
//! valgrind.
#![allow(clippy::print_stdout, missing_docs)]

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint, Notifier, Priority};
use rpc_runtime::{Context, RemoteError, Server, Target, Transport, rpc_manager};
use rpc_tests::bench::instructions;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

/// How often a case is repeated, so that what is done only once does not count.
const REPEATS: u64 = 500;
/// Bytes of the argument, which is the result as well, or of the payload, and whether there is a context.
const CASES: [(usize, bool); 3] = [(0, false), (300, false), (0, true)];

/// What the context of a request from cinder's API has.
const CONTEXT: &str = r#"{
    "user": "00000009-0000-4000-8000-000000000009", "project_id": "00000010-0000-4000-8000-000000000010",
    "system_scope": null, "project": "00000010-0000-4000-8000-000000000010", "domain": null, "user_domain": "default",
    "project_domain": "default", "is_admin": false, "read_only": false, "show_deleted": false,
    "auth_token": "gAAAAABkT0dF", "request_id": "req-00000000-0000-4000-8000-000000000001",
    "global_request_id": "req-00000000-0000-4000-8000-0000000000aa", "resource_uuid": null,
    "roles": ["member", "reader"],
    "user_identity": "00000009-0000-4000-8000-000000000009 00000010-0000-4000-8000-000000000010 - default default",
    "is_admin_project": true, "user_id": "00000009-0000-4000-8000-000000000009", "project_name": "demo",
    "domain_id": null, "read_deleted": "no", "remote_address": "192.0.2.7",
    "timestamp": "2026-01-02T03:04:05.000006+00:00", "quota_class": null, "service_catalog": [{"type": "image",
    "name": "glance", "endpoints": [{"publicURL": "http://192.0.2.1/image", "region": "RegionOne"}]}],
    "message_resource_id": null, "message_resource_type": null, "message_action": null
}"#;

#[rpc_manager(client = EchoApi, topic = "echo", version = "1.0", error = RemoteError)]
trait Echo {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: String) -> Result<String, RemoteError>;
}

struct Manager;

impl Echo for Manager {
    async fn echo(&self, _: Context, value: String) -> Result<String, RemoteError> {
        Ok(value)
    }
}

fn main() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--call", body, context, times] => call(body.parse()?, context.parse()?, times.parse()?),
        ["--emit", body, context, times] => emit(body.parse()?, context.parse()?, times.parse()?),
        ["--listen", body, context, times] => listen(body.parse()?, context.parse()?, times.parse()?),
        ["--bench", ..] => table(),
        _ => {
            println!("call: measures only when run by `cargo bench`");
            Ok(())
        }
    }
}

fn table() -> Result<()> {
    println!("| Over memory:// | Instructions |\n|---|---|");
    for (what, name) in [("--call", "a call"), ("--emit", "an event"), ("--listen", "an event that is heard")]
    {
        for (body, has_context) in CASES {
            let repeated = |times: u64| {
                instructions(&[what, &body.to_string(), &has_context.to_string(), &times.to_string()])
            };
            let with = if has_context { ", with the context of a request" } else { "" };
            println!("| {name} of {body} bytes{with} | {} |", (repeated(REPEATS)? - repeated(0)?) / REPEATS);
        }
    }
    Ok(())
}

/// Calls one after the other, all on one thread: what threads do about each other does not repeat.
#[tokio::main(flavor = "current_thread")]
async fn call(body: usize, has_context: bool, times: u64) -> Result<()> {
    let transport = Transport::connect("memory://").await?;
    let server = Server::builder(&transport, Target::new("echo").with_server("host1"))
        .endpoint(EchoApi::endpoint(Arc::new(Manager)))
        .start()
        .await?;
    let (api, value, context) = (EchoApi::new(&transport), "x".repeat(body), context(has_context)?);
    // What the first call makes is there for the others.
    for _ in 0..=times {
        api.echo(&context, value.as_str()).await.context("the call")?;
    }
    server.shutdown(Duration::from_secs(10)).await?;
    Ok(())
}

/// Emits one event after the other.
#[tokio::main(flavor = "current_thread")]
async fn emit(body: usize, has_context: bool, times: u64) -> Result<()> {
    let transport = Transport::connect("memory://").await?;
    let notifier = Notifier::builder(&transport).publisher_id("bench.host1").build()?;
    let (payload, context) = ("x".repeat(body), context(has_context)?);
    for _ in 0..=times {
        notifier.info(&context, "bench.note", &payload).await?;
    }
    Ok(())
}

/// Emits one event after the other, each when the one before was handled.
#[tokio::main(flavor = "current_thread")]
async fn listen(body: usize, has_context: bool, times: u64) -> Result<()> {
    let transport = Transport::connect("memory://").await?;
    let notifier = Notifier::builder(&transport).publisher_id("bench.host1").build()?;
    let (told, mut heard) = mpsc::channel(1);
    let handler = move |_: Context, _: Notification, _: Meta| {
        // There is room, as each waits for the one before.
        let _ = told.try_send(());
        std::future::ready(())
    };
    let endpoint = NotificationEndpoint::new(handler).priorities([Priority::Info]);
    let listener = Listener::builder(&transport).topic("notifications").endpoint(endpoint).start().await?;
    let (payload, context) = ("x".repeat(body), context(has_context)?);
    for _ in 0..=times {
        notifier.info(&context, "bench.note", &payload).await?;
        heard.recv().await.context("the listener")?;
    }
    Ok(listener.shutdown(Duration::from_secs(10)).await?)
}

fn context(of_a_request: bool) -> Result<Context> {
    if !of_a_request {
        return Ok(Context::new());
    }
    let fields: Map<String, Value> = serde_json::from_str(CONTEXT)?;
    Ok(fields.into_iter().fold(Context::new(), |context, (name, value)| context.with(name, value)))
}
