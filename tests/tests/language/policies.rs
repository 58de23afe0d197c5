//! `old`: what becomes of an argument that the server is too old for.

use std::sync::{Arc, Mutex};

use rpc_runtime::{
    Context, FromAbsent, MaybeSet, RemoteError, Server, Target, Transport, Version, rpc_manager,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::peer::Peer;

/// A type of one's own, which says what is nothing and what absence is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flags(u32);

impl MaybeSet for Flags {
    fn is_set(&self) -> bool {
        self.0 != 0
    }
}

impl FromAbsent for Flags {
    fn from_absent() -> Self {
        Flags(99)
    }
}

/// Nova sends an empty list of devices to servers that know none.
fn has_any(uuids: Option<&[String]>) -> bool {
    uuids.is_some_and(|uuids| !uuids.is_empty())
}

fn is_long(text: &str) -> bool {
    text.len() > 3
}

#[rpc_manager(client = ComputeApi, topic = "compute", version("6.5", "5.13"))]
pub trait ComputeManager {
    #[rpc(call)]
    async fn shelve_instance(
        &self,
        ctx: Context,
        instance: u32,
        #[arg(since = "5.13", old = error_if(has_any))] accel_uuids: Option<Vec<String>>,
        #[arg(since("6.2", "5.9"), old = error_if_set)] flags: Flags,
        #[arg(since = "6.5", old = error_if(is_long), default = "a long default")] reason: String,
        #[arg(since = "6.5", old = error_if_set, default = f64::NAN)] share: f64,
    ) -> Result<(), RemoteError>;
}

fn uuids(count: usize) -> Option<Vec<String>> {
    Some(vec!["u".to_owned(); count])
}

#[tokio::test]
async fn what_carries_nothing_is_left_out() {
    let (transport, mut peer) = Peer::one().await;
    let api = ComputeApi::new(&transport);
    let ctx = Context::new();
    for (pin, stamped, given, expected) in [
        ((6, 4), "6.2", uuids(0), json!({"accel_uuids": [], "flags": 0})),
        ((6, 1), "6.0", uuids(2), json!({"accel_uuids": ["u", "u"]})),
        ((6, 0), "6.0", None, json!({"accel_uuids": null})),
        ((5, 13), "5.13", uuids(1), json!({"accel_uuids": ["u"], "flags": 0})),
        ((5, 12), "5.9", uuids(0), json!({"flags": 0})),
        ((5, 12), "5.9", None, json!({"flags": 0})),
        ((5, 0), "5.0", uuids(0), json!({})),
    ] {
        let api = api.pinned(Version::new(pin.0, pin.1));
        api.shelve_instance(&ctx, 7, &given, Flags(0)).await.unwrap();
        let mut expected = expected;
        expected["instance"] = 7.into();
        let sent = peer.next().await.content();
        assert_eq!(sent, (stamped.to_owned(), "shelve_instance".to_owned(), expected), "{pin:?}");
    }
    // A default that nobody has changed is never refused, whatever the function says of it.
    api.pinned(Version::new(6, 4)).shelve_instance(&ctx, 7, None, Flags(0)).reason("no").await.unwrap();
    assert_eq!(peer.next().await.args, json!({"instance": 7, "accel_uuids": null, "flags": 0}));
    peer.nothing_more();
}

#[tokio::test]
async fn what_would_be_lost_is_refused() {
    let (transport, mut peer) = Peer::one().await;
    let api = ComputeApi::new(&transport);
    let ctx = Context::new();
    let pinned = |major, minor| api.pinned(Version::new(major, minor));
    for (outcome, argument, needed, pin) in [
        (pinned(5, 12).shelve_instance(&ctx, 7, &uuids(1), Flags(0)).await, "accel_uuids", "5.13", "5.12"),
        (pinned(6, 1).shelve_instance(&ctx, 7, None, Flags(4)).await, "flags", "6.2", "6.1"),
        (pinned(5, 8).shelve_instance(&ctx, 7, None, Flags(4)).await, "flags", "5.9", "5.8"),
        (pinned(6, 4).shelve_instance(&ctx, 7, None, Flags(0)).reason("long").await, "reason", "6.5", "6.4"),
        (pinned(6, 4).shelve_instance(&ctx, 7, None, Flags(0)).share(0.5).await, "share", "6.5", "6.4"),
    ] {
        assert_eq!(
            outcome.unwrap_err().to_string(),
            format!(
                "argument {argument} of shelve_instance needs version {needed} but the client is pinned to {pin}"
            )
        );
    }
    peer.nothing_more();
}

#[derive(Default)]
struct Shelves(Mutex<Vec<Value>>);

impl ComputeManager for Shelves {
    async fn shelve_instance(
        &self,
        _: Context,
        _: u32,
        accel_uuids: Option<Vec<String>>,
        flags: Flags,
        reason: String,
        share: f64,
    ) -> Result<(), RemoteError> {
        self.0.lock().unwrap().push(json!([accel_uuids, flags, reason, share.is_nan()]));
        Ok(())
    }
}

#[tokio::test]
async fn what_absence_is_to_the_server() {
    let transport = Transport::connect("memory://").await.unwrap();
    let manager = Arc::new(Shelves::default());
    let _server = Server::builder(&transport, Target::new("compute").with_server("host1"))
        .endpoint(ComputeApi::endpoint(Arc::clone(&manager)))
        .start()
        .await
        .unwrap();
    let older = ComputeApi::new(&transport).pinned(Version::new(5, 0));
    older.shelve_instance(&Context::new(), 7, &uuids(0), Flags(0)).await.unwrap();
    assert_eq!(*manager.0.lock().unwrap(), [json!([null, 99, "a long default", true])]);
}
