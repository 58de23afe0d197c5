//! Calls, casts and fanouts: results, errors, destinations, versions.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Instant;

use futures::future::join_all;
use rpc_runtime::{
    CallOptions, Context, Reached, RemoteError, RpcError, Target, Version, VersionPin, rpc_manager,
};
use rpc_tests::limits::{PATIENCE, TEST};
use rpc_tests::shop::{ShopApi, ShopError};

use super::bus::Bus;
use super::shop::{Clerk, shop, until, who_is_found};

everywhere!(
    results_and_errors,
    one_of_a_topic_or_the_one_that_is_named,
    a_fanout_reaches_each_server_once,
    nobody_there,
    versions_and_methods_that_nobody_serves,
    each_of_many_calls_has_its_own_reply,
    what_is_large_comes_whole_and_what_is_too_large_is_told,
    exchanges_are_apart,
);

async fn results_and_errors(bus: Bus) {
    let (api, clerks) = shop(&bus, &["a"]).await;
    let ctx = Context::request().with("user", "Zoë \"Z\"");
    assert_eq!(api.buy(&ctx, "pear").await.unwrap(), "1 pear");
    assert_eq!(api.buy(&ctx, "pêar\\\"\n").pieces(3).await.unwrap(), "3 pêar\\\"\n");
    let error = api.buy(&ctx, "moon").await.unwrap_err();
    assert_eq!(error.method(), Some(&ShopError::SoldOut { what: "moon".into() }));
    assert_eq!(error.to_string(), "moon is sold out");
    assert!(clerks[0].counter.users.lock().unwrap().contains("Zoë \"Z\""));
}

async fn one_of_a_topic_or_the_one_that_is_named(bus: Bus) {
    let (api, clerks) = shop(&bus, &["a", "b", "c"]).await;
    let ctx = Context::new();
    let mut seen = HashSet::new();
    for _ in 0..30 {
        seen.insert(api.whoami(&ctx).await.unwrap());
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    let at_b = api.with(CallOptions::new().server("b"));
    for _ in 0..5 {
        assert_eq!(at_b.whoami(&ctx).await.unwrap(), "b");
    }
    api.stack(&ctx, "c", 7_usize).await.unwrap();
    until("the cast was executed", || clerks[2].counter.stacked.load(Ordering::SeqCst) == 7).await;
    assert_eq!(clerks[0].counter.stacked.load(Ordering::SeqCst), 0);
}

async fn a_fanout_reaches_each_server_once(bus: Bus) {
    let (api, clerks) = shop(&bus, &["a", "b", "c"]).await;
    for round in 1..=5 {
        api.close(&Context::new()).await.unwrap();
        let all = || clerks.iter().all(|clerk| clerk.counter.closed.load(Ordering::SeqCst) == round);
        until("each has heard it", all).await;
    }
}

async fn nobody_there(bus: Bus) {
    let (_, _clerks) = shop(&bus, &["a"]).await;
    let ctx = Context::new();
    let api = ShopApi::new(&bus.connect_hastily().await);
    let began = Instant::now();
    let nowhere = api.with(CallOptions::new().server("z"));
    let patient = nowhere.with(CallOptions::new().timeout(TEST));
    let mandatory = api.with(CallOptions::new().mandatory(true));
    // Who has waited as long as it takes to know may be told first that the time is over; the next one is told at once.
    let refused = async {
        let mut late = Vec::new();
        while late.len() < 3 {
            match mandatory.stack(&ctx, "y", 1_usize).await {
                Err(RpcError::Timeout { reached: Reached::NotSent, why, .. }) => late.push(why),
                other => return other,
            }
        }
        panic!("{late:?}");
    };
    // Where it takes a while, they have it together.
    let (called, stacked, refused) = tokio::join!(
        patient.whoami(&ctx).into_future(),
        nowhere.stack(&ctx, "z", 1_usize).into_future(),
        refused,
    );
    let error = called.unwrap_err();
    let is_of = |method: &str| method == "whoami";
    assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { method, .. }) if is_of(method)), "{error}");
    assert_eq!(stacked.is_ok(), bus.stores(), "{stacked:?}");
    let error = refused.unwrap_err();
    assert!(matches!(error, RpcError::Undeliverable { .. }), "{error}");
    // A fanout that nobody hears is nothing unusual.
    api.with(CallOptions::new().topic("elsewhere").mandatory(true)).close(&ctx).await.unwrap();
    assert!(began.elapsed() < PATIENCE, "nobody waits for the timeout of a call");
}

