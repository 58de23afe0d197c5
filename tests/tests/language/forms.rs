//! The forms in which callers give what is text, a list or may be absent: all make the same message.

use std::borrow::Cow;
use std::sync::Arc;

use rpc_runtime::{AsArg, Context, OptionOf, RemoteError, RpcError, Version, rpc_manager};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::peer::Peer;

/// Not `Clone`: nothing of it is ever copied.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spec {
    vcpus: u32,
}

type Zone = Option<String>;

#[rpc_manager(client = ComputeApi, topic = "compute", version("6.5", "5.13"))]
#[expect(clippy::too_many_arguments, reason = "one for each form")]
pub trait ComputeManager {
    #[rpc(cast)]
    async fn rebuild(
        &self,
        ctx: Context,
        hosts: Vec<String>,
        network: Option<String>,
        spec: Option<Spec>,
        disks: Option<Vec<u8>>,
        retries: Option<u32>,
    ) -> Result<(), RemoteError>;

    #[rpc(cast)]
    async fn resize(
        &self,
        ctx: Context,
        #[arg(default)] hosts: Vec<String>,
        #[arg(default)] network: Option<String>,
        #[arg(default)] spec: Option<Spec>,
        #[arg(default = Some(Vec::from([9])))] disks: Option<Vec<u8>>,
        #[arg(default = Some(3))] retries: Option<u32>,
        #[arg(default)] zone: Zone,
    ) -> Result<(), RemoteError>;

    /// Every policy, of what is given.
    #[rpc(cast)]
    async fn attach(
        &self,
        ctx: Context,
        #[arg(since = "6.1", old = drop)] spec: Option<Spec>,
        #[arg(since("6.2", "5.9"), old = error_if_set, default = Vec::from(["any".to_owned()]))] hosts: Vec<
            String,
        >,
        #[arg(since = "6.3", old = error_if_set, default)] network: Option<String>,
        #[arg(since = "6.4", old = with(first))] disks: Option<Vec<u8>>,
        #[arg(since = "6.5", old = with(doubled), default = Some(4))] retries: Option<u32>,
    ) -> Result<(), RemoteError>;

    /// What expressions make of it.
    #[rpc(cast, to = network.or(hosts.first().map(String::as_str)), legacy(specs = spec.into_iter().collect::<Vec<_>>(), until = "6.0"))]
    async fn stop(
        &self,
        ctx: Context,
        hosts: Vec<String>,
        network: Option<String>,
        spec: Option<Spec>,
        #[arg(from(count: Option<u32>) = count)] count: Option<u32>,
        #[arg(from(label: &str) = Some(label.to_owned()))] label: Option<String>,
    ) -> Result<(), RemoteError>;
}

fn first(disks: Option<&[u8]>) -> Option<u8> {
    disks.and_then(|disks| disks.first().copied())
}

fn doubled(retries: Option<u32>) -> Option<u32> {
    retries.map(|retries| retries * 2)
}

#[tokio::test]
#[expect(clippy::needless_borrows_for_generic_args, reason = "borrowed or not, it is the same")]
async fn what_is_there_is_the_same_in_every_form() {
    let (transport, mut peer) = Peer::one().await;
    let api = ComputeApi::new(&transport);
    let ctx = &Context::new();
    let text = "net-1".to_owned();
    let (some_text, list, disks) = (Some(text.clone()), vec!["a".to_owned()], vec![1_u8]);
    let (spec, some_spec, shared) = (Spec { vcpus: 4 }, Some(Spec { vcpus: 4 }), Arc::new(Spec { vcpus: 4 }));
    let some_disks = Some(disks.clone());

    let casts = [
        api.rebuild(ctx, &list, "net-1", &spec, &disks, 7),
        api.rebuild(ctx, list.clone(), &text, Spec { vcpus: 4 }, disks.clone(), Some(7)),
        api.rebuild(ctx, &list[..], text.clone(), Some(&spec), [1], &7),
        api.rebuild(ctx, ["a".to_owned()], Some("net-1"), &some_spec, &[1], &Some(7)),
        api.rebuild(ctx, &["a".to_owned()], &some_text, some_spec.as_ref(), &some_disks, 7),
        api.rebuild(ctx, Arc::new(list.clone()), some_text.as_deref(), &shared, Some(&disks[..]), 7),
        api.rebuild(ctx, Cow::Borrowed(&list[..]), Some(&*text), &*shared, some_disks.as_deref(), 7),
        api.rebuild(ctx, &&list, &&*text, shared.clone(), &disks[..], 7),
    ];
    let count = casts.len();
    for cast in casts {
        cast.await.unwrap();
    }
    let all = json!({"hosts": ["a"], "network": "net-1", "spec": {"vcpus": 4}, "disks": [1], "retries": 7});
    for _ in 0..count {
        assert_eq!(peer.next().await.args, all);
    }

    api.rebuild(ctx, [], None, None, None, None).await.unwrap();
    let none = json!({"hosts": [], "network": null, "spec": null, "disks": null, "retries": null});
    assert_eq!(peer.next().await.args, none);
    peer.nothing_more();
}

