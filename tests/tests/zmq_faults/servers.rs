//! Servers that are killed, stopped and started again.

use rpc_runtime::{Reached, RpcError};
use rpc_tests::campaign::Id;
use rpc_tests::{run, until};

use super::{HELLO, Places, call, client, ended, executed, found, ledger, lost, nowhere, server, start, to};

#[test]
fn the_calls_of_a_killed_server_end_and_others_go_on() {
    run(async {
        let (places, of_a, of_b) = (Places::<2>::new(), ledger("a"), ledger("b"));
        let url = places.url();
        let a = server(&url, "a", 0.0, &of_a).await;
        let _b = server(&url, "b", 0.0, &of_b).await;
        let api = client(&url, &["a", "b"]).await;
        let at_a: Vec<_> = (0..10).map(|id| start(&to(&api, "a"), id, 600.0)).collect();
        let at_b = start(&to(&api, "b"), 100, 2.0);
        executed(&of_a, 0..10).await;
        executed(&of_b, [100]).await;
        a.kill().await.unwrap();
        for call in at_a {
            let text = lost(call).await;
            assert!(text.contains("the connection to the server was lost"), "{text}");
            // Not by the PINGs that are not answered.
            assert!(!text.contains("nothing was heard of the peer"), "{text}");
        }
        assert_eq!(ended(at_b).await.unwrap(), 100);

        let text = nowhere(&to(&api, "a"), 11).await;
        assert!(text.contains("the server a of openstack/work cannot be found"), "{text}");
        assert!(text.contains("refused"), "{text}");

        let _a = server(&url, "a", 0.0, &of_a).await;
        assert_eq!(found(&to(&api, "a"), 12).await.unwrap(), 12);
    });
}

#[test]
fn what_waits_for_room_at_a_killed_server_goes_to_another_one() {
    const CALLS: Id = 1000;
    run(async {
        let (places, of_a, of_b) = (Places::<2>::new(), ledger("a"), ledger("b"));
        let url = places.url();
        let a = server(&url, "a", 600.0, &of_a).await;
        let api = client(&url, &[]).await;
        // With the first one the server is found.
        let first = loop {
            let first = start(&api, 0, 0.0);
            let is_told = async || Ok((first.is_finished() || of_a.executions(0) == 1).then_some(()));
            until("it is executed, or finds nobody", is_told).await.unwrap();
            if of_a.executions(0) == 1 {
                break first;
            }
        };
        let others = (1..CALLS).map(|id| start(&api, id, 0.0));
        let calls: Vec<_> = std::iter::once(first).chain(others).collect();
        until("all workers are busy", async || {
            let executed = (0..CALLS).filter(|id| of_a.executions(*id) == 1).count();
            Ok((executed == rpc_tests::campaign::PROCESS_WORKERS).then_some(()))
        })
        .await
        .unwrap();
        let _b = server(&url, "b", 0.0, &of_b).await;
        assert_eq!(found(&to(&api, "b"), HELLO).await.unwrap(), HELLO);
        a.kill().await.unwrap();
        let mut succeeded = 0;
        for (id, call) in (0..).zip(calls) {
            match ended(call).await {
                Ok(_) => {
                    executed(&of_b, [id]).await;
                    assert_eq!(of_a.executions(id), 0, "{id}");
                    succeeded += 1;
                }
                Err(error) => {
                    let Some(rpc @ RpcError::Connection { .. }) = error.rpc() else { panic!("{error:?}") };
                    assert!(rpc.reached() >= Reached::Sent, "{error}");
                    assert_eq!(of_b.executions(id), 0, "{id}");
                }
            }
        }
        // The server takes as many as its prefetch is, and as many may be on their way to it.
        assert!(succeeded >= CALLS / 2, "{succeeded}");
    });
}

#[test]
fn the_calls_of_a_stopped_server_end_with_the_reason() {
    run(async {
        let (places, of_a, of_b) = (Places::<2>::new(), ledger("a"), ledger("b"));
        let url = places.url();
        let a = server(&url, "a", 0.0, &of_a).await;
        let _b = server(&url, "b", 0.0, &of_b).await;
        let api = client(&url, &["a", "b"]).await;
        let before = start(&to(&api, "a"), 0, 600.0);
        executed(&of_a, [0]).await;
        a.freeze().await.unwrap();
        let after = start(&to(&api, "a"), 1, 0.0);
        // Whoever does not ask for it has the other one.
        for id in 101..120 {
            assert_eq!(call(&api, id).await.unwrap(), id);
            executed(&of_b, [id]).await;
        }
        for call in [before, after] {
            let text = lost(call).await;
            assert!(text.contains("nothing was heard of the peer for"), "{text}");
        }
        a.thaw().unwrap();
        // One that is lost may be executed all the same.
        let mut ids = 2..;
        let again =
            until("it is found again", async || Ok(call(&to(&api, "a"), ids.next().unwrap()).await.ok()));
        executed(&of_a, [0, again.await.unwrap()]).await;
        assert!(of_a.executions(1) <= 1);
    });
}

#[test]
fn restarts_under_load_lose_what_was_sent_and_repeat_nothing() {
    const CALLS: Id = 3000;
    const AT_A_TIME: Id = 50;
    run(async {
        let (places, ledger) = (Places::<2>::new(), ledger("restarts"));
        let url = places.url();
        let b = server(&url, "b", 0.01, &ledger).await;
        let mut a = server(&url, "a", 0.01, &ledger).await;
        let api = client(&url, &["a", "b"]).await;
        let loads = (0..AT_A_TIME).map(|first| {
            let api = api.clone();
            tokio::spawn(async move {
                let mut outcomes = Vec::new();
                for id in (first..CALLS).step_by(usize::try_from(AT_A_TIME).unwrap()) {
                    outcomes.push((id, call(&api, id).await));
                }
                outcomes
            })
        });
        let loads: Vec<_> = loads.collect();
        for times in [1, 2, 3] {
            let so_many = usize::try_from(CALLS).unwrap() * times / 4;
            until("so many are executed", async || {
                Ok(((0..CALLS).filter(|id| ledger.executions(*id) > 0).count() >= so_many).then_some(()))
            })
            .await
            .unwrap();
            a.kill().await.unwrap();
            a = server(&url, "a", 0.01, &ledger).await;
        }
        let outcomes: Vec<_> = futures::future::join_all(loads).await;
        // All that they have said is in the ledger then.
        a.kill().await.unwrap();
        b.kill().await.unwrap();
        let mut lost = 0;
        for load in outcomes {
            for (id, outcome) in load.unwrap() {
                let executions = ledger.executions(id);
                match outcome {
                    Ok(_) => assert_eq!(executions, 1, "{id}"),
                    Err(error) => {
                        let Some(rpc @ RpcError::Connection { .. }) = error.rpc() else {
                            panic!("{id}: {error:?}")
                        };
                        let most = usize::from(rpc.reached() >= Reached::Sent);
                        assert!(executions <= most, "{id}: {executions}, {error}");
                        lost += 1;
                    }
                }
            }
        }
        assert!(lost <= 3 * AT_A_TIME, "{lost}");
    });
}