/// A later edition of the shop, as another release would have it.
#[rpc_manager(client = LaterShopApi, topic = "shop", version = "1.9", error = RemoteError)]
pub(super) trait LaterShop {
    #[rpc(call, since = "1.9")]
    async fn whoami(&self, ctx: Context) -> Result<String, RemoteError>;

    #[rpc(call)]
    async fn haggle(&self, ctx: Context) -> Result<String, RemoteError>;
}

async fn versions_and_methods_that_nobody_serves(bus: Bus) {
    let (api, clerks) = shop(&bus, &["a"]).await;
    let later = LaterShopApi::new(&clerks[0].transport);
    let error = later.whoami(&Context::new()).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::UnsupportedVersion { .. })), "{error}");
    let pinned = later.pinned(VersionPin::new(Version::new(1, 0)));
    let error = pinned.haggle(&Context::new()).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::NoSuchMethod { .. })), "{error}");
    let older = api.pinned(VersionPin::new(Version::new(1, 3)));
    let parcel = serde_json::json!({"weight": 5});
    let shipped = older.ship(&Context::new(), Some(true), None::<&str>, &parcel).await.unwrap();
    assert_eq!(shipped, "Some(true) None 5");
}

async fn each_of_many_calls_has_its_own_reply(bus: Bus) {
    let (api, _clerks) = shop(&bus, &["a", "b"]).await;
    let calls = (0..500_u32).map(async |n| {
        let bought = api.buy(&Context::new(), format!("pear {n}")).pieces(n).await.unwrap();
        assert_eq!(bought, format!("{n} pear {n}"));
    });
    join_all(calls).await;
}

async fn what_is_large_comes_whole_and_what_is_too_large_is_told(bus: Bus) {
    let (api, _clerks) = shop(&bus, &["a"]).await;
    let pear = "é\"\\x".repeat(300_000);
    assert_eq!(api.buy(&Context::new(), pear.clone()).await.unwrap(), format!("1 {pear}"));
    let error = api.buy(&Context::new(), "x".repeat(17 << 20)).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Encode { what, .. }) if what == "request"), "{error}");
    let error = api.big(&Context::new(), 17_usize << 20).await.unwrap_err();
    assert!(
        matches!(error.rpc(), Some(RpcError::Remote(remote)) if remote.class == "ValueError"
            && remote.message.ends_with("more than max_body=16777216")),
        "{error}"
    );
}

/// By the names of their servers: RabbitMQ has one queue for a topic of all exchanges, as oslo.messaging declares it.
async fn exchanges_are_apart(bus: Bus) {
    let target =
        |exchange: &str, server: &str| Target::new("shop").with_exchange(exchange).with_server(server);
    let _here = Clerk::start_with(&bus, target("here", "a"), |builder| builder).await;
    let _there = Clerk::start_with(&bus, target("there", "b"), |builder| builder).await;
    let api = ShopApi::new(&bus.connect().await);
    for (exchange, server) in [("here", "a"), ("there", "b")] {
        let api = api.with(CallOptions::new().exchange(exchange).server(server));
        assert_eq!(who_is_found(&api).await, server);
    }
    let api = ShopApi::new(&bus.connect_hastily().await);
    let error = api.with(CallOptions::new().exchange("here").server("b")).whoami(&Context::new()).await;
    let error = error.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error}");
}
