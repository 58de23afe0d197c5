//! Live bugs of real services that are no matter of one trait; the others are in
//! `tests/compile/fail/live-bugs`.

use rpc_runtime::{Context, RemoteError, Version, VersionPin, rpc_manager};
use serde_json::json;

use super::peer::Peer;

#[rpc_manager(client = ConductorApi, topic = "compute", version = "6.2", aliases(queens = "6.1"))]
pub trait ConductorManager {
    #[rpc(call)]
    async fn resize(
        &self,
        ctx: Context,
        instance: u32,
        #[arg(since = "6.1", old = drop)] clean_shutdown: Option<bool>,
        #[arg(since = "6.2", old = drop)] host_list: Option<Vec<String>>,
    ) -> Result<(), RemoteError>;
}

/// Nova's conductor API asks in nine methods what it may send, of a client that was made without a
/// cap, so that the answer is always yes; and a reset after an upgrade reaches nobody.
///
/// Here no code asks: what is sent follows from the pin that every request reads. There is one cell
/// for all clients that were pinned to it, and moving it reaches each of them at once.
#[tokio::test]
async fn nova_4_version_checks_that_are_dead() {
    let (transport, mut peer) = Peer::one().await;
    let pin = VersionPin::new(Version::new(6, 0));
    let early = ConductorApi::new(&transport).pinned(&pin);
    let copy = early.clone();
    let ctx = Context::new();
    let hosts = || vec!["host1".to_owned()];

    early.resize(&ctx, 7, Some(true), hosts()).await.unwrap();
    assert_eq!(peer.next().await.args, json!({"instance": 7}));
    pin.set(Version::new(6, 1));
    for api in [&early, &copy] {
        api.resize(&ctx, 7, Some(true), hosts()).await.unwrap();
        assert_eq!(peer.next().await.args, json!({"instance": 7, "clean_shutdown": true}));
        assert!(!api.supports_argument("resize", "host_list").unwrap());
    }
    pin.clear();
    copy.resize(&ctx, 7, Some(true), hosts()).await.unwrap();
    assert_eq!(
        peer.next().await.args,
        json!({"instance": 7, "clean_shutdown": true, "host_list": ["host1"]})
    );
}

/// Nova's scheduler API takes a release that it does not know for a version, and fails at the first
/// request.
#[test]
fn nova_3_an_unknown_release_fails_at_once() {
    assert!(ConductorApi::pin("queens").is_ok());
    assert!(ConductorApi::pin("rocky").is_err());
}
