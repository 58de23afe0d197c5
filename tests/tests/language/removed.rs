//! `until`: methods that were removed are sent to older servers, and served to older callers.

use std::sync::Arc;

use rpc_runtime::{
    CallError, Context, RemoteError, RpcError, Server, Target, Transport, Version, VersionPin, rpc_manager,
};
use serde_json::{Map, Value, json};

use super::peer::Peer;

#[rpc_manager(client = ComputeApi, topic = "compute", version("6.5", "5.13"))]
pub trait ComputeManager {
    /// Gone with a new major, after it was renamed and got and lost arguments.
    #[rpc(call, until = "6.0", was("failover_host", until = "5.4"), legacy(force = true, until = "5.6"))]
    async fn failover(
        &self,
        ctx: Context,
        host: String,
        #[arg(since = "5.8", old = drop)] hint: Option<u32>,
    ) -> Result<Option<String>, RemoteError>;

    /// Gone within the major that it came with.
    #[rpc(call, since = "6.1", until = "6.4", downgrade(until = "6.2", with = nameless))]
    async fn resize(&self, ctx: Context, name: String) -> Result<(), RemoteError>;

    /// In a part of both majors.
    #[rpc(cast, since("6.0", "5.3"), until = "6.5")]
    async fn stop(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(call, manual, until = "5.10")]
    async fn find(&self, ctx: Context) -> Result<(), RemoteError>;

    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;
}

fn nameless(mut args: Map<String, Value>) -> Map<String, Value> {
    args.remove("name");
    args
}

const fn v(major: u32, minor: u32) -> Version {
    Version::new(major, minor)
}

#[tokio::test]
async fn servers_that_have_it_get_it() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = ComputeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    for (version, stamped, method, args) in [
        (v(5, 13), "5.8", "failover", json!({"host": "h", "hint": 1})),
        (v(5, 7), "5.6", "failover", json!({"host": "h"})),
        (v(5, 5), "5.4", "failover", json!({"host": "h", "force": true})),
        (v(5, 0), "5.0", "failover_host", json!({"host": "h", "force": true})),
    ] {
        pin.set(version);
        api.failover(&ctx, "h", Some(1)).await.unwrap();
        assert_eq!(peer.next().await.content(), (stamped.to_owned(), method.to_owned(), args));
        assert!(api.supports("failover").unwrap());
    }
    for (version, stamped, args) in [(v(6, 3), "6.2", json!({"name": "n"})), (v(6, 1), "6.1", json!({}))] {
        pin.set(version);
        api.resize(&ctx, "n").await.unwrap();
        assert_eq!(peer.next().await.content(), (stamped.to_owned(), "resize".to_owned(), args));
    }
    for (version, stamped) in [(v(6, 4), "6.0"), (v(5, 3), "5.3")] {
        pin.set(version);
        api.stop(&ctx).await.unwrap();
        assert_eq!(peer.next().await.version, stamped);
    }
    peer.nothing_more();
}

#[tokio::test]
async fn servers_without_it_are_not_asked() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = ComputeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();

    let refused = api.failover(&ctx, "h", None).await.unwrap_err();
    assert_eq!(refused.to_string(), "failover was removed in 6.0, and the client is not pinned below that");
    for (version, expected) in [
        (v(6, 5), "failover was removed in 6.0, and the client is pinned to 6.5"),
        (v(6, 0), "failover was removed in 6.0, and the client is pinned to 6.0"),
        (v(7, 0), "failover was removed in 6.0, and the client is pinned to 7.0"),
        (v(4, 2), "failover needs version 5.0 but the client is pinned to 4.2"),
    ] {
        pin.set(version);
        assert!(!api.supports("failover").unwrap() && !api.supports_argument("failover", "hint").unwrap());
        assert_eq!(api.failover(&ctx, "h", None).await.unwrap_err().to_string(), expected);
    }

    // Below its first version it is too old for it, above its last one too new.
    for (version, expected) in [
        (v(6, 0), "resize needs version 6.1 but the client is pinned to 6.0"),
        (v(5, 13), "resize needs version 6.1 but the client is pinned to 5.13"),
        (v(6, 4), "resize was removed in 6.4, and the client is pinned to 6.4"),
    ] {
        pin.set(version);
        assert_eq!(api.resize(&ctx, "n").await.unwrap_err().to_string(), expected);
    }
    let error = api.resize(&ctx, "n").await.unwrap_err();
    let CallError::Rpc(RpcError::Removed { method, until, pin: found, .. }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!((&**method, *until, *found), ("resize", v(6, 4), Some(v(6, 4))));
    pin.set(v(6, 5));
    let error = api.stop(&ctx).await.unwrap_err();
    assert!(matches!(error, RpcError::Removed { .. }) && error.was_not_executed());
    peer.nothing_more();
}

