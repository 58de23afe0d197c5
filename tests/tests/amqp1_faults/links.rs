//! Sessions that are ended and links that are detached, as peers do that do not like one address.

use rpc_runtime::{Context, RpcError};
use rpc_tests::sample::{RustServer, SampleFanoutApi};
use rpc_tests::{run, until};

use super::{call, client, ended, executed, ledger, lost, recovers, router, server, settled, start};

/// By which requests come; the server and the client have each one of it.
const REQUESTS: &str = "anycast";
/// By which replies do.
const REPLIES: &str = "temporary";

#[test]
fn a_link_of_requests_is_attached_again() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        for (id, ends_session) in [(0, false), (100, true)] {
            let running = start(&api, id, 3.0);
            executed(&ledger, [id]).await;
            settled(&mut router, REQUESTS).await;
            let ended_there = match ends_session {
                false => router.detach(REQUESTS, "amqp:link:detach-forced").await.unwrap(),
                true => router.end_sessions(REQUESTS, "amqp:internal-error").await.unwrap(),
            };
            assert_eq!(ended_there, 2, "the client's and the server's");
            recovers(&api, id + 1..).await;
            // Its reply has a link of its own.
            assert_eq!(ended(running).await.unwrap(), id);
            assert_eq!(ledger.executions(id), 1);
        }
        assert_eq!(router.links("").await.unwrap().connections, 2);
    });
}

#[test]
fn a_lost_link_of_replies_ends_the_calls_that_wait_there() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        for (id, ends_session) in [(0, false), (100, true)] {
            let running = start(&api, id, 600.0);
            executed(&ledger, [id]).await;
            match ends_session {
                false => router.detach(REPLIES, "amqp:link:detach-forced").await.unwrap(),
                true => router.end_sessions(REPLIES, "amqp:internal-error").await.unwrap(),
            };
            let text = lost(running).await;
            let condition = if ends_session { "amqp:internal-error" } else { "amqp:link:detach-forced" };
            assert!(text.contains(condition), "{text}");
            recovers(&api, id + 1..).await;
        }
    });
}

#[test]
fn a_lost_link_of_fanouts_is_attached_again() {
    run(async {
        let mut router = router().await;
        let transport = rpc_runtime::Transport::connect(&router.url()).await.unwrap();
        let mut server = RustServer::start(&transport, "rust").await.unwrap();
        let api = SampleFanoutApi::new(&transport);
        for ends_session in [false, true] {
            match ends_session {
                false => router.detach("multicast", "amqp:link:detach-forced").await.unwrap(),
                true => router.end_sessions("multicast", "amqp:internal-error").await.unwrap(),
            };
            until("it is attached again", async || {
                Ok((router.links("multicast").await?.consumers == 1).then_some(()))
            })
            .await
            .unwrap();
            api.note(&Context::new(), 1).await.unwrap();
            assert_eq!(server.note().await.unwrap().args["n"], 1);
        }
    });
}

#[test]
fn an_address_that_is_refused_is_told_with_the_reason() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        for (n, condition) in (0..).zip(["amqp:not-found", "amqp:unauthorized-access"]) {
            // One that has no link yet: of one that is detached, a call may be under way by it.
            let api = client(&router.url()).await;
            router.refuse(REQUESTS, condition).await.unwrap();
            let error = call(&api, n).await.unwrap_err();
            let fitting = match condition {
                "amqp:not-found" => matches!(error.rpc(), Some(RpcError::Undeliverable { .. })),
                _ => matches!(error.rpc(), Some(RpcError::Connection { .. })),
            };
            assert!(fitting && error.to_string().contains(condition), "{error:?}");
            router.heal().await.unwrap();
            recovers(&api, 10 * (n + 1)..).await;
        }
    });
}
