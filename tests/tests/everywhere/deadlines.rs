//! Callers that wait too long, or do not wait.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, Reached, RpcError, Target};
use rpc_tests::shop::ShopApi;

use super::bus::Bus;
use super::shop::{Clerk, shop, until};

everywhere!(
    a_timeout_ends_the_call_and_nothing_else,
    a_monitored_call_outlives_its_monitor,
    a_caller_that_is_dropped_takes_nothing_with_it,
    what_is_over_when_a_worker_takes_it_is_not_executed,
);

async fn a_timeout_ends_the_call_and_nothing_else(bus: Bus) {
    let (_, clerks) = shop(&bus, &["a"]).await;
    let transport = bus.connect().await;
    let api = ShopApi::new(&transport);
    let hasty = api.with(CallOptions::new().timeout(Duration::from_millis(300)));
    let error = hasty.queue_up(&Context::new()).await.unwrap_err();
    let text = error.to_string();
    let CallError::Rpc(RpcError::Timeout { reached, .. }) = error else { panic!("{text}") };
    assert!(text.contains("queue_up") && text.contains("shop") && text.contains("300ms"), "{text}");
    assert!(matches!(reached, Reached::Sent | Reached::Confirmed), "{reached:?}");
    // The late reply is nobody's, and the next call gets its own.
    until("it is executed", || clerks[0].counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    clerks[0].counter.queue.through.add_permits(1);
    until("the reply has come", || transport.counters().replies_unclaimed == 1).await;
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}

async fn a_monitored_call_outlives_its_monitor(bus: Bus) {
    let (api, _clerks) = shop(&bus, &["a"]).await;
    let options = CallOptions::new().timeout(Duration::from_secs(60)).monitor(Duration::from_secs(3));
    api.with(options).slow(&Context::new(), 4_500_u64).await.unwrap();
}

async fn a_caller_that_is_dropped_takes_nothing_with_it(bus: Bus) {
    let (api, clerks) = shop(&bus, &["a"]).await;
    let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
    until("it is executed", || clerks[0].counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    clerks[0].counter.queue.through.add_permits(1);
    until("it is over", || clerks[0].counter.queue.waiting.load(Ordering::SeqCst) == 0).await;
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}

async fn what_is_over_when_a_worker_takes_it_is_not_executed(bus: Bus) {
    let target = Target::new("shop").with_server("a");
    let clerk = Clerk::start_with(&bus, target, |builder| builder.workers(1)).await;
    let api = ShopApi::new(&bus.connect().await);
    // Its time counts from its arrival in the server, which nobody sees: what is slow to arrive is given more.
    for late in [1, 4, 16].map(Duration::from_secs) {
        let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
        until("the only worker is busy", || clerk.counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
        let hasty = api.with(CallOptions::new().timeout(Duration::from_millis(500)));
        let name = format!("hasty, {late:?}");
        hasty.buy(&Context::new().with("user", name.as_str()), "pear").await.unwrap_err();
        tokio::time::sleep(late).await;
        clerk.counter.queue.through.add_permits(1);
        running.await.unwrap().unwrap();
        assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
        let executed = clerk.counter.users.lock().unwrap().contains(&name);
        assert_ne!(executed, clerk.server.counters().expired == 1);
        if !executed {
            return;
        }
    }
    panic!("all three were executed");
}
