//! `version(..)`, `since`, `old`, `aliases`: what a pin makes of a message.

use rpc_runtime::{
    CallError, Context, PinError, RemoteError, RpcError, SupportsError, Version, VersionPin, rpc_manager,
};
use serde_json::{Value, json};

use super::peer::Peer;

#[rpc_manager(
    client = ComputeApi,
    topic = "compute",
    version("6.5", "5.13"),
    aliases(victoria = "5.12", zed = "6.2"),
    history("6.5" = "live migrations go to a topic of their own")
)]
pub trait ComputeManager {
    /// In all of both majors.
    #[rpc(call)]
    async fn ping(&self, ctx: Context) -> Result<(), RemoteError>;

    /// Arguments that came late, in one major or in both.
    #[rpc(call)]
    async fn rebuild(
        &self,
        ctx: Context,
        instance: String,
        #[arg(since("6.1", "5.8"), old = drop)] both: Option<u32>,
        #[arg(since = "5.10", old = drop)] older: Option<u32>,
        #[arg(since = "6.2", old = error_if_set)] newer: Option<u32>,
        #[arg(since = "6.3", old = with(older_flavor))] flavor: Vec<String>,
    ) -> Result<(), RemoteError>;

    /// A method that came late, in the older major.
    #[rpc(call, since("5.4"))]
    async fn attach(&self, ctx: Context) -> Result<(), RemoteError>;

    /// A method that the older major never had.
    #[rpc(call, since = "6.0")]
    async fn detach(&self, ctx: Context) -> Result<(), RemoteError>;
}

fn older_flavor(flavor: &[String]) -> String {
    flavor.join(",")
}

#[tokio::test]
async fn the_pin_decides_version_and_arguments() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = ComputeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    let flavor = || vec!["m1".to_owned(), "tiny".to_owned()];
    for (version, newer, stamped, args) in [
        (None, Some(3), "6.3", json!({"both": 1, "older": 2, "newer": 3, "flavor": ["m1", "tiny"]})),
        (Some((6, 2)), Some(3), "6.2", json!({"both": 1, "older": 2, "newer": 3, "flavor": "m1,tiny"})),
        (Some((6, 1)), None, "6.1", json!({"both": 1, "older": 2, "flavor": "m1,tiny"})),
        (Some((6, 0)), None, "6.0", json!({"older": 2, "flavor": "m1,tiny"})),
        (Some((5, 13)), None, "5.10", json!({"both": 1, "older": 2, "flavor": "m1,tiny"})),
        (Some((5, 9)), None, "5.8", json!({"both": 1, "flavor": "m1,tiny"})),
        (Some((5, 0)), None, "5.0", json!({"flavor": "m1,tiny"})),
    ] {
        match version {
            Some((major, minor)) => pin.set(Version::new(major, minor)),
            None => pin.clear(),
        }
        api.rebuild(&ctx, "i", Some(1), Some(2), newer, flavor()).await.unwrap();
        let mut args = args;
        args["instance"] = Value::from("i");
        assert_eq!(
            peer.next().await.content(),
            (stamped.to_owned(), "rebuild".to_owned(), args),
            "{version:?}"
        );
    }

    pin.set(Version::new(6, 1));
    let refused = api.rebuild(&ctx, "i", None, None, Some(3), flavor()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "argument newer of rebuild needs version 6.2 but the client is pinned to 6.1"
    );
    peer.nothing_more();
}

#[tokio::test]
async fn methods_of_one_major_or_both() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::new(Version::new(5, 3));
    let api = ComputeApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    for (error, needed) in [
        (api.attach(&ctx).await.unwrap_err(), Version::new(5, 4)),
        (api.detach(&ctx).await.unwrap_err(), Version::new(6, 0)),
    ] {
        let CallError::Rpc(RpcError::PinnedTooLow { needed: found, pin, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!((found, pin), (needed, Version::new(5, 3)));
    }
    for (version, stamped) in [((5, 4), "5.4"), ((6, 5), "6.0")] {
        pin.set(Version::new(version.0, version.1));
        api.attach(&ctx).await.unwrap();
        assert_eq!(peer.next().await.version, stamped);
    }
    // A major that this client does not have at all.
    pin.set(Version::new(4, 0));
    assert!(matches!(api.ping(&ctx).await, Err(CallError::Rpc(RpcError::PinnedTooLow { .. }))));
    peer.nothing_more();
}

#[tokio::test]
async fn what_a_pin_supports() {
    let (transport, _peer) = Peer::one().await;
    let pin = VersionPin::unpinned();
    let api = ComputeApi::new(&transport).pinned(&pin);
    assert!(api.supports("detach").unwrap() && api.supports_argument("rebuild", "newer").unwrap());
    pin.set(Version::new(5, 8));
    assert!(api.supports("attach").unwrap() && !api.supports("detach").unwrap());
    assert!(api.supports_argument("rebuild", "both").unwrap());
    assert!(!api.supports_argument("rebuild", "older").unwrap());
    assert!(!api.supports_argument("rebuild", "newer").unwrap());
    assert!(matches!(api.supports("atach"), Err(SupportsError::Method { .. })));
    assert_eq!(
        api.supports_argument("rebuild", "nwer").unwrap_err().to_string(),
        "rebuild of ComputeManager has no argument nwer"
    );
}

#[test]
fn pins_by_version_and_release() {
    assert_eq!(ComputeApi::pin("zed").unwrap().get(), Some(Version::new(6, 2)));
    assert_eq!(ComputeApi::pin("5.3").unwrap().get(), Some(Version::new(5, 3)));
    assert!(matches!(ComputeApi::pin("queens"), Err(PinError::UnknownAlias { .. })));
    assert!(matches!(ComputeApi::pin("4.0"), Err(PinError::OtherMajor { .. })));
    assert!(matches!(ComputeApi::pin("6.x"), Err(PinError::Malformed(_))));
}

#[test]
fn the_description_has_all_of_it() {
    let interface = ComputeApi::INTERFACE;
    assert_eq!(interface.versions().collect::<Vec<_>>(), [Version::new(6, 5), Version::new(5, 13)]);
    assert_eq!(interface.aliases[1], ("zed", Version::new(6, 2)));
    assert_eq!(interface.history, [(Version::new(6, 5), "live migrations go to a topic of their own")]);
    let rebuild = interface.method("rebuild").unwrap();
    assert_eq!(rebuild.since, [Version::new(6, 0), Version::new(5, 0)]);
    assert_eq!(rebuild.arg("both").unwrap().since, [Version::new(6, 1), Version::new(5, 8)]);
    assert_eq!(interface.method("detach").unwrap().since, [Version::new(6, 0)]);
}
