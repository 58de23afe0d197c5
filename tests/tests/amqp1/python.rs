//! Python with Python: what the other tests stand on.

use rpc_tests::amqp1::Router;
use serde_json::json;

use super::{TEXT, python_client, python_server, request};

in_both_modes!(python_works_with_itself);

async fn python_works_with_itself(router: Router) {
    let mut first = python_server(&router.url(), "first").await;
    let mut second = python_server(&router.url(), "second").await;
    let mut client = python_client(&router.url()).await;
    let echo = client.call(request("echo", json!({"value": TEXT}), json!({}))).await.unwrap();
    assert_eq!(echo.unwrap(), TEXT);
    let whoami = client.call(request("whoami", json!({}), json!({"server": "second"}))).await.unwrap();
    assert_eq!(whoami.unwrap()["server"], "second");
    let raised = client.call(request("fail_builtin", json!({"message": "no"}), json!({}))).await.unwrap();
    assert_eq!(raised.unwrap_err().class, "ValueError");
    let cast = request("note", json!({"n": 1}), json!({"server": "first"}));
    client.cast(cast).await.unwrap().unwrap();
    assert_eq!(first.note().await.unwrap().args["n"], 1);
    client.cast(request("note", json!({"n": 2}), json!({"fanout": true}))).await.unwrap().unwrap();
    assert_eq!(first.note().await.unwrap().args["n"], 2);
    assert_eq!(second.note().await.unwrap().args["n"], 2);
    assert_eq!(first.stop().await.unwrap(), []);
    assert_eq!(second.stop().await.unwrap(), []);
    client.stop().await.unwrap();
}
