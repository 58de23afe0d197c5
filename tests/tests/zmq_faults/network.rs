//! Connections that are cut and frozen between processes that are well.

use std::time::Duration;

use rpc_runtime::CallOptions;
use rpc_tests::campaign::Id;
use rpc_tests::proxy::{Direction, End, Flow, Proxy};
use rpc_tests::run;

use super::{Places, client, ended, executed, found, ledger, lost, nowhere, server, start};

#[test]
fn a_cut_connection_ends_its_calls_and_is_made_again() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("cut"));
        let _server = server(&places.url(), "a", 0.0, &ledger).await;
        let [port] = places.0.ports();
        let proxy = Proxy::start(port).await.unwrap();
        let api = client(&proxy.through(&places.url()), &["a"]).await;
        for (id, end) in (0..).step_by(10).zip([End::Reset, End::Close]) {
            let cut = start(&api, id, 600.0);
            executed(&ledger, [id]).await;
            proxy.end_connections(end);
            let text = lost(cut).await;
            assert!(text.contains("the connection to the server was lost"), "{text}");
            assert_eq!(found(&api, id + 1).await.unwrap(), id + 1);
            executed(&ledger, [id, id + 1]).await;
        }
        assert_eq!(proxy.accepted(), 3);
    });
}

#[test]
fn a_forgotten_connection_is_missed() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("forgotten"));
        let _server = server(&places.url(), "a", 0.0, &ledger).await;
        let [port] = places.0.ports();
        let proxy = Proxy::start(port).await.unwrap();
        let api = client(&proxy.through(&places.url()), &["a"]).await;
        let before = start(&api, 0, 600.0);
        executed(&ledger, [0]).await;
        proxy.forget_connections();
        let after = start(&api, 1, 0.0);
        for call in [before, after] {
            let text = lost(call).await;
            assert!(text.contains("nothing was heard of the peer for"), "{text}");
        }
        assert_eq!(found(&api, 2).await.unwrap(), 2);
        executed(&ledger, [0, 2]).await;
        assert_eq!(ledger.executions(1), 0);
    });
}

/// The request is executed, its reply is lost, and so is the word that it was taken: it is not sent again.
#[test]
fn a_request_whose_reply_is_lost_is_executed_once() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("swallowed"));
        let _server = server(&places.url(), "a", 0.0, &ledger).await;
        let [port] = places.0.ports();
        let proxy = Proxy::start(port).await.unwrap();
        let api = client(&proxy.through(&places.url()), &["a"]).await;
        proxy.set(Direction::ToClient, Flow::Swallow);
        let swallowed = start(&api, 1, 0.0);
        executed(&ledger, [1]).await;
        lost(swallowed).await;
        proxy.resume();
        assert_eq!(found(&api, 2).await.unwrap(), 2);
        assert_eq!(ledger.executions(1), 1);
    });
}

#[test]
fn what_is_held_up_for_a_while_is_not_lost() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("held"));
        let _server = server(&places.url(), "a", 0.0, &ledger).await;
        let [port] = places.0.ports();
        let proxy = Proxy::start(port).await.unwrap();
        let api = client(&proxy.through(&places.url()), &["a"]).await;
        proxy.set(Direction::ToClient, Flow::Hold);
        let calls: Vec<_> = (0..500).map(|id| start(&api, id, 0.0)).collect();
        // Those that go out before anything is heard of them.
        executed(&ledger, 0..50).await;
        assert!(!calls.iter().any(tokio::task::JoinHandle::is_finished));
        proxy.resume();
        for (id, call) in (0..).zip(calls) {
            assert_eq!(ended(call).await.unwrap(), id);
        }
        executed(&ledger, 0..500).await;
        assert_eq!(proxy.accepted(), 1);
    });
}

/// A port from which the kernel may connect, too: so often tried, it connects to itself, and no server could have it.
#[test]
fn a_place_where_nobody_listens_is_not_taken_for_a_server() {
    // Even ones come first, and they are all tried within so many attempts.
    const PORT: u16 = 40_000;
    const ATTEMPTS: Id = 15_000;
    run(async {
        let host = format!("127.77.{}.{}", std::process::id() >> 8 & 0xff, std::process::id() & 0xff);
        let url = format!("zmq://{host}:{PORT}/");
        let api = client(&url, &[]).await;
        for id in 0..ATTEMPTS {
            let text = nowhere(&api, id).await;
            assert!(text.contains("Connection refused"), "{id}: {text}");
        }
        let ledger = ledger("itself");
        let _server = server(&url, "a", 0.0, &ledger).await;
        assert_eq!(found(&api, ATTEMPTS).await.unwrap(), ATTEMPTS);
    });
}

/// Nobody would ask for it.
#[test]
fn what_a_url_has_for_a_broker_is_refused() {
    run(async {
        for (url, said) in [
            ("zmq://nova:secret@127.0.0.1:9501/", "nobody asks for a user and password"),
            ("zmq://127.0.0.1:9501,nova:secret@127.0.0.1:9502/", "nobody asks for a user and password"),
            ("zmq://127.0.0.1:9501/prod", "the virtual host \"prod\""),
        ] {
            let error = rpc_runtime::Transport::connect(url).await.unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("secret"), "{error}");
        }
    });
}

#[test]
fn a_timeout_speaks_of_no_broker() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("slow"));
        let _server = server(&places.url(), "a", 0.0, &ledger).await;
        let api = client(&places.url(), &["a"]).await;
        let mut said = Vec::new();
        // In one second the server need not have it yet.
        for (id, seconds) in (0..).zip([1, 4, 16]) {
            let hasty = api.with(CallOptions::new().timeout(Duration::from_secs(seconds)));
            let text = ended(start(&hasty, id, 600.0)).await.unwrap_err().to_string();
            if text.contains("a server has the request, no reply came") {
                return;
            }
            said.push(text);
        }
        panic!("{said:#?}");
    });
}
