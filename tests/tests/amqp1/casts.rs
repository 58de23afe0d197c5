//! Casts and fanouts.

use std::collections::BTreeMap;

use rpc_runtime::{CallOptions, Context};
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::run;
use rpc_tests::sample::{SampleApi, SampleFanoutApi};
use serde_json::json;

use super::{connect, python_client, python_server, request, rust_server};

in_both_modes!(a_cast_comes_to_the_other_language, a_fanout_comes_to_each_server_once);

async fn a_cast_comes_to_the_other_language(router: Router) {
    let mut python = python_server(&router.url(), "python").await;
    let mut rust = rust_server(&router.url(), "rust").await;
    let api = SampleApi::new(&connect(&router.url()).await);
    let mut client = python_client(&router.url()).await;
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
}

async fn a_fanout_comes_to_each_server_once(router: Router) {
    let mut python = python_server(&router.url(), "python").await;
    let mut other = python_server(&router.url(), "other").await;
    let mut rust = rust_server(&router.url(), "rust").await;
    SampleFanoutApi::new(&connect(&router.url()).await).note(&Context::request(), 1).await.unwrap();
    let mut client = python_client(&router.url()).await;
    client.cast(request("note", json!({"n": 2}), json!({"fanout": true}))).await.unwrap().unwrap();
    let mut seen = BTreeMap::<_, Vec<_>>::new();
    for _ in 0..2 {
        for note in [python.note().await.unwrap(), other.note().await.unwrap(), rust.note().await.unwrap()] {
            seen.entry(note.server).or_default().push(note.args["n"].clone());
        }
    }
    for (server, mut numbers) in seen {
        // Each server has several at once.
        numbers.sort_by_key(|n| n.as_u64());
        assert_eq!(numbers, [1, 2], "{server}");
    }
    assert_eq!(python.stop().await.unwrap(), []);
    assert_eq!(other.stop().await.unwrap(), []);
    assert_eq!(rust.stop().await.unwrap(), []);
}

/// As Python sends them: nobody says what becomes of them.
#[test]
fn casts_may_be_settled_when_they_are_sent() {
    run(async {
        let router = Router::start(Mode::Routable).await.unwrap();
        let mut python = python_server(&router.url(), "python").await;
        let mut rust = rust_server(&router.url(), "rust").await;
        let api = SampleApi::new(&connect(&format!("{}?pre_settled=rpc-cast", router.url())).await);
        for server in ["python", "rust"] {
            let api = api.with(CallOptions::new().server(server));
            for n in 0..300 {
                api.note(&Context::new(), n).await.unwrap();
            }
        }
        for _ in 0..300 {
            python.note().await.unwrap();
            rust.note().await.unwrap();
        }
    });
}