#[tokio::test]
async fn setters_take_the_same_forms() {
    let (transport, mut peer) = Peer::one().await;
    let api = ComputeApi::new(&transport);
    let ctx = &Context::new();
    let (spec, list) = (Spec { vcpus: 4 }, vec!["a".to_owned()]);

    api.resize(ctx).await.unwrap();
    let defaults =
        json!({"hosts": [], "network": null, "spec": null, "disks": [9], "retries": 3, "zone": null});
    assert_eq!(peer.next().await.args, defaults);
    let all = json!(
        {"hosts": ["a"], "network": "net-1", "spec": {"vcpus": 4}, "disks": [1], "retries": 7, "zone": "z"}
    );
    for request in [
        api.resize(ctx).hosts(&list).network("net-1").spec(&spec).disks([1]).retries(7),
        api.resize(ctx).hosts(&list[..]).network(Some("net-1")).spec(Some(&spec)).disks([1]).retries(Some(7)),
    ] {
        request.zone(Some("z".to_owned())).await.unwrap();
        assert_eq!(peer.next().await.args, all);
    }
    api.resize(ctx).network(None).spec(None).disks(None).retries(None).zone(None).await.unwrap();
    let none =
        json!({"hosts": [], "network": null, "spec": null, "disks": null, "retries": null, "zone": null});
    assert_eq!(peer.next().await.args, none);
}

#[tokio::test]
async fn policies_see_what_is_given() {
    let (transport, mut peer) = Peer::one().await;
    let api = ComputeApi::new(&transport);
    let ctx = &Context::new();
    let spec = Spec { vcpus: 4 };
    for (pin, expected) in [
        (
            (6, 5),
            json!({"spec": {"vcpus": 4}, "hosts": ["any"], "network": null, "disks": [5, 6], "retries": 4}),
        ),
        (
            (6, 4),
            json!({"spec": {"vcpus": 4}, "hosts": ["any"], "network": null, "disks": [5, 6], "retries": 8}),
        ),
        ((6, 3), json!({"spec": {"vcpus": 4}, "hosts": ["any"], "network": null, "disks": 5, "retries": 8})),
        ((6, 2), json!({"spec": {"vcpus": 4}, "hosts": ["any"], "disks": 5, "retries": 8})),
        ((6, 0), json!({"disks": 5, "retries": 8})),
        ((5, 9), json!({"hosts": ["any"], "disks": 5, "retries": 8})),
        ((5, 0), json!({"disks": 5, "retries": 8})),
    ] {
        api.pinned(Version::new(pin.0, pin.1)).attach(ctx, &spec, [5, 6]).await.unwrap();
        assert_eq!(peer.next().await.args, expected, "{pin:?}");
    }
    let older = api.pinned(Version::new(6, 1));
    older.attach(ctx, None, None).hosts(["any".to_owned()]).network(None).retries(1).await.unwrap();
    assert_eq!(peer.next().await.args, json!({"spec": null, "disks": null, "retries": 2}));
    for refused in [older.attach(ctx, None, None).hosts([]), older.attach(ctx, None, None).network("net-1")] {
        assert!(matches!(refused.await.unwrap_err(), RpcError::PinnedTooLow { .. }));
    }
    peer.nothing_more();
}

#[tokio::test]
async fn expressions_see_what_is_given() {
    let (transport, mut peer) = Peer::start(&[("compute", "host1"), ("compute", "host2")]).await;
    let api = ComputeApi::new(&transport);
    let ctx = &Context::new();
    let (spec, hosts) = (Spec { vcpus: 4 }, vec!["host2".to_owned()]);
    api.stop(ctx, &hosts, "host1", &spec, None, "l").await.unwrap();
    let sent = peer.next().await;
    assert_eq!(sent.server, "compute.host1");
    let args = json!(
        {"hosts": ["host2"], "network": "host1", "spec": {"vcpus": 4}, "count": null, "label": "l"}
    );
    assert_eq!(sent.args, args);
    api.pinned(Version::new(5, 0)).stop(ctx, &hosts, None, &spec, Some(2), "l").await.unwrap();
    let sent = peer.next().await;
    assert_eq!(
        (&*sent.server, &sent.args["specs"], &sent.args["count"]),
        ("compute.host2", &json!([{"vcpus": 4}]), &json!(2))
    );
    assert!(api.stop(ctx, [], None, None, None, "l").await.is_err());
}

/// Code of one's own hands arguments on in whatever form they came.
async fn hand_on(
    api: &ComputeApi,
    hosts: impl AsArg<[String]>,
    network: impl AsArg<OptionOf<str>>,
    retries: impl AsArg<Option<u32>>,
) -> Result<(), RpcError> {
    api.rebuild(&Context::new(), hosts, network, None, None, retries).await
}

#[tokio::test]
async fn forms_are_handed_on() {
    let (transport, mut peer) = Peer::one().await;
    let api = ComputeApi::new(&transport);
    hand_on(&api, ["a".to_owned()], "net-1", 7).await.unwrap();
    let args = json!({"hosts": ["a"], "network": "net-1", "spec": null, "disks": null, "retries": 7});
    assert_eq!(peer.next().await.args, args);
}
