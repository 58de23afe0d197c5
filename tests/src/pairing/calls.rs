//! Calls, of a topic and of one of its servers.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use futures::future::join_all;
use rpc_runtime::{CallOptions, Context};
use serde_json::{Value, json};

use super::Bus;
use super::values::{same, values};
use crate::sample::{AdminApi, SampleApi, request};

/// Any value, contexts and namespaces, from Rust to Python and back.
pub async fn python_answers_rust(bus: &Bus) -> Result<()> {
    let _python = bus.python_server("python").await?;
    let transport = bus.connect_to(&[]).await?;
    let api = SampleApi::new(&transport);
    for value in values() {
        same(api.echo(&Context::request(), &value).await?, value)?;
    }
    let ctx = Context::new().with("project_id", "p\u{e9}");
    same(&api.context(&ctx).await?["project_id"], &json!("p\u{e9}"))?;
    let admin = AdminApi::new(&transport).whoami(&ctx).await?;
    same((admin.server.as_str(), admin.namespace.as_deref()), ("python", Some("admin")))
}

/// The same from Python to Rust and back.
pub async fn rust_answers_python(bus: &Bus) -> Result<()> {
    let _rust = bus.rust_server("rust").await?;
    let mut client = bus.python_client().await?;
    for value in values() {
        same(client.call(request("echo", json!({"value": value}), json!({}))).await??, value)?;
    }
    let context = request("context", json!({}), json!({"ctxt": {"project_id": "p\u{e9}"}}));
    same(&client.call(context).await??["project_id"], &json!("p\u{e9}"))?;
    let admin = request("whoami", json!({}), json!({"namespace": "admin", "version": "2.0"}));
    same(client.call(admin).await??, json!({"server": "rust", "namespace": "admin"}))
}

/// Clients of both languages have each of the servers, by the topic and by its name.
pub async fn servers_of_both_languages_serve_a_topic(bus: &Bus) -> Result<()> {
    let names = ["python@lvm", "rust"];
    let _python = bus.python_server(names[0]).await?;
    let _rust = bus.rust_server(names[1]).await?;
    let api = bus.client(&names).await?;
    let mut servers = BTreeSet::new();
    while servers.len() < names.len() {
        let is_new = servers.insert(api.whoami(&Context::new()).await?.server);
        // Who has found them by itself asks any of them.
        ensure!(is_new || !bus.routed, "they do not take turns: {servers:?}");
    }
    same(servers, BTreeSet::from(names.map(str::to_owned)))?;
    let mut client = bus.python_client().await?;
    for server in names {
        let one = api.with(CallOptions::new().server(server));
        let whoami = request("whoami", json!({}), json!({"server": server}));
        for _ in 0..3 {
            same(one.whoami(&Context::new()).await?.server, server)?;
            same(&client.call(whoami.clone()).await??["server"], &json!(server))?;
        }
    }
    Ok(())
}

/// More of them than the credit of any link.
pub async fn many_calls_at_once_have_each_their_own_answer(bus: &Bus) -> Result<()> {
    let _python = bus.python_server("python").await?;
    let api = bus.client(&[]).await?;
    let ctx = Context::request();
    let values: Vec<Value> = (0..500).map(Value::from).collect();
    let calls = values.iter().map(|value| api.echo(&ctx, value).into_future());
    let answers: Result<Vec<_>, _> = join_all(calls).await.into_iter().collect();
    same(answers?, values)
}