#[tokio::test]
async fn by_hand_too() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = ComputeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();

    // Who is not pinned chooses the version itself.
    let request = api.prepare_find(&ctx);
    assert!(request.can_send(v(5, 9)) && !request.can_send(v(5, 10)) && !request.can_send(v(6, 0)));
    request.at(v(5, 9)).call::<Result<(), RemoteError>>().await.unwrap();
    assert_eq!(peer.next().await.version, "5.9");
    for (pinned, at, expected) in [
        (v(6, 5), None, "find was removed in 5.10, and the client is pinned to 6.5"),
        (v(5, 12), Some(v(5, 11)), "find was removed in 5.10, and the client is pinned to 5.12"),
        (v(5, 9), Some(v(5, 10)), "find at 5.10 needs version 5.10 but the client is pinned to 5.9"),
    ] {
        pin.set(pinned);
        let request = api.prepare_find(&ctx);
        let request = if let Some(at) = at { request.at(at) } else { request };
        let refused = request.call::<Result<(), RemoteError>>().await.unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
    peer.nothing_more();
}

/// A client of the time when all of it was there.
#[rpc_manager(client = OlderApi, topic = "compute", version("6.3", "5.13"))]
pub trait OlderManager {
    #[rpc(call)]
    async fn failover(&self, ctx: Context, host: String) -> Result<String, RemoteError>;

    #[rpc(call)]
    async fn failover_host(&self, ctx: Context, host: String) -> Result<String, RemoteError>;

    #[rpc(call, since = "6.3")]
    async fn resize(&self, ctx: Context, name: String) -> Result<(), RemoteError>;
}

/// What took the place of the removed method, under its name.
#[rpc_manager(client = NewerApi, topic = "compute", version = "6.0")]
pub trait NewerManager {
    #[rpc(call)]
    async fn failover(&self, ctx: Context) -> Result<String, RemoteError>;
}

struct Served;

impl ComputeManager for Served {
    async fn failover(
        &self,
        _: Context,
        host: String,
        hint: Option<u32>,
    ) -> Result<Option<String>, RemoteError> {
        Ok(Some(format!("{host} {hint:?}")))
    }

    async fn resize(&self, _: Context, _: String) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn stop(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn find(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }

    async fn ping(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

impl NewerManager for Served {
    async fn failover(&self, _: Context) -> Result<String, RemoteError> {
        Ok("anywhere".to_owned())
    }
}

#[tokio::test]
async fn older_callers_are_served() {
    let transport = Transport::connect("memory://").await.unwrap();
    let server = || {
        Server::builder(&transport, Target::new("compute").with_server("host1"))
            .endpoint(ComputeApi::endpoint(Arc::new(Served)))
    };
    let alone = server().start().await.unwrap();
    let ctx = Context::new();
    let older = OlderApi::new(&transport);
    let pinned = older.pinned(v(5, 13));
    assert_eq!(pinned.failover(&ctx, "h").await.unwrap(), "h None");
    assert_eq!(pinned.failover_host(&ctx, "h").await.unwrap(), "h None");
    older.resize(&ctx, "n").await.unwrap();
    for refused in [older.failover(&ctx, "h").await, older.failover_host(&ctx, "h").await] {
        assert!(matches!(refused, Err(CallError::Rpc(RpcError::NoSuchMethod { .. }))), "{refused:?}");
    }
    alone.shutdown(rpc_tests::limits::PATIENCE).await.unwrap();

    // From the version on that it is gone in, its name is free for another endpoint.
    let _both = server().endpoint(NewerApi::endpoint(Arc::new(Served))).start().await.unwrap();
    assert_eq!(NewerApi::new(&transport).failover(&ctx).await.unwrap(), "anywhere");
    assert_eq!(pinned.failover(&ctx, "h").await.unwrap(), "h None");
}

#[test]
fn the_description_says_until_when() {
    let [failover, resize, stop, _, ping] = ComputeApi::INTERFACE.methods else { panic!() };
    assert_eq!((failover.since, failover.until), (&[v(5, 0)][..], Some(v(6, 0))));
    assert_eq!((resize.since, resize.until), (&[v(6, 1)][..], Some(v(6, 4))));
    assert_eq!((stop.since, stop.until), (&[v(6, 0), v(5, 3)][..], Some(v(6, 5))));
    assert_eq!(ping.until, None);
}
