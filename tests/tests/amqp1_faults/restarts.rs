//! Routers that are killed, stopped, shut down and started again.

use std::time::Duration;

use rpc_runtime::{CallOptions, ConnectionStatus, FailureKind, Reached, RpcError, Transport};
use rpc_tests::campaign::{Id, WorkApi};
use rpc_tests::run;

use super::{call, client, ended, executed, ledger, lost, recovers, router, server, start};

#[test]
fn a_killed_router_ends_its_calls_and_is_found_again() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        for id in [0, 100] {
            let killed = start(&api, id, 600.0);
            executed(&ledger, [id]).await;
            router.kill().await.unwrap();
            let text = lost(killed).await;
            // Not by its silence.
            assert!(!text.contains("idle_timeout"), "{text}");
            router.restart().await.unwrap();
            recovers(&api, id + 1..).await;
            assert_eq!(ledger.executions(id), 1);
        }
    });
}

/// What is asked meanwhile waits for it, and is executed once.
#[test]
fn a_call_waits_for_a_router_that_comes_back() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let transport = Transport::connect(&router.url()).await.unwrap();
        let api = WorkApi::new(&transport).with(CallOptions::new().timeout(Duration::from_secs(600)));
        assert_eq!(call(&api, 0).await.unwrap(), 0);
        router.kill().await.unwrap();
        let refused = |status: &ConnectionStatus| {
            let ConnectionStatus::Reconnecting { last, .. } = status else { return false };
            last.kind == FailureKind::ConnectionRefused
        };
        transport.watch().wait_for(|status| refused(status.overall())).await.unwrap();
        let error = call(&api.with(CallOptions::new().timeout(Duration::from_secs(2))), 1).await.unwrap_err();
        let text = error.to_string();
        let Some(RpcError::Timeout { reached, .. }) = error.rpc() else { panic!("{error:?}") };
        assert!(*reached == Reached::NotSent && text.contains("refused"), "{text}");
        let waiting = start(&api, 2, 0.0);
        router.restart().await.unwrap();
        // The server may come back after the client, when nobody is there yet.
        match ended(waiting).await {
            Ok(answer) => assert_eq!(answer, 2),
            Err(error) => assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error:?}"),
        }
        recovers(&api, 3..).await;
        assert_eq!(ledger.executions(1), 0);
    });
}

#[test]
fn a_frozen_router_is_missed() {
    run(async {
        let (router, ledger) = (router().await, ledger());
        let url = format!("{}?idle_timeout=10", router.url());
        let _server = server(&url, &ledger).await;
        let api = client(&url).await;
        let frozen = start(&api, 0, 600.0);
        executed(&ledger, [0]).await;
        router.freeze().unwrap();
        let text = lost(frozen).await;
        assert!(text.contains("nothing was heard") && text.contains("(idle_timeout)"), "{text}");
        router.thaw().unwrap();
        recovers(&api, 1..).await;
        assert_eq!(ledger.executions(0), 1);
    });
}

/// Which says why.
#[test]
fn a_router_that_is_shut_down_is_tried_again() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        let mut said = Vec::new();
        // Its sessions end first, and what it says of the connection may come later than anybody waits for it.
        for id in [0, 100, 200] {
            let running = start(&api, id, 600.0);
            executed(&ledger, [id]).await;
            assert!(router.close_connections("amqp:connection:forced").await.unwrap() >= 2);
            let text = lost(running).await;
            recovers(&api, id + 1..).await;
            if text.contains("amqp:connection:forced") {
                return;
            }
            said.push(text);
        }
        panic!("{said:#?}");
    });
}

#[test]
fn another_router_is_tried() {
    run(async {
        let (mut first, mut second, ledger) = (router().await, router().await, ledger());
        let url = format!("amqp1://127.0.0.1:{},127.0.0.1:{}/", first.port(), second.port());
        first.kill().await.unwrap();
        let _server = server(&url, &ledger).await;
        let api = client(&url).await;
        assert_eq!(call(&api, 0).await.unwrap(), 0);
        first.restart().await.unwrap();
        second.kill().await.unwrap();
        recovers(&api, 1..).await;
    });
}

#[test]
fn restarts_under_load_repeat_nothing() {
    const CALLS: Id = 1500;
    const AT_A_TIME: Id = 30;
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        let loads = (0..AT_A_TIME).map(|first| {
            let api = api.clone();
            tokio::spawn(async move {
                let mut outcomes = Vec::new();
                for id in (first..CALLS).step_by(usize::try_from(AT_A_TIME).unwrap()) {
                    // A failure tells within no time, and so would all of them while there is no router.
                    let outcome = ended(start(&api, id, 0.01)).await;
                    if outcome.is_err() {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                    outcomes.push((id, outcome));
                }
                outcomes
            })
        });
        let loads: Vec<_> = loads.collect();
        for times in [1, 2] {
            let so_many = usize::try_from(CALLS).unwrap() * times / 4;
            rpc_tests::until("so many are executed", async || {
                Ok(((0..CALLS).filter(|id| ledger.executions(*id) > 0).count() >= so_many).then_some(()))
            })
            .await
            .unwrap();
            router.kill().await.unwrap();
            router.restart().await.unwrap();
        }
        let mut answered = 0;
        for load in loads {
            for (id, outcome) in load.await.unwrap() {
                let executions = ledger.executions(id);
                match outcome {
                    Ok(_) => {
                        assert_eq!(executions, 1, "{id}");
                        answered += 1;
                    }
                    Err(error) => {
                        let rpc = error.rpc().unwrap();
                        let fitting =
                            matches!(rpc, RpcError::Connection { .. } | RpcError::Undeliverable { .. });
                        assert!(fitting, "{id}: {error:?}");
                        assert!(executions <= usize::from(rpc.reached() >= Reached::Sent), "{id}: {error}");
                    }
                }
            }
        }
        assert!(answered > CALLS / 4, "{answered}");
    });
}
