//! A Python and a Rust server side by side on one topic.

use std::collections::BTreeSet;

use rpc_runtime::Context;
use rpc_tests::run;
use rpc_tests::sample::{SampleApi, SampleFanoutApi};
use serde_json::{Value, json};

use super::{connect, python_client, python_server, request, rust_server, vhost};

#[test]
fn they_serve_a_topic_in_turn() {
    run(async {
        let vhost = vhost("turns").await;
        let _python = python_server(&vhost, "python").await;
        let _rust = rust_server(&vhost, "rust").await;
        let both = BTreeSet::from(["python".to_owned(), "rust".to_owned()]);

        let api = SampleApi::new(&connect(&vhost).await);
        let mut servers = BTreeSet::new();
        for _ in 0..6 {
            servers.insert(api.whoami(&Context::new()).await.unwrap().server);
        }
        assert_eq!(servers, both, "called from Rust");

        let mut client = python_client(&vhost).await;
        let mut servers = BTreeSet::new();
        for _ in 0..6 {
            let answer = client.call(request("whoami", json!({}), json!({}))).await.unwrap().unwrap();
            servers.insert(answer["server"].as_str().unwrap().to_owned());
        }
        assert_eq!(servers, both, "called from Python");
    });
}

#[test]
fn a_fanout_reaches_each_of_them_once() {
    run(async {
        let vhost = vhost("fanout").await;
        let mut python = python_server(&vhost, "python").await;
        let mut rust = rust_server(&vhost, "rust").await;
        let transport = connect(&vhost).await;
        let mut client = python_client(&vhost).await;

        SampleFanoutApi::new(&transport).note(&Context::request(), 1).await.unwrap();
        let cast = request("note", json!({"n": 2}), json!({"fanout": true}));
        client.cast(cast).await.unwrap().unwrap();
        let mut seen = Vec::new();
        for _ in 0..2 {
            seen.push(python.note().await.unwrap());
            seen.push(rust.note().await.unwrap());
        }
        // Queues keep the order, so what one fanout left twice would come before this.
        SampleFanoutApi::new(&transport).note(&Context::new(), 3).await.unwrap();
        seen.push(python.note().await.unwrap());
        seen.push(rust.note().await.unwrap());

        for server in ["python", "rust"] {
            let notes = seen.iter().filter(|note| note.server == server);
            let numbers: Vec<_> = notes.map(|note| note.args["n"].clone()).collect();
            assert_eq!(numbers, [1, 2, 3].map(Value::from), "{server}");
        }
        assert_eq!(python.stop().await.unwrap(), []);
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}

#[test]
fn what_comes_while_one_of_them_is_gone_goes_to_the_other() {
    run(async {
        let vhost = vhost("gone").await;
        let python = python_server(&vhost, "python").await;
        let mut rust = rust_server(&vhost, "rust").await;
        let api = SampleApi::new(&connect(&vhost).await);

        assert_eq!(python.stop().await.unwrap(), []);
        for n in 0..4 {
            api.note(&Context::new(), n).await.unwrap();
            assert_eq!(rust.note().await.unwrap().args["n"], n);
        }
        // With both gone it waits in the queue, whoever declared that.
        assert_eq!(rust.stop().await.unwrap(), []);
        api.note(&Context::new(), 4).await.unwrap();
        let mut next = rust_server(&vhost, "next").await;
        assert_eq!(next.note().await.unwrap().args["n"], 4);
    });
}
