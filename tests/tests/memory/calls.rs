//! Options, versions, and errors of the framework, as texts and types.

use std::time::Duration;

use rpc_runtime::{
    CallError, CallOptions, Context, RemoteError, RpcError, Transport, Version, VersionPin, rpc_manager,
};

use rpc_tests::shop::{ShopApi, ShopError};

use super::shop::{World, world};

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

#[tokio::test]
async fn a_pinned_client_sends_what_its_version_has() {
    let World { transport, servers: _servers } = world(&["a"]).await;
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
    let World { transport, servers: _servers } = world(&["a"]).await;
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
    let World { transport, servers: _servers } = world(&["a"]).await;
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
    let World { transport, servers: _servers } = world(&["a"]).await;
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
