//! Servers: what they bear and finish, and what becomes of their callers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::join_all;
use rpc_runtime::{CallOptions, Context, RpcError, Server, Target};
use rpc_tests::limits::PATIENCE;
use rpc_tests::shop::{Counter, ShopApi};

use super::bus::Bus;
use super::shop::{Clerk, customer, shop, until, who_is_found};

everywhere!(
    panics_and_unencodable_results_are_failures,
    a_shutdown_finishes_what_runs_and_another_server_goes_on,
    a_shutdown_has_a_deadline_and_the_callers_are_told,
    a_shutdown_leaves_no_cast_behind,
    nothing_is_lost_when_servers_come_and_go,
    a_server_that_is_full_takes_the_rest_later,
    a_closed_transport_says_so_and_ends_its_calls,
    a_server_that_casts_to_itself_does_not_wait_for_itself,
    servers_of_one_process_are_called_apart_and_end_together,
);

async fn panics_and_unencodable_results_are_failures(bus: Bus) {
    let (api, _clerks) = shop(&bus, &["a"]).await;
    let remote = |error: &RpcError| match error {
        RpcError::Remote(remote) => (**remote).clone(),
        other => panic!("{other}"),
    };
    let error = remote(api.panics(&Context::new()).await.unwrap_err().rpc().unwrap());
    // What it said may be secret.
    assert_eq!((error.class.as_str(), error.message.as_str()), ("RuntimeError", "panics() panicked"));
    let error = remote(api.unencodable(&Context::new()).await.unwrap_err().rpc().unwrap());
    assert_eq!(error.class, "ValueError");
    assert!(error.message.starts_with("the result cannot be encoded"), "{}", error.message);
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}

async fn a_shutdown_finishes_what_runs_and_another_server_goes_on(bus: Bus) {
    let (api, mut clerks) = shop(&bus, &["a", "b"]).await;
    let at_a = api.with(CallOptions::new().server("a"));
    let running = tokio::spawn(at_a.queue_up(&Context::new()).into_future());
    let Clerk { counter, server, transport: _transport } = clerks.remove(0);
    until("it is executed", || counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    let stopping = tokio::spawn(server.shutdown(PATIENCE));
    // Whether it has begun to stop by now or not: each is executed by one of them.
    for _ in 0..20 {
        api.whoami(&Context::new()).await.unwrap();
    }
    counter.queue.through.add_permits(1);
    stopping.await.unwrap().unwrap();
    running.await.unwrap().unwrap();
    for _ in 0..5 {
        assert_eq!(api.whoami(&Context::new()).await.unwrap(), "b");
    }
}

async fn a_shutdown_has_a_deadline_and_the_callers_are_told(bus: Bus) {
    let (api, mut clerks) = shop(&bus, &["a"]).await;
    let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
    let Clerk { counter, server, transport: _transport } = clerks.remove(0);
    until("it is executed", || counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    let error = server.shutdown(Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.cut_off, 1);
    let error = running.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the server was stopped before queue_up() finished"), "{error}");
}

/// What was confirmed is executed, and what failed was not executed twice.
async fn nothing_is_lost_when_servers_come_and_go(bus: Bus) {
    let (api, mut clerks) = shop(&bus, &["a"]).await;
    let mut counters = vec![clerks[0].counter.clone()];
    let mut bought = 0;
    for name in ["b", "c", "d"] {
        let next = Clerk::start(&bus, name).await;
        counters.push(next.counter.clone());
        let Clerk { server, transport, .. } = clerks.remove(0);
        clerks.push(next);
        let casts = join_all((0..100).map(|_| api.buy(&Context::new(), "pear").into_future()));
        let stopping = async {
            server.shutdown(PATIENCE).await.unwrap();
            transport.close(PATIENCE).await;
        };
        let (outcomes, ()) = tokio::join!(casts, stopping);
        for outcome in outcomes {
            outcome.unwrap();
            bought += 1;
        }
    }
    assert_eq!(bought, 300);
}

async fn a_server_that_is_full_takes_the_rest_later(bus: Bus) {
    let target = Target::new("shop").with_server("a");
    let clerk = Clerk::start_with(&bus, target, |builder| builder.workers(2).prefetch(2)).await;
    let api = customer(&bus).await;
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(api.queue_up(&Context::new()).into_future())).collect();
    until("both workers are busy", || clerk.counter.queue.waiting.load(Ordering::SeqCst) == 2).await;
    clerk.counter.queue.through.add_permits(20);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(clerk.counter.queue.longest.load(Ordering::SeqCst), 2);
}

async fn a_closed_transport_says_so_and_ends_its_calls(bus: Bus) {
    let (_, clerks) = shop(&bus, &["a"]).await;
    let transport = bus.connect().await;
    let api = ShopApi::new(&transport);
    assert_eq!(who_is_found(&api).await, "a");
    let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
    until("it is executed", || clerks[0].counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    transport.close(Duration::from_secs(1)).await;
    let error = running.await.unwrap().unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Connection { .. })), "{error}");
    let error = api.whoami(&Context::new()).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Connection { .. })), "{error}");
    assert!(error.to_string().contains("closed"), "{error}");
    clerks[0].counter.queue.through.add_permits(1);
}

