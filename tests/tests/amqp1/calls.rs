//! Calls, of a topic and of one of its servers.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use rpc_runtime::{CallOptions, Context};
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::run;
use rpc_tests::sample::{AdminApi, SampleApi};
use serde_json::{Value, json};

use super::{connect, python_client, python_server, request, rust_server, values};

in_both_modes!(python_answers_rust, rust_answers_python, servers_of_both_languages_serve_a_topic);

async fn python_answers_rust(router: Router) {
    let _python = python_server(&router.url(), "python").await;
    let transport = connect(&router.url()).await;
    let api = SampleApi::new(&transport);
    for value in values() {
        assert_eq!(api.echo(&Context::request(), &value).await.unwrap(), value);
    }
    let ctx = Context::new().with("project_id", "p\u{e9}");
    assert_eq!(api.context(&ctx).await.unwrap()["project_id"], "p\u{e9}");
    let admin = AdminApi::new(&transport).whoami(&ctx).await.unwrap();
    assert_eq!((admin.server.as_str(), admin.namespace.as_deref()), ("python", Some("admin")));
}

async fn rust_answers_python(router: Router) {
    let _rust = rust_server(&router.url(), "rust").await;
    let mut client = python_client(&router.url()).await;
    for value in values() {
        let answer = client.call(request("echo", json!({"value": value}), json!({}))).await.unwrap();
        assert_eq!(answer.unwrap(), value);
    }
    let ctxt = json!({"project_id": "p\u{e9}"});
    let answer = client.call(request("context", json!({}), json!({"ctxt": ctxt}))).await.unwrap();
    assert_eq!(answer.unwrap()["project_id"], "p\u{e9}");
    let admin = request("whoami", json!({}), json!({"namespace": "admin", "version": "2.0"}));
    assert_eq!(client.call(admin).await.unwrap().unwrap(), json!({"server": "rust", "namespace": "admin"}));
}

async fn servers_of_both_languages_serve_a_topic(router: Router) {
    let _python = python_server(&router.url(), "python@lvm").await;
    let _rust = rust_server(&router.url(), "rust").await;
    let both = BTreeSet::from(["python@lvm".to_owned(), "rust".to_owned()]);
    let api = SampleApi::new(&connect(&router.url()).await);
    let mut servers = BTreeSet::new();
    for _ in 0..2 {
        servers.insert(api.whoami(&Context::new()).await.unwrap().server);
    }
    assert_eq!(servers, both, "they take turns");
    let mut client = python_client(&router.url()).await;
    for server in &both {
        for _ in 0..3 {
            let one = api.with(CallOptions::new().server(server));
            assert_eq!(one.whoami(&Context::new()).await.unwrap().server, *server);
            let whoami = request("whoami", json!({}), json!({"server": server}));
            assert_eq!(client.call(whoami).await.unwrap().unwrap()["server"], **server);
        }
    }
}

#[test]
fn many_calls_at_once_have_each_their_own_answer() {
    run(async {
        let router = Router::start(Mode::Routable).await.unwrap();
        let _python = python_server(&router.url(), "python").await;
        let api = SampleApi::new(&connect(&router.url()).await);
        let ctx = Context::request();
        // More than the credit of any link.
        let values: Vec<Value> = (0..500).map(Value::from).collect();
        let calls = values.iter().map(|value| api.echo(&ctx, value).into_future());
        let answers: Result<Vec<_>, _> = join_all(calls).await.into_iter().collect();
        assert_eq!(answers.unwrap(), values);
    });
}

#[test]
fn a_monitored_call_outlives_its_monitor() {
    run(async {
        let router = Router::start(Mode::Legacy).await.unwrap();
        let python = python_server(&router.url(), "python").await;
        // Signs of life come twice as often, and on a busy machine one may be as late as the shorter monitor.
        let monitors = [(5, 8), (20, 30)];
        let api = SampleApi::new(&connect(&router.url()).await);
        api.whoami(&Context::new()).await.unwrap();
        let mut slow = Vec::new();
        for (monitor, seconds) in monitors {
            let options = CallOptions::new().timeout(Duration::from_secs(100));
            let api = api.with(options.monitor(Duration::from_secs(monitor)));
            let wanted = f64::from(seconds);
            let answer = api.slow(&Context::new(), wanted).await;
            slow.push(answer.map(|slow| (slow - wanted).abs() < f64::EPSILON));
            if let Some(Ok(true)) = slow.last() {
                break;
            }
        }
        assert!(matches!(slow.last(), Some(Ok(true))), "{slow:?}");
        python.stop().await.unwrap();

        let _rust = rust_server(&router.url(), "rust").await;
        let mut client = python_client(&router.url()).await;
        client.call(request("whoami", json!({}), json!({}))).await.unwrap().unwrap();
        let mut slow = Vec::new();
        for (monitor, seconds) in monitors {
            let monitored = json!({"timeout": 100, "call_monitor_timeout": monitor});
            let answer = client.call(request("slow", json!({"seconds": seconds}), monitored)).await.unwrap();
            slow.push(answer.map(|slow| slow == f64::from(seconds)));
            if let Some(Ok(true)) = slow.last() {
                break;
            }
        }
        assert!(matches!(slow.last(), Some(Ok(true))), "{slow:?}");
    });
}
