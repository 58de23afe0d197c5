//! Callers that wait too long, or do not wait.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, Reached, RpcError, Target};
use rpc_tests::limits::PATIENCE;
use rpc_tests::shop::ShopApi;
use rpc_tests::until_within;

use super::bus::Bus;
use super::shop::{Clerk, customer, shop, until, who_is_found};

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
    // What the first call of a transport waits for is there then.
    assert_eq!(who_is_found(&api).await, "a");
    let queue = &clerks[0].counter.queue;
    // A call that did not come to its server in its time is given more.
    let mut ends = Vec::new();
    for limit in [300, 1_000, 4_000, 16_000].map(Duration::from_millis) {
        let hasty = api.with(CallOptions::new().timeout(limit));
        let error = hasty.queue_up(&Context::new()).await.unwrap_err();
        let text = error.to_string();
        let CallError::Rpc(RpcError::Timeout { reached, .. }) = error else { panic!("{text}") };
        let words = ["queue_up", "shop", &format!("{limit:?}")];
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
        if matches!(reached, Reached::Sent | Reached::Confirmed) {
            let executed = async || Ok((queue.waiting.load(Ordering::SeqCst) > 0).then_some(()));
            match until_within(limit + Duration::from_secs(3), "it is executed", executed).await {
                Ok(()) => break,
                Err(error) => ends.push(error.to_string()),
            }
        } else {
            ends.push(text);
        }
    }
    assert!(queue.waiting.load(Ordering::SeqCst) > 0, "none was executed: {ends:?}");
    // The late reply is nobody's, and the next call gets its own.
    queue.through.add_permits(1 + ends.len());
    until("the reply has come", || transport.counters().replies_unclaimed > 0).await;
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}

async fn a_monitored_call_outlives_its_monitor(bus: Bus) {
    let (api, _clerks) = shop(&bus, &["a"]).await;
    // A machine that is too busy for one heartbeat in that time is given more: without any, none is long enough.
    let mut silent = Vec::new();
    for monitor in [3, 9, 27].map(Duration::from_secs) {
        let options = CallOptions::new().timeout(PATIENCE).monitor(monitor);
        let millis = u64::try_from(monitor.as_millis()).unwrap() * 3 / 2;
        match api.with(options).slow(&Context::new(), millis).await {
            Ok(()) => return,
            Err(error) if error.to_string().contains("no heartbeat") => silent.push(error.to_string()),
            Err(error) => panic!("{error}"),
        }
    }
    panic!("{silent:?}");
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
    let api = customer(&bus).await;
    // Its time counts from its arrival in the server, which nobody sees: what is slow to arrive is given more.
    let mut lost = Vec::new();
    for late in [1, 4, 16].map(Duration::from_secs) {
        let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
        until("the only worker is busy", || clerk.counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
        let limit = late / 2;
        let hasty = api.with(CallOptions::new().timeout(limit));
        let name = format!("hasty, {late:?}");
        hasty.buy(&Context::new().with("user", name.as_str()), "pear").await.unwrap_err();
        tokio::time::sleep(late).await;
        clerk.counter.queue.through.add_permits(1);
        running.await.unwrap().unwrap();
        assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
        let executed = clerk.counter.users.lock().unwrap().contains(&name);
        match (executed, clerk.server.counters().expired) {
            (false, 1) => return,
            (true, 0) => lost.push("executed"),
            // Its time was over before it came to the server.
            (false, 0) => lost.push("nowhere"),
            other => panic!("{other:?}"),
        }
    }
    panic!("none came in time and was late: {lost:?}");
}
