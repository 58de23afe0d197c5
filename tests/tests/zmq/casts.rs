//! Casts and fanouts.

use std::collections::BTreeMap;

use rpc_runtime::{CallOptions, Context};
use rpc_tests::run;
use rpc_tests::sample::{SampleApi, SampleFanoutApi};
use serde_json::json;

use super::{client, connect, find, python_client, python_server, redis, request, rust_server};

#[test]
fn a_cast_comes_to_the_other_language() {
    run(async {
        let redis = redis().await;
        let mut python = python_server(&redis, "python").await;
        let mut rust = rust_server(&redis, "rust").await;
        let api = client(&redis, &["python"]).await;
        let mut client = python_client(&redis).await;
        let to_python = api.with(CallOptions::new().server("python"));
        for n in 0..5 {
            to_python.note(&Context::new().with("n\u{e9}", n), n).await.unwrap();
            let cast = request("note", json!({"n": n}), json!({"server": "rust", "ctxt": {"n\u{e9}": n}}));
            client.cast(cast).await.unwrap().unwrap();
        }
        // Each server has several at once.
        let (mut by_python, mut by_rust) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            by_python.push(python.note().await.unwrap());
            by_rust.push(rust.note().await.unwrap());
        }
        for mut notes in [by_python, by_rust] {
            notes.sort_by_key(|note| note.args["n"].as_u64());
            for (n, note) in notes.iter().enumerate() {
                assert_eq!((&note.args["n"], &note.ctxt["n\u{e9}"]), (&json!(n), &json!(n)));
            }
        }
        assert_eq!(python.stop().await.unwrap(), []);
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}

#[test]
fn a_fanout_comes_to_each_server_once() {
    run(async {
        let redis = redis().await;
        let mut python = python_server(&redis, "python").await;
        let mut other = python_server(&redis, "other").await;
        let mut rust = rust_server(&redis, "rust").await;
        let transport = connect(&redis).await;
        // Who is not found in time does not have it.
        find(&SampleApi::new(&transport), &["python", "other", "rust"]).await;
        SampleFanoutApi::new(&transport).note(&Context::request(), 1).await.unwrap();
        let mut client = python_client(&redis).await;
        client.cast(request("note", json!({"n": 2}), json!({"fanout": true}))).await.unwrap().unwrap();
        let mut seen = BTreeMap::<_, Vec<_>>::new();
        for _ in 0..2 {
            for note in
                [python.note().await.unwrap(), other.note().await.unwrap(), rust.note().await.unwrap()]
            {
                seen.entry(note.server).or_default().push(note.args["n"].clone());
            }
        }
        for (server, mut numbers) in seen {
            // They come by two connections.
            numbers.sort_by_key(|n| n.as_u64());
            assert_eq!(numbers, [1, 2], "{server}");
        }
        // What comes twice has come once before a server stops.
        assert_eq!(python.stop().await.unwrap(), []);
        assert_eq!(other.stop().await.unwrap(), []);
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}
