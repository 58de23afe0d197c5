//! Messages that are late, repeated and lost, by a seed, with a clock that nobody waits for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, Reached, RpcError, Server, Transport};
use rpc_tests::shop::{FakeShop, ShopApi};
use tokio::time::{Instant, sleep};

/// In which all that is late comes.
const LATER: Duration = Duration::from_secs(60);

/// A transport with faults, and servers of what a fake answers.
async fn faulty(options: &str, fake: &FakeShop, names: &[&'static str]) -> (Transport, Vec<Server>) {
    let transport = Transport::connect(&format!("memory://?{options}")).await.unwrap();
    let mut servers = Vec::new();
    for name in names {
        servers.push(ShopApi::serve(&transport, *name, fake.clone()).await.unwrap());
    }
    (transport, servers)
}

/// A fake that keeps the numbers of what it is to stack, in the order in which they come.
fn stacking() -> (FakeShop, Arc<Mutex<Vec<usize>>>) {
    let (fake, stacked) = (FakeShop::default(), Arc::<Mutex<Vec<usize>>>::default());
    let seen = Arc::clone(&stacked);
    fake.stack(move |_, _, count| {
        seen.lock().unwrap().push(count);
        async { Ok(()) }
    });
    (fake, stacked)
}

/// What calls and casts come to: how each call ended and when, and in which order the casts arrived.
async fn history(seed: u64) -> (Vec<(bool, Duration)>, Vec<usize>) {
    let (fake, stacked) = stacking();
    fake.whoami(|_| async { Ok("a".to_owned()) });
    let options = format!("seed={seed}&delay=0.8&repeat=0.3&lose=0.2");
    let (transport, _servers) = faulty(&options, &fake, &["a"]).await;
    let api = ShopApi::new(&transport).with(CallOptions::new().timeout(Duration::from_secs(1)));
    let (ctx, mut calls) = (Context::new(), Vec::new());
    for count in 0..40 {
        let began = Instant::now();
        api.stack(&ctx, "a", count).await.unwrap();
        let answered = api.whoami(&ctx).await.is_ok();
        calls.push((answered, began.elapsed()));
    }
    sleep(LATER).await;
    let stacked = stacked.lock().unwrap().clone();
    (calls, stacked)
}

#[tokio::test(start_paused = true)]
async fn the_seed_decides() {
    let (one, again, other) = (history(7).await, history(7).await, history(8).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
    let (calls, stacked) = one;
    let answered = calls.iter().filter(|(answered, _)| *answered).count();
    assert!((5..35).contains(&answered), "{answered}");
    assert!((20..40).contains(&stacked.len()), "some are lost, none is executed twice: {stacked:?}");
    assert!(!stacked.is_sorted(), "{stacked:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_is_lost_without_a_word() {
    let (fake, stacked) = stacking();
    let (transport, _servers) = faulty("lose=1", &fake, &["a"]).await;
    let (api, ctx) = (ShopApi::new(&transport), Context::new());
    api.stack(&ctx, "a", 1).await.unwrap();
    let began = Instant::now();
    let error = api.whoami(&ctx).await.unwrap_err();
    let lost = matches!(error, CallError::Rpc(RpcError::Timeout { reached: Reached::Confirmed, .. }));
    assert!(lost && began.elapsed() == Duration::from_secs(60), "{error}");
    assert!(stacked.lock().unwrap().is_empty());

    // What nobody takes is told, as ever.
    let error = api.with(CallOptions::new().topic("nowhere")).whoami(&ctx).await.unwrap_err();
    assert!(matches!(error, CallError::Rpc(RpcError::Undeliverable { .. })), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_repeated_is_executed_once_by_each_server() {
    let (fake, stacked) = stacking();
    fake.whoami(|_| async { Ok("one of them".to_owned()) });
    let (transport, servers) = faulty("repeat=1&seed=3", &fake, &["a", "b"]).await;
    let (api, ctx) = (ShopApi::new(&transport), Context::new());
    for count in 0..10 {
        api.stack(&ctx, "a", count).await.unwrap();
    }
    sleep(LATER).await;
    let mut stacked = stacked.lock().unwrap().clone();
    stacked.sort_unstable();
    assert_eq!(stacked, (0..10).collect::<Vec<_>>());
    assert_eq!((servers[0].counters().executed, servers[0].counters().duplicates), (10, 10));

    // Of two servers that share a queue each takes one of both.
    assert_eq!(api.whoami(&ctx).await.unwrap(), "one of them");
    sleep(LATER).await;
    assert_eq!(servers.iter().map(|server| server.counters().executed).sum::<u64>(), 12);
    // Two replies, each of them twice.
    assert_eq!(transport.counters().replies_unclaimed, 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_late_overtakes() {
    let (fake, stacked) = stacking();
    let (transport, _servers) = faulty("delay=2&seed=1", &fake, &["a"]).await;
    let (api, ctx, began) = (ShopApi::new(&transport), Context::new(), Instant::now());
    for count in 0..50 {
        api.stack(&ctx, "a", count).await.unwrap();
    }
    assert_eq!(began.elapsed(), Duration::ZERO, "the sender does not wait");
    sleep(Duration::from_secs(1)).await;
    let early = stacked.lock().unwrap().len();
    assert!((10..40).contains(&early), "{early}");
    sleep(Duration::from_secs(2)).await;
    let mut stacked = stacked.lock().unwrap().clone();
    assert!(!stacked.is_sorted(), "{stacked:?}");
    stacked.sort_unstable();
    assert_eq!(stacked, (0..50).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn each_server_has_its_own_faults_of_a_fanout() {
    let fake = FakeShop::default();
    fake.close(|_| async { Ok(()) });
    let (transport, servers) = faulty("lose=0.5&seed=2", &fake, &["a", "b"]).await;
    let (api, mut reached) = (ShopApi::new(&transport), [0; 3]);
    let executed = || servers.iter().map(|server| server.counters().executed).sum::<u64>();
    for _ in 0..60 {
        let before = executed();
        api.close(&Context::new()).await.unwrap();
        sleep(LATER).await;
        reached[usize::try_from(executed() - before).unwrap()] += 1;
    }
    assert!(reached.iter().all(|times| *times > 5), "{reached:?}");
}

#[tokio::test(start_paused = true)]
async fn only_the_transport_that_asks_for_them_has_faults() {
    let bad = Transport::connect("memory:///one-bad-transport?lose=1").await.unwrap();
    let good = Transport::connect("memory:///one-bad-transport").await.unwrap();
    let fake = FakeShop::default();
    fake.whoami(|_| async { Ok("a".to_owned()) });
    let _server = ShopApi::serve(&good, "a", fake).await.unwrap();
    ShopApi::new(&good).whoami(&Context::new()).await.unwrap();
    ShopApi::new(&bad).whoami(&Context::new()).await.unwrap_err();
}
