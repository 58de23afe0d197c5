//! Calls, casts and fanouts: results, errors, destinations, versions, options.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rpc_runtime::{
    CallError, CallOptions, Context, RemoteError, RpcError, Transport, Version, VersionPin, rpc_manager,
};

use super::shop::{ShopApi, ShopError, World, until, world};

#[tokio::test]
async fn calls_have_results_and_typed_errors() {
    let World { transport, counters, servers: _servers } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let ctx = Context::request().with("user", "u1");
    assert_eq!(api.buy(&ctx, "pear").await.unwrap(), "1 pear");
    assert_eq!(api.buy(&ctx, String::from("pear")).pieces(3).await.unwrap(), "3 pear");
    let error = api.buy(&ctx, "moon").await.unwrap_err();
    assert_eq!(error.method(), Some(&ShopError::SoldOut { what: "moon".into() }));
    assert_eq!(error.to_string(), "moon is sold out");
    assert!(counters[0].users.lock().unwrap().contains("u1"));
}

#[tokio::test]
async fn a_topic_is_served_in_turn_and_a_server_by_name() {
    let World { transport, counters, servers: _servers } = world(&["a", "b", "c"]).await;
    let api = ShopApi::new(&transport);
    let ctx = Context::new();
    let mut seen = HashSet::new();
    for _ in 0..3 {
        seen.insert(api.whoami(&ctx).await.unwrap());
    }
    assert_eq!(seen.len(), 3);
    let at_b = api.with(CallOptions::new().server("b"));
    for _ in 0..3 {
        assert_eq!(at_b.whoami(&ctx).await.unwrap(), "b");
    }
    api.stack(&ctx, "c", 7_usize).await.unwrap();
    until(|| counters[2].stacked.load(Ordering::SeqCst) == 7).await;
    assert_eq!(counters[0].stacked.load(Ordering::SeqCst) + counters[1].stacked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_fanout_reaches_every_server_once() {
    let World { transport, counters, servers: _servers } = world(&["a", "b", "c"]).await;
    ShopApi::new(&transport).close(&Context::new()).await.unwrap();
    until(|| counters.iter().all(|counter| counter.closed.load(Ordering::SeqCst) == 1)).await;
}

#[tokio::test]
async fn nobody_there() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let ctx = Context::new();
    let nowhere = api.with(CallOptions::new().server("z"));
    let error = nowhere.whoami(&ctx).await.unwrap_err();
    assert!(
        matches!(error.rpc(), Some(RpcError::Undeliverable { method, .. }) if method == "whoami"),
        "{error}"
    );
    // A cast is lost without a word, unless it is asked for.
    nowhere.stack(&ctx, "z", 1_usize).await.unwrap();
    let error = api.with(CallOptions::new().mandatory(true)).stack(&ctx, "z", 1_usize).await.unwrap_err();
    assert!(matches!(error, RpcError::Undeliverable { .. }), "{error}");
    // A fanout that nobody hears is nothing unusual.
    let other = api.with(CallOptions::new().topic("elsewhere").mandatory(true));
    other.close(&ctx).await.unwrap();
}

#[tokio::test]
async fn options_are_added_to_those_before() {
    let (transport, recorder) = Transport::recording();
    recorder.answer("a").unwrap();
    let (seconds, ctx) = (Duration::from_secs, Context::new());
    let first = ShopApi::new(&transport).with(CallOptions::new().timeout(seconds(300)).server("b"));
    let second = first.with(CallOptions::new().exchange("e").monitor(seconds(20)));
    let third = second.with(CallOptions::new().server("c"));
    for (api, expected) in [
        (&first, ("openstack/shop.b", Some(seconds(300)), None)),
        (&second, ("e/shop.b", Some(seconds(300)), Some(seconds(20)))),
        (&third, ("e/shop.c", Some(seconds(300)), Some(seconds(20)))),
    ] {
        api.whoami(&ctx).await.unwrap();
        let sent = recorder.take().remove(0);
        assert_eq!((&*sent.target.to_string(), sent.timeout, sent.monitor), expected);
    }
}

/// The clock goes on only while there is nothing to do.
#[tokio::test(start_paused = true)]
async fn a_timeout_ends_the_call_and_nothing_else() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let hasty = api.with(CallOptions::new().timeout(Duration::from_millis(50)));
    let error = hasty.slow(&Context::new(), 300_u64).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, CallError::Rpc(RpcError::Timeout { .. })), "{text}");
    assert!(text.contains("slow") && text.contains("shop") && text.contains("50ms"), "{text}");
    // The late reply is nobody's, and the next call gets its own.
    until(|| transport.counters().replies_unclaimed == 1).await;
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}

/// The clock goes on only while there is nothing to do.
#[tokio::test(start_paused = true)]
async fn a_monitored_call_outlives_its_monitor_timeout() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let options = CallOptions::new().timeout(Duration::from_secs(30)).monitor(Duration::from_secs(2));
    ShopApi::new(&transport).with(options).slow(&Context::new(), 3_500_u64).await.unwrap();
}

