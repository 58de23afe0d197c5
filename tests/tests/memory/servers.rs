//! Servers: what they refuse, bear and finish.
//!
//! Where time passes, the clock goes on only while there is nothing to do: what can happen before has happened.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rpc_runtime::{Acknowledge, Context, DeadLetters, Server, ServerError, Target, Transport};
use rpc_tests::shop::{Counter, ShopApi};

use super::shop::{World, until, world};

#[tokio::test]
async fn callers_are_told_what_a_panic_said_where_that_is_wanted() {
    let transport = Transport::connect("memory://").await.unwrap();
    let counter = Arc::new(Counter::default());
    let target = Target::new("shop").with_server("frank");
    let server = Server::builder(&transport, target).endpoint(ShopApi::endpoint(counter)).panic_texts(true);
    let _server = server.start().await.unwrap();
    let error = ShopApi::new(&transport).panics(&Context::new()).await.unwrap_err();
    assert!(error.to_string().contains("panics() panicked: out of change"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn shutdown_finishes_what_runs_and_gives_back_the_rest() {
    let World { transport, mut servers } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let running = tokio::spawn(api.slow(&Context::new(), 300_u64).into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    servers.pop().unwrap().shutdown(Duration::from_secs(10)).await.unwrap();
    running.await.unwrap().unwrap();
    // The queue stayed: what comes now waits for the next server.
    let waiting = tokio::spawn(api.whoami(&Context::new()).into_future());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    let counter = Arc::new(Counter::new("next"));
    let target = Target::new("shop").with_server("next");
    let _server =
        Server::builder(&transport, target).endpoint(ShopApi::endpoint(counter)).start().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), "next");
}

#[tokio::test]
async fn a_late_server_that_stops_leaves_its_calls_to_the_next_but_not_for_ever() {
    let transport = Transport::connect("memory://").await.unwrap();
    let start = async |topic: &str, name: &str| {
        let counter = Arc::new(Counter::new(name));
        let server = Server::builder(&transport, Target::new(topic).with_server(name))
            .endpoint(ShopApi::endpoint(Arc::clone(&counter)))
            .acknowledge(Acknowledge::Late)
            .dead_letters(DeadLetters::new().redeliveries(1))
            .start();
        (counter, server.await.unwrap())
    };
    let api = ShopApi::new(&transport);
    let call = || tokio::spawn(api.queue_up(&Context::new()).into_future());

    let (first, server) = start("shop", "first").await;
    let running = call();
    until(|| first.queue.waiting.load(Ordering::SeqCst) == 1).await;
    assert_eq!(server.shutdown(Duration::ZERO).await.unwrap_err().cut_off, 1);
    let (next, server) = start("shop", "next").await;
    until(|| next.queue.waiting.load(Ordering::SeqCst) == 1).await;
    next.queue.through.add_permits(1);
    running.await.unwrap().unwrap();

    let hopeless = call();
    until(|| next.queue.waiting.load(Ordering::SeqCst) == 1).await;
    assert_eq!(server.shutdown(Duration::ZERO).await.unwrap_err().cut_off, 1);
    let (last, server) = start("shop", "last").await;
    until(|| last.queue.waiting.load(Ordering::SeqCst) == 1).await;
    assert_eq!(server.shutdown(Duration::ZERO).await.unwrap_err().cut_off, 1);
    let (_, server) = start("shop", "another").await;
    let error = hopeless.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("queue_up() was delivered 2 times and never finished"), "{error}");
    assert_eq!(server.counters().dead_lettered, 1);

    // The dead letters are requests, for whoever serves their topic.
    let (reader, _server) = start("shop.dead", "reader").await;
    until(|| reader.queue.waiting.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test(start_paused = true)]
async fn shutdown_gives_back_what_was_handed_over_and_not_started() {
    let transport = Transport::connect("memory://").await.unwrap();
    let start = async |name: &str| {
        let counter = Arc::new(Counter::new(name));
        let server = Server::builder(&transport, Target::new("shop").with_server(name))
            .endpoint(ShopApi::endpoint(Arc::clone(&counter)))
            .workers(1)
            .start();
        (counter, server.await.unwrap())
    };
    let (counter, server) = start("first").await;
    let api = ShopApi::new(&transport);
    let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
    until(|| counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    let waiting: Vec<_> = (0..5).map(|_| tokio::spawn(api.whoami(&Context::new()).into_future())).collect();
    // Time for the requests to reach the server, whose one worker is busy.
    tokio::time::sleep(Duration::from_millis(100)).await;
    // The shutdown is polled first: no worker is free before it has begun.
    let (stopped, ()) = tokio::join!(server.shutdown(Duration::from_secs(10)), async {
        counter.queue.through.add_permits(1);
    });
    stopped.unwrap();
    running.await.unwrap().unwrap();
    let (_, _next) = start("next").await;
    for call in waiting {
        assert_eq!(call.await.unwrap().unwrap(), "next");
    }
}

#[tokio::test]
async fn servers_that_cannot_work_are_refused() {
    let transport = Transport::connect("memory://").await.unwrap();
    let endpoint = || ShopApi::endpoint(Arc::new(Counter::default()));
    let start = async |target, endpoints: Vec<_>| {
        let builder = Server::builder(&transport, target);
        endpoints.into_iter().fold(builder, |builder, endpoint| builder.endpoint(endpoint)).start().await
    };
    let target = || Target::new("shop").with_server("a");
    assert!(matches!(start(Target::new("shop"), vec![endpoint()]).await, Err(ServerError::NoServer { .. })));
    assert!(matches!(
        start(Target::new("").with_server("a"), vec![endpoint()]).await,
        Err(ServerError::NoTopic)
    ));
    assert!(matches!(start(target(), vec![]).await, Err(ServerError::NoEndpoint)));
    let error = start(target(), vec![endpoint(), endpoint()]).await.unwrap_err();
    assert!(matches!(&error, ServerError::Shadowed { method, .. } if method == "buy"), "{error}");
    assert!(start(target(), vec![endpoint()]).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn handlers_of_a_dropped_server_finish() {
    let World { transport, servers } = world(&["a"]).await;
    let running = tokio::spawn(ShopApi::new(&transport).slow(&Context::new(), 300_u64).into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(servers);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_observer_that_panics_harms_nobody() {
    let transport = Transport::connect("memory://").await.unwrap();
    let _server = Server::builder(&transport, Target::new("shop").with_server("a"))
        .endpoint(ShopApi::endpoint(Arc::new(Counter::new("a"))))
        .on_request(|request| panic!("{} is too much", request.method))
        .start()
        .await
        .unwrap();
    for _ in 0..3 {
        assert_eq!(ShopApi::new(&transport).whoami(&Context::new()).await.unwrap(), "a");
    }
}

#[tokio::test]
async fn a_context_of_too_many_fields_is_refused() {
    let World { transport, servers: _servers } = world(&["a"]).await;
    let fields = |count| (0..count).fold(Context::new(), |ctx, n| ctx.with(format!("f{n}"), n));
    let api = ShopApi::new(&transport);
    assert_eq!(api.whoami(&fields(1024)).await.unwrap(), "a");
    let error = api.whoami(&fields(1025)).await.unwrap_err().to_string();
    assert!(error.contains("1025 fields, more than 1024"), "{error}");
}

#[tokio::test]
async fn an_idle_server_needs_no_time_to_stop() {
    let World { mut servers, .. } = world(&["a"]).await;
    servers.pop().unwrap().shutdown(Duration::ZERO).await.unwrap();
}
