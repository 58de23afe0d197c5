//! `downgrade` and `manual`: messages that no other key describes.

use rpc_runtime::{Context, Kind, RemoteError, Version, VersionPin, rpc_manager};
use serde_json::{Map, Value, json};

use super::peer::Peer;

#[rpc_manager(client = SchedulerApi, topic = "compute", version = "6.4")]
pub trait SchedulerManager {
    /// One argument that was two.
    #[rpc(call, downgrade(until = "6.3", with = split_spec))]
    async fn find(
        &self,
        ctx: Context,
        spec: Map<String, Value>,
        #[arg(since = "6.4", old = drop)] alternates: Option<bool>,
    ) -> Result<(), RemoteError>;

    /// A call that became a cast.
    #[rpc(call_or_cast, manual)]
    async fn attach(
        &self,
        ctx: Context,
        backup: u32,
        #[arg(since = "6.2", old = drop)] want_objects: Option<bool>,
    ) -> Result<(), RemoteError>;

    #[rpc(call, manual, since = "6.1")]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;
}

fn split_spec(mut args: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Object(spec)) = args.remove("spec") {
        args.insert("names".to_owned(), spec.keys().cloned().collect());
        args.insert("values".to_owned(), spec.into_iter().map(|(_, value)| value).collect());
    }
    args
}

#[tokio::test]
async fn all_arguments_become_older_ones() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = SchedulerApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    let spec = Map::from_iter([("ram".to_owned(), json!(512))]);
    for (version, stamped, args) in [
        ((6, 4), "6.4", json!({"spec": {"ram": 512}, "alternates": true})),
        ((6, 3), "6.3", json!({"spec": {"ram": 512}})),
        ((6, 2), "6.0", json!({"names": ["ram"], "values": [512]})),
    ] {
        pin.set(Version::new(version.0, version.1));
        api.find(&ctx, &spec, Some(true)).await.unwrap();
        assert_eq!(peer.next().await.content(), (stamped.to_owned(), "find".to_owned(), args));
    }
}

#[tokio::test]
async fn requests_by_hand() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = SchedulerApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    let v = Version::new;

    pin.set(v(6, 2));
    let request = api.prepare_attach(&ctx);
    assert!(request.can_send(v(6, 2)) && request.can_send(v(6, 0)));
    assert!(!request.can_send(v(6, 3)) && !request.can_send(v(5, 0)));
    let request = request.at(v(6, 1)).to("host1").arg("backup", &7);
    request.call::<Result<(), RemoteError>>().await.unwrap();
    let sent = peer.next().await;
    assert_eq!(sent.kind, Kind::Call);
    assert_eq!(sent.content(), ("6.1".to_owned(), "attach".to_owned(), json!({"backup": 7})));

    api.prepare_attach(&ctx).arg("want_objects", &true).cast().await.unwrap();
    let sent = peer.next().await;
    assert_eq!(sent.kind, Kind::Cast);
    assert_eq!(sent.content(), ("6.2".to_owned(), "attach".to_owned(), json!({"want_objects": true})));

    for (refused, why) in [
        (
            api.prepare_attach(&ctx).at(v(6, 3)).cast().await.unwrap_err(),
            "attach at 6.3 needs version 6.3 but the client is pinned to 6.2",
        ),
        (
            api.prepare_attach(&ctx).arg("backp", &7).cast().await.unwrap_err(),
            "attach: it has no argument backp",
        ),
        (
            api.prepare_ping(&ctx).cast().await.unwrap_err(),
            "ping: it is a call: its reply has to be waited for",
        ),
    ] {
        assert_eq!(refused.to_string(), why);
    }
    pin.set(v(6, 0));
    let refused = api.prepare_ping(&ctx).call::<Result<(), RemoteError>>().await.unwrap_err();
    assert_eq!(refused.to_string(), "ping needs version 6.1 but the client is pinned to 6.0");
    peer.nothing_more();
}