#[tokio::test]
async fn a_pinned_client_sends_what_its_version_has() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let pin = VersionPin::unpinned();
    let api = ShopApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    let parcel = serde_json::json!({"weight": 5});
    let ship = async |gift: Option<&str>| api.ship(&ctx, Some(true), gift, &parcel).await;

    assert_eq!(ship(Some("bow")).await.unwrap(), r#"Some(true) Some("bow") {"weight":5}"#);
    pin.set(Version::new(1, 3));
    assert_eq!(ship(None).await.unwrap(), "Some(true) None 5");
    let error = ship(Some("bow")).await.unwrap_err();
    assert_eq!(error.to_string(), "argument gift of ship needs version 1.4 but the client is pinned to 1.3");
    pin.set(Version::new(1, 2));
    assert_eq!(ship(None).await.unwrap(), "None None 5");
    pin.set(Version::new(1, 1));
    let error = ship(None).await.unwrap_err();
    assert_eq!(error.to_string(), "ship needs version 1.2 but the client is pinned to 1.1");
    pin.clear();
    assert!(ship(None).await.is_ok());
}

/// A later and an unknown edition of the shop, as another release would have them.
#[rpc_manager(client = LaterShopApi, topic = "shop", version = "1.9", error = RemoteError)]
pub(super) trait LaterShop {
    #[rpc(call, since = "1.9")]
    async fn whoami(&self, ctx: Context) -> Result<String, RemoteError>;
    #[rpc(call)]
    async fn refund(&self, ctx: Context) -> Result<String, RemoteError>;
    #[rpc(call)]
    async fn buy(&self, ctx: Context, what: u32, colour: String) -> Result<String, RemoteError>;
}

#[tokio::test]
async fn what_the_server_does_not_have_is_told_by_name() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let later = LaterShopApi::new(&transport);
    let ctx = Context::new();
    let error = later.whoami(&ctx).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server does not support the version of whoami: \
         Endpoint does not support RPC version 1.9. Attempted method: whoami"
    );
    let error = later.refund(&ctx).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server has no method refund: Endpoint does not support RPC method refund"
    );
    // The method's error type is every other exception, so this comes as its own.
    let error = later.buy(&ctx, 1_u32, "red").await.unwrap_err();
    assert_eq!(error.method().unwrap().message, "buy() got an unexpected keyword argument 'colour'");
}

/// The same with typed errors: then they are the framework's.
#[rpc_manager(client = TypedLaterApi, topic = "shop", version = "1.9", error = ShopError)]
pub(super) trait TypedLater {
    #[rpc(call, since = "1.9")]
    async fn whoami(&self, ctx: Context) -> Result<String, ShopError>;
    #[rpc(call)]
    async fn refund(&self, ctx: Context) -> Result<String, ShopError>;
    #[rpc(call, name = "buy")]
    async fn buy_badly(&self, ctx: Context, what: u32) -> Result<String, ShopError>;
}

#[rpc_manager(client = MisreadApi, topic = "shop", version = "1.0", error = ShopError)]
pub(super) trait Misread {
    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<u32, ShopError>;
}

#[tokio::test]
async fn framework_errors_are_told_apart() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let later = TypedLaterApi::new(&transport);
    let ctx = Context::new();
    assert!(matches!(
        later.whoami(&ctx).await,
        Err(CallError::Rpc(RpcError::UnsupportedVersion { method, .. })) if method == "whoami"
    ));
    assert!(matches!(later.refund(&ctx).await, Err(CallError::Rpc(RpcError::NoSuchMethod { .. }))));
    let error = later.buy_badly(&ctx, 1_u32).await.unwrap_err();
    assert!(
        matches!(error.rpc(), Some(RpcError::Remote(remote)) if remote.class == "TypeError"
            && remote.message.contains("argument 'what'")),
        "{error}"
    );
    let error = MisreadApi::new(&transport).whoami(&ctx).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Decode { method, .. }) if method == "whoami"), "{error}");
    let error = later.with(CallOptions::new().topic("")).whoami(&ctx).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::BadArgument { .. })), "{error}");
}

#[tokio::test]
async fn options_that_cannot_apply_are_refused_by_name() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let with = |options| ShopApi::new(&transport).with(options);
    let ctx = Context::new();
    let why = |error: &RpcError| match error {
        RpcError::BadArgument { why, .. } => why.clone(),
        other => panic!("{other}"),
    };

    let error = with(CallOptions::new().server("")).whoami(&ctx).await.unwrap_err();
    assert_eq!(why(error.rpc().unwrap()), "the option server is empty");
    for (options, name) in
        [(CallOptions::new().server("a"), "server"), (CallOptions::new().exchange("e"), "exchange")]
    {
        let why = why(&with(options).close(&ctx).await.unwrap_err());
        assert!(why.contains(name) && why.contains("a fanout goes to every server"), "{why}");
    }
    let hectic = with(CallOptions::new().monitor(Duration::from_millis(1_999)));
    let why = why(hectic.whoami(&ctx).await.unwrap_err().rpc().unwrap());
    assert!(why.contains("1.999s") && why.contains("at least 2 s"), "{why}");
    // A cast has no heartbeats to wait for.
    hectic.stack(&ctx, "a", 1_usize).await.unwrap();
}
