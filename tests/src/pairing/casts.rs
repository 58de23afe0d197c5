//! Casts and fanouts.

use std::collections::BTreeMap;

use anyhow::Result;
use rpc_runtime::{CallOptions, Context};
use serde_json::json;

use super::Bus;
use super::values::same;
use crate::sample::{SampleFanoutApi, request};

/// With its arguments and its context, in both directions.
pub async fn a_cast_comes_to_the_other_language(bus: &Bus) -> Result<()> {
    let mut python = bus.python_server("python").await?;
    let mut rust = bus.rust_server("rust").await?;
    let to_python = bus.client(&["python"]).await?.with(CallOptions::new().server("python"));
    let mut client = bus.python_client().await?;
    for n in 0..5 {
        to_python.note(&Context::new().with("n\u{e9}", n), n).await?;
        let cast = request("note", json!({"n": n}), json!({"server": "rust", "ctxt": {"n\u{e9}": n}}));
        client.cast(cast).await??;
    }
    // Each server has several at once.
    let (mut by_python, mut by_rust) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        by_python.push(python.note().await?);
        by_rust.push(rust.note().await?);
    }
    for mut notes in [by_python, by_rust] {
        notes.sort_by_key(|note| note.args["n"].as_u64());
        for (n, note) in notes.iter().enumerate() {
            same((&note.args["n"], &note.ctxt["n\u{e9}"]), (&json!(n), &json!(n)))?;
        }
    }
    same(python.stop().await?, [])?;
    same(rust.stop().await?, [])
}

/// Those of clients in both languages, to servers in both.
pub async fn a_fanout_comes_to_each_server_once(bus: &Bus) -> Result<()> {
    let names = ["other", "python", "rust"];
    let mut other = bus.python_server(names[0]).await?;
    let mut python = bus.python_server(names[1]).await?;
    let mut rust = bus.rust_server(names[2]).await?;
    // Who is not found in time does not have it.
    let transport = bus.connect_to(&names).await?;
    SampleFanoutApi::new(&transport).note(&Context::request(), 1).await?;
    let mut client = bus.python_client().await?;
    client.cast(request("note", json!({"n": 2}), json!({"fanout": true}))).await??;
    let mut seen = BTreeMap::<_, Vec<_>>::new();
    for _ in 0..2 {
        for note in [other.note().await?, python.note().await?, rust.note().await?] {
            seen.entry(note.server).or_default().push(note.args["n"].as_u64());
        }
    }
    // Each server has several at once, which may come by two connections.
    seen.values_mut().for_each(|numbers| numbers.sort_unstable());
    same(seen, BTreeMap::from(names.map(|name| (name.to_owned(), vec![Some(1_u64), Some(2)]))))?;
    // What comes twice has come once before a server stops.
    same(other.stop().await?, [])?;
    same(python.stop().await?, [])?;
    same(rust.stop().await?, [])
}
