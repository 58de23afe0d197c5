//! `to` and `route`: where a message goes.

use rpc_runtime::{
    CallOptions, Context, RemoteError, RouteRequest, RpcError, Target, Version, VersionPin, rpc_manager,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::peer::Peer;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Instance {
    id: u32,
    host: Option<String>,
}

/// The host of an instance, or why there is none.
fn host_of<'a>(host: Option<&'a str>, instance: &'a Instance) -> Result<&'a str, String> {
    host.or(instance.host.as_deref()).ok_or_else(|| format!("instance {} has no host", instance.id))
}

/// Since 6.5 the servers listen to a topic of their own for this.
fn alternate(request: &RouteRequest<'_>) -> Result<Target, &'static str> {
    let alternate = request.pin.is_none_or(|pin| pin >= Version::new(6, 5));
    let topic = if alternate { "compute-alt" } else { request.topic };
    let host = request.destination.ok_or("nobody to send it to")?;
    Ok(Target::new(topic).with_server(host))
}

#[rpc_manager(client = ComputeApi, topic = "compute", version = "6.5", history("6.5" = "the alternate topic"))]
pub trait ComputeManager {
    /// A parameter that only chooses the server.
    #[rpc(cast, to(host: &str) = host)]
    async fn stop(&self, ctx: Context, instance: Instance) -> Result<(), RemoteError>;

    /// One of them, and an argument that the client takes by another type.
    #[rpc(call, to(host: Option<&str>) = host_of(host, instance))]
    async fn rebuild(
        &self,
        ctx: Context,
        #[arg(default)] image: Option<u32>,
        #[arg(from(instance: &Instance) = instance)] instance: Option<Instance>,
    ) -> Result<(), RemoteError>;

    /// Only where the instance is.
    #[rpc(cast, to = &instance.host)]
    async fn start_instance(&self, ctx: Context, instance: Instance) -> Result<(), RemoteError>;

    /// There, or anywhere.
    #[rpc(cast, to = any_if_none(&instance.host))]
    async fn find(&self, ctx: Context, instance: Instance) -> Result<(), RemoteError>;

    /// A word on where it is, which may be that it is anywhere.
    #[rpc(cast, to(host: Result<Option<&str>, &str>) = any_if_none(host))]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;

    /// A route of its own.
    #[rpc(cast, to = any_if_none(host), route = alternate)]
    async fn live_migration(&self, ctx: Context, host: Option<String>) -> Result<(), RemoteError>;
}

#[tokio::test]
async fn client_only_parameters() {
    let (transport, mut peer) = Peer::start(&[("compute", "host1"), ("compute", "host2")]).await;
    let api = ComputeApi::new(&transport);
    let ctx = Context::new();
    let instance = Instance { id: 7, host: Some("host2".to_owned()) };

    api.stop(&ctx, "host1", &instance).await.unwrap();
    let sent = peer.next().await;
    assert_eq!(sent.server, "compute.host1");
    assert_eq!(sent.args, json!({"instance": {"id": 7, "host": "host2"}}));

    api.rebuild(&ctx, None, &instance).image(Some(3)).await.unwrap();
    let sent = peer.next().await;
    assert_eq!(sent.server, "compute.host2");
    assert_eq!(sent.args, json!({"image": 3, "instance": {"id": 7, "host": "host2"}}));
    api.rebuild(&ctx, Some("host1"), &instance).await.unwrap();
    assert_eq!(peer.next().await.server, "compute.host1");

    let nowhere = Instance { host: None, ..instance };
    let refused = api.rebuild(&ctx, None, &nowhere).await.unwrap_err();
    assert_eq!(refused.to_string(), "rebuild: instance 7 has no host");
    let refused = api.stop(&ctx, "", &nowhere).await.unwrap_err();
    assert!(matches!(refused, RpcError::BadArgument { .. }));
    peer.nothing_more();
}

#[tokio::test]
async fn a_destination_that_may_be_absent_is_said() {
    let (transport, mut peer) = Peer::start(&[("compute", "host1"), ("compute", "host2")]).await;
    let api = ComputeApi::new(&transport);
    let ctx = Context::new();
    let here = Instance { id: 7, host: Some("host2".to_owned()) };
    let nowhere = Instance { host: None, ..here.clone() };

    for pin in [None, Some(Version::new(6, 0))] {
        let api = pin.map_or_else(|| api.clone(), |pin| api.pinned(pin));
        api.start_instance(&ctx, &here).await.unwrap();
        assert_eq!(peer.next().await.server, "compute.host2");
        let refused = api.start_instance(&ctx, &nowhere).await.unwrap_err();
        let said =
            "start_instance: the destination is None; if any server will do, that is `any_if_none(..)`";
        assert_eq!(refused.to_string(), said);

        api.find(&ctx, &here).await.unwrap();
        assert_eq!(peer.next().await.server, "compute.host2");
        api.find(&ctx, &nowhere).await.unwrap();
        assert_eq!(peer.next().await.method, "find");
        api.ping(&ctx, Ok(Some("host1"))).await.unwrap();
        assert_eq!(peer.next().await.server, "compute.host1");
        api.ping(&ctx, Ok(None)).await.unwrap();
        assert_eq!(peer.next().await.method, "ping");
        assert_eq!(api.ping(&ctx, Err("unknown")).await.unwrap_err().to_string(), "ping: unknown");
    }
    // Options name a server where the instance has none.
    api.with(CallOptions::new().server("host1")).start_instance(&ctx, &nowhere).await.unwrap();
    assert_eq!(peer.next().await.server, "compute.host1");
    peer.nothing_more();
}

#[tokio::test]
async fn a_route_of_one_method_sees_the_pin() {
    let (transport, mut peer) = Peer::start(&[("compute", "host1"), ("compute-alt", "host1")]).await;
    let pin = VersionPin::unpinned();
    let api = ComputeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    let host = Some("host1".to_owned());
    for (version, server) in
        [(None, "compute-alt.host1"), (Some((6, 5)), "compute-alt.host1"), (Some((6, 4)), "compute.host1")]
    {
        match version {
            Some((major, minor)) => pin.set(Version::new(major, minor)),
            None => pin.clear(),
        }
        api.live_migration(&ctx, &host).await.unwrap();
        let sent = peer.next().await;
        assert_eq!((&*sent.server, &*sent.version), (server, "6.0"));
    }
    let refused = api.live_migration(&ctx, None).await.unwrap_err();
    assert_eq!(refused.to_string(), "live_migration: nobody to send it to");
    peer.nothing_more();
}

/// `topic.host` instead of a server, in all of the interface.
fn by_topic(request: &RouteRequest<'_>) -> Result<Target, String> {
    let Some(host) = request.destination else { return Ok(Target::new(request.topic)) };
    Ok(Target::new(format!("{}.{host}", request.topic)))
}

#[rpc_manager(client = RoutedApi, topic = "compute", version = "6.0", route = by_topic)]
pub trait Routed {
    #[rpc(cast, to = host)]
    async fn stop(&self, ctx: Context, host: String) -> Result<(), RemoteError>;

    /// To every server of that topic.
    #[rpc(cast, fanout, to(host: &str) = host)]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;

    /// Without a destination.
    #[rpc(cast)]
    async fn find(&self, ctx: Context) -> Result<(), RemoteError>;
}

#[tokio::test]
async fn a_route_of_the_trait() {
    let addresses =
        [("compute", "a"), ("compute.host1", "b"), ("compute.host1", "c"), ("compute.host2", "d")];
    let (transport, mut peer) = Peer::start(&addresses).await;
    let api = RoutedApi::new(&transport);
    let ctx = Context::new();

    api.stop(&ctx, "host2").await.unwrap();
    assert_eq!(peer.next().await.server, "compute.host2.d");
    api.find(&ctx).await.unwrap();
    assert_eq!(peer.next().await.server, "compute.a");
    api.ping(&ctx, "host1").await.unwrap();
    let mut reached = [peer.next().await.server, peer.next().await.server];
    reached.sort();
    assert_eq!(reached, ["compute.host1.b", "compute.host1.c"]);

    // Options have the last word: on the destination before the route, on the topic after it.
    api.with(CallOptions::new().server("host2")).stop(&ctx, "host1").await.unwrap();
    assert_eq!(peer.next().await.server, "compute.host2.d");
    api.with(CallOptions::new().topic("compute")).stop(&ctx, "host1").await.unwrap();
    assert_eq!(peer.next().await.server, "compute.a");
    peer.nothing_more();
}