/// As a service does that gives itself work for later.
async fn a_server_that_casts_to_itself_does_not_wait_for_itself(bus: Bus) {
    let target = Target::new("shop").with_server("a");
    let clerk = Clerk::start_with(&bus, target, |builder| builder.workers(1)).await;
    let api = ShopApi::new(&clerk.transport);
    assert_eq!(who_is_found(&api).await, "a");
    let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
    until("the only worker is busy", || clerk.counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    api.stack(&Context::new(), "a", 1_usize).await.unwrap();
    clerk.counter.queue.through.add_permits(1);
    running.await.unwrap().unwrap();
    until("it came to it", || clerk.counter.stacked.load(Ordering::SeqCst) == 1).await;
}

/// What was taken and not begun when the server is to stop.
async fn a_shutdown_leaves_no_cast_behind(bus: Bus) {
    let target = || Target::new("shop").with_server("a");
    let clerk = Clerk::start_with(&bus, target(), |builder| builder.workers(1)).await;
    let api = customer(&bus).await;
    let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
    let Clerk { counter, server, transport: of_server } = clerk;
    until("the only worker is busy", || counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    let large = "x".repeat(100_000);
    for n in 0..20_usize {
        api.stack(&Context::new().with("note", if n % 2 == 0 { "" } else { &large }), "a", 1_usize)
            .await
            .unwrap();
    }
    let stopping = tokio::spawn(server.shutdown(PATIENCE));
    counter.queue.through.add_permits(1);
    running.await.unwrap().unwrap();
    stopping.await.unwrap().unwrap();
    of_server.close(PATIENCE).await;
    // By this one, or by the next one if the bus has kept them.
    let next = Clerk::start_with(&bus, target(), |builder| builder).await;
    let all = || counter.stacked.load(Ordering::SeqCst) + next.counter.stacked.load(Ordering::SeqCst) == 20;
    until("all casts are executed", all).await;
}

/// Two servers of one process, which ends: what it serves goes together, and calls go to the other one.
async fn servers_of_one_process_are_called_apart_and_end_together(bus: Bus) {
    let transport = bus.connect().await;
    let mut servers = Vec::new();
    for topic in ["shop", "kiosk"] {
        let target = Target::new(topic).with_server(topic);
        let endpoint = ShopApi::endpoint(Arc::new(Counter::new(topic)));
        servers.push(Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap());
    }
    let client = bus.connect().await;
    let at = |topic: &'static str| ShopApi::new(&client).with(CallOptions::new().topic(topic));
    for topic in ["shop", "kiosk"] {
        assert_eq!(who_is_found(&at(topic)).await, topic);
    }
    for _ in 0..2 {
        for topic in ["shop", "kiosk"] {
            assert_eq!(at(topic).whoami(&Context::new()).await.unwrap(), topic);
        }
    }
    let kiosk = servers.pop().unwrap();
    kiosk.shutdown(PATIENCE).await.unwrap();
    assert_eq!(at("shop").whoami(&Context::new()).await.unwrap(), "shop");
}
