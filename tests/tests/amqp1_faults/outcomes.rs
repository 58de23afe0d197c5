//! Messages that are not accepted, or of which nobody says anything.

use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Reached, RpcError};
use rpc_tests::amqp1::{Mode, Outcome, Router};
use rpc_tests::run;

use super::{call, cast, client, executed, ledger, recovers, router, server, settled};

const REQUESTS: &str = "anycast";

/// What a message was not taken for may be sent again, until it is.
#[test]
fn a_cast_that_nobody_takes_is_sent_again() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&format!("{}?link_retry_delay=0.2", router.url())).await;
        for (id, outcome) in [(0, Outcome::Released), (1, Outcome::Modified)] {
            router.outcome_of_next(3, REQUESTS, outcome).await.unwrap();
            cast(&api, id).await.unwrap();
            executed(&ledger, [id]).await;
        }
    });
}

#[test]
fn a_cast_that_is_never_taken_is_given_up() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        // It would be sent again later than it may be.
        let api = client(&format!("{}?link_retry_delay=60", router.url())).await;
        router.outcome(REQUESTS, Outcome::Released).await.unwrap();
        let error = cast(&api, 0).await.unwrap_err();
        assert!(error.to_string().contains("not sent: nobody takes it: it was released"), "{error}");
        assert_eq!(ledger.executions(0), 0);
        router.heal().await.unwrap();
        cast(&api, 1).await.unwrap();
        executed(&ledger, [1]).await;
    });
}

/// Not by the server that is just leaving, but by nobody: somebody waits for it, who can do something else.
#[test]
fn a_call_that_nobody_takes_is_told_soon() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        for (n, outcome) in (0..).zip([Outcome::Released, Outcome::Undeliverable]) {
            router.outcome_of_next(1, REQUESTS, Outcome::Released).await.unwrap();
            assert_eq!(call(&api, n).await.unwrap(), n);
            router.outcome(REQUESTS, outcome).await.unwrap();
            let error = call(&api, n + 100).await.unwrap_err();
            assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error:?}");
            assert_eq!(ledger.executions(n + 100), 0);
            router.heal().await.unwrap();
        }
        assert_eq!(call(&api, 10).await.unwrap(), 10);
    });
}

#[test]
fn what_is_refused_is_not_sent_again() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        router.outcome_of_next(1, REQUESTS, Outcome::Rejected).await.unwrap();
        let error = cast(&api, 0).await.unwrap_err();
        assert!(error.to_string().contains("rejected"), "{error}");
        router.outcome_of_next(1, REQUESTS, Outcome::Rejected).await.unwrap();
        let error = call(&api, 1).await.unwrap_err();
        assert!(error.to_string().contains("rejected"), "{error}");
        assert_eq!(call(&api, 2).await.unwrap(), 2);
        assert_eq!((ledger.executions(0), ledger.executions(1)), (0, 0));
    });
}

/// Whoever has had it may have executed it.
#[test]
fn what_is_in_doubt_is_not_sent_again() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        router.outcome_of_next(1, REQUESTS, Outcome::Failed).await.unwrap();
        let error = cast(&api, 0).await.unwrap_err();
        assert!(error.reached() >= Reached::Sent, "{error:?}");
        router.outcome_of_next(1, REQUESTS, Outcome::Failed).await.unwrap();
        let error = call(&api, 1).await.unwrap_err();
        assert!(error.rpc().unwrap().reached() >= Reached::Sent, "{error:?}");
        assert_eq!(call(&api, 2).await.unwrap(), 2);
        assert_eq!((ledger.executions(0), ledger.executions(1)), (0, 0));
    });
}

/// How far something came whose time was over, if it was.
fn reached(error: Option<&RpcError>) -> Reached {
    match error {
        None => Reached::Answered,
        Some(RpcError::Timeout { reached, .. }) => *reached,
        Some(other) => panic!("{other:?}"),
    }
}

#[test]
fn silence_has_an_end() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&router.url(), &ledger).await;
        let mut seen = Vec::new();
        // In two seconds not all of it need have gone so far.
        for (id, seconds) in (0..).step_by(10).zip([2, 8, 32]) {
            let api = client(&format!("{}?default_send_timeout={seconds}", router.url())).await;
            // From here on the link is there, and the address for replies.
            recovers(&api, 1000 * (id + 1)..).await;
            let hasty = api.with(CallOptions::new().timeout(Duration::from_secs(seconds)));
            router.outcome(REQUESTS, Outcome::None).await.unwrap();
            let silent_cast = reached(cast(&api, id).await.err().as_ref());
            let silent_call = reached(call(&hasty, id + 1).await.err().as_ref().and_then(CallError::rpc));
            router.heal().await.unwrap();
            router.outcome_of_next(1, REQUESTS, Outcome::Accepted).await.unwrap();
            let accepted_call = reached(call(&hasty, id + 2).await.err().as_ref().and_then(CallError::rpc));
            router.heal().await.unwrap();
            let ends = (silent_cast, silent_call, accepted_call);
            if ends == (Reached::Sent, Reached::Sent, Reached::Confirmed) {
                assert_eq!(call(&api, id + 3).await.unwrap(), id + 3);
                return;
            }
            seen.push(ends);
        }
        panic!("{seen:?}");
    });
}

#[test]
fn who_has_no_credit_waits_and_holds_up_nobody() {
    run(async {
        let mut router = Router::start_with(Mode::Routable, &["--credit", "5"]).await.unwrap();
        let ledger = ledger();
        let _server = server(&router.url(), &ledger).await;
        let api = client(&router.url()).await;
        assert_eq!(call(&api, 0).await.unwrap(), 0);
        // It gives credit for what is settled.
        settled(&mut router, REQUESTS).await;
        router.withhold(REQUESTS).await.unwrap();
        for id in 1..=5 {
            assert_eq!(call(&api, id).await.unwrap(), id);
        }
        let hasty = api.with(CallOptions::new().timeout(Duration::from_secs(3)));
        let error = cast(&hasty, 6).await.unwrap_err();
        assert!(error.to_string().contains("credit"), "{error}");
        let waiting = super::start(&api, 7, 0.0);
        let at_server = api.with(CallOptions::new().server("a"));
        assert_eq!(call(&at_server, 8).await.unwrap(), 8);
        assert!(!waiting.is_finished());
        router.heal().await.unwrap();
        assert_eq!(super::ended(waiting).await.unwrap(), 7);
        assert_eq!(ledger.executions(6), 0);
    });
}

#[test]
fn a_reply_that_is_not_taken_is_sent_again() {
    run(async {
        let (mut router, ledger) = (router().await, ledger());
        let _server = server(&format!("{}?link_retry_delay=0.2", router.url()), &ledger).await;
        let api = client(&router.url()).await;
        router.outcome_of_next(2, "temporary", Outcome::Released).await.unwrap();
        assert_eq!(call(&api, 0).await.unwrap(), 0);
        assert_eq!(ledger.executions(0), 1);
        router.heal().await.unwrap();
        recovers(&api, 1..).await;
    });
}
