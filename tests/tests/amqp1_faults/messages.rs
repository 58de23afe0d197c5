//! Messages that are no requests.

use rpc_tests::{run, until};
use serde_json::{Value, json};

use super::{call, client, ledger, router, server};

#[test]
fn a_server_bears_what_is_no_request() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        let text = |body: Value| json!({"body": body.to_string()});
        let id = "0123456789abcdef0123456789abcdef";
        let messages = [
            json!({}),
            json!({"body": null}),
            json!({"body": ""}),
            json!({"body": "no JSON"}),
            json!({"body": 7}),
            json!({"body": [1, 2, "three"]}),
            json!({"body": {"request": {"method": "work"}}}),
            text(json!(null)),
            text(json!([])),
            text(json!({})),
            text(json!({"request": null, "context": {}})),
            text(json!({"request": "{", "context": {}})),
            text(json!({"request": {"args": {}}, "context": {}})),
            text(json!({"request": {"method": 7, "args": {}}, "context": {}})),
            text(json!({"request": {"method": "work", "args": []}, "context": {}})),
            json!({"body": "[".repeat(100_000)}),
            json!({"body": "{\"request\":".repeat(20_000)}),
            // That ask for a reply in ways that no client does.
            json!({"body": "no JSON", "id": id, "reply_to": "nowhere"}),
            json!({"body": "no JSON", "id": 7, "reply_to": ""}),
        ];
        for message in messages {
            assert_eq!(router.deliver("anycast", message).await.unwrap(), 1);
        }
        // By the other links of the server as well.
        for link in ["unicast", "multicast"] {
            assert_eq!(router.deliver(link, json!({"body": "no JSON"})).await.unwrap(), 1);
        }
        assert_eq!(call(&api, 0).await.unwrap(), 0);
        // All are over, and most of them are no requests at all; the others have no method that there is.
        until("it has read them all", async || {
            let counters = server.counters();
            Ok((counters.rejected > 10 && counters.taken == counters.rejected + counters.executed)
                .then_some(()))
        })
        .await
        .unwrap();
        assert_eq!(ledger.executions(0), 1);
        let links = router.links("").await.unwrap();
        assert_eq!(links.connections, 2, "{links:?}");
    });
}

/// Each holds as much as may be on its way, and no more.
#[test]
fn a_client_bears_what_is_no_reply() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        assert_eq!(call(&api, 0).await.unwrap(), 0);
        for n in 1..=500_u64 {
            let body = json!({"response": n}).to_string();
            let unknown = json!({"body": body, "correlation_id": format!("{n:032x}")});
            assert_eq!(router.deliver("temporary", unknown).await.unwrap(), 1);
            router.deliver("temporary", json!({"body": "no JSON", "correlation_id": n})).await.unwrap();
            router.deliver("temporary", json!({"body": {"failure": 1}})).await.unwrap();
        }
        for id in 1..10 {
            assert_eq!(call(&api, id).await.unwrap(), id);
        }
    });
}
