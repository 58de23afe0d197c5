//! What becomes of a request at each version: what is sent of it and where to, or why nothing is.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::client::{CallOptions, Client, Draft, any_if_none};
use crate::context::Context;
use crate::error::RemoteError;
use crate::interface::{Arg, Interface, Legacy, Method, Old, RouteRequest};
use crate::target::Target;
use crate::transport::{Sent, Transport};
use crate::version::Version;

type Nothing = Result<(), RemoteError>;
/// What is done to a request before it is sent.
type Fill = fn(Draft) -> Draft;

const fn v(minor: u32) -> Version {
    Version::new(1, minor)
}

static DISKS: Interface = Interface::new(
    "Disks",
    "disk",
    v(2),
    &[
        Method::cast::<Nothing>(
            "wipe",
            &[v(0)],
            &[
                Arg::new("plain", "u8"),
                Arg::new("kept", "u8").with_since(&[v(1)], Old::Keep),
                Arg::new("left_out", "u8").with_since(&[v(1)], Old::Drop),
                Arg::new("checked", "u8").with_since(&[v(1)], Old::ErrorIfSet),
                Arg::new("converted", "u8").with_since(&[v(1)], Old::Convert).with_was("older", v(1)),
                Arg::new("rest", "Map").as_rest(),
            ],
        )
        .with_legacy(&[Legacy::new("gone", v(1))]),
        Method::cast::<Nothing>("resize", &[v(0)], &[]).with_downgrade(v(1), |mut args| {
            let bytes = args.remove("bytes").unwrap().as_u64().unwrap();
            args.insert("sectors".to_owned(), json!(bytes / 512));
            args
        }),
        Method::cast::<Nothing>("trim", &[v(1)], &[]).with_until(v(2)),
        Method::cast::<Nothing>("attach", &[v(0)], &[]).with_route(by_cell),
    ],
);

fn by_cell(request: &RouteRequest<'_>) -> Result<Target, String> {
    let server = request.destination.ok_or("no host")?;
    Ok(Target::new("cell1-disk").with_exchange("cell1").with_server(server))
}

/// What is sent of a request for a method, or why nothing is.
async fn sent(
    method: &str,
    client: impl FnOnce(Client) -> Client,
    fill: impl FnOnce(Draft) -> Draft,
) -> Result<Sent, String> {
    let (transport, recorder) = Transport::recording();
    let client = client(Client::new(&transport, &DISKS));
    let request = fill(client.request(DISKS.method(method).unwrap(), &Context::new()));
    let outcome = request.cast().await;
    let mut sent = recorder.take();
    assert_eq!(sent.len(), usize::from(outcome.is_ok()), "a request is sent once, or not at all");
    outcome.map_err(|error| error.to_string())?;
    Ok(sent.remove(0))
}

/// The same of a client pinned to a version, with what is stamped on it and its arguments.
async fn sent_at(version: Version, method: &str, fill: Fill) -> Result<(Version, Value), String> {
    let sent = sent(method, |client| client.pinned(version.into()), fill).await?;
    Ok((sent.target.version().unwrap(), Value::from(sent.args)))
}

#[tokio::test]
async fn arguments_by_their_policies() {
    const TOO_LOW: Result<Value, &str> =
        Err("argument checked of wipe needs version 1.1 but the client is pinned to 1.0");
    let rows: [(Fill, Result<Value, &str>, Value); 14] = [
        (|it| it.arg("plain", &7), Ok(json!({"plain": 7})), json!({"plain": 7})),
        (|it| it.arg("kept", &7), Ok(json!({"kept": 7})), json!({"kept": 7})),
        (|it| it.arg("left_out", &7), Ok(json!({})), json!({"left_out": 7})),
        (|it| it.arg_unless_old("checked", "x"), TOO_LOW, json!({"checked": "x"})),
        (|it| it.arg_unless_old("checked", ""), Ok(json!({})), json!({"checked": ""})),
        (|it| it.arg_unless_default("checked", &7, &8), TOO_LOW, json!({"checked": 7})),
        (|it| it.arg_unless_default("checked", &8, &8), Ok(json!({})), json!({"checked": 8})),
        (|it| it.arg_unless("checked", 7, |value| value > 6), TOO_LOW, json!({"checked": 7})),
        (|it| it.arg_unless("checked", 7, |value| value > 7), Ok(json!({})), json!({"checked": 7})),
        (|it| it.arg_or("converted", 7, |value| [value]), Ok(json!({"older": [7]})), json!({"converted": 7})),
        (|it| it.legacy_arg("gone", &7), Ok(json!({"gone": 7})), json!({})),
        (|it| it.legacy_arg("never", &7), Ok(json!({})), json!({})),
        (
            |it| it.rest(&BTreeMap::from([("x".to_owned(), 7), ("y".to_owned(), 8)])),
            Ok(json!({"x": 7, "y": 8})),
            json!({"x": 7, "y": 8}),
        ),
        // One after the other.
        (
            |it| it.arg("plain", &1).arg("left_out", &2).legacy_arg("gone", &3),
            Ok(json!({"plain": 1, "gone": 3})),
            json!({"plain": 1, "left_out": 2}),
        ),
    ];
    for (fill, below, from) in rows {
        let below = below.map(|args| (v(0), args)).map_err(str::to_owned);
        assert_eq!(sent_at(v(0), "wipe", fill).await, below);
        assert_eq!(sent_at(v(1), "wipe", fill).await, Ok((v(1), from)));
    }
}

#[tokio::test]
async fn arguments_that_become_older_ones_at_once() {
    let fill: Fill = |it| it.arg("bytes", &1024).arg("force", &true);
    assert_eq!(sent_at(v(0), "resize", fill).await, Ok((v(0), json!({"sectors": 2, "force": true}))));
    assert_eq!(sent_at(v(1), "resize", fill).await, Ok((v(1), json!({"bytes": 1024, "force": true}))));
}

#[tokio::test]
async fn what_cannot_be_sent() {
    let rows: [(Version, &str, Fill, &str); 6] = [
        (v(0), "trim", |it| it, "trim needs version 1.1 but the client is pinned to 1.0"),
        (v(2), "trim", |it| it, "trim was removed in 1.2, and the client is pinned to 1.2"),
        (
            v(1),
            "wipe",
            |it| it.rest(&BTreeMap::from([("left_out".to_owned(), 7)])),
            "wipe: the remaining arguments have left_out, which is one of its own",
        ),
        (v(1), "wipe", |it| it.arg("plain", &HashMap::from([([1], 2)])), "key must be a string"),
        (v(0), "resize", |it| it.arg("bytes", &HashMap::from([([1], 2)])), "key must be a string"),
        // The first of two.
        (
            v(0),
            "wipe",
            |it| it.to("").arg_unless_old("checked", "x"),
            "wipe: the destination server is empty",
        ),
    ];
    for (version, method, fill, why) in rows {
        let error = sent_at(version, method, fill).await.unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(sent_at(v(1), "trim", |it| it).await, Ok((v(1), json!({}))));
}

#[tokio::test]
async fn destinations() {
    let rows: [(Fill, Result<Option<&str>, &str>); 7] = [
        (|it| it, Ok(None)),
        (|it| it.to("host1"), Ok(Some("host1"))),
        (|it| it.to(any_if_none(Some("host1"))), Ok(Some("host1"))),
        (|it| it.to(any_if_none(None::<&str>)), Ok(None)),
        (|it| it.to(None::<&str>), Err("the destination is None; if any server will do")),
        (|it| it.to(""), Err("the destination server is empty")),
        (|it| it.to(Err::<&str, _>("no such disk")), Err("no such disk")),
    ];
    for (fill, expected) in rows {
        match (sent("wipe", |client| client, fill).await, expected) {
            (Ok(sent), Ok(server)) => assert_eq!(sent.target.server(), server),
            (Err(error), Err(why)) => assert!(error.contains(why), "{error}"),
            (outcome, expected) => panic!("{outcome:?} for {expected:?}"),
        }
    }
    // The option has the last word, also where there is no other.
    let rows: [Fill; 3] = [|it| it, |it| it.to("host1"), |it| it.to(None::<&str>)];
    for fill in rows {
        let sent =
            sent("wipe", |client| client.with(CallOptions::new().server("host9")), fill).await.unwrap();
        assert_eq!(sent.target.server(), Some("host9"));
    }
}

#[tokio::test]
async fn addresses() {
    let target = |exchange: &str, topic: &str, server: &str| {
        Target::new(topic).with_exchange(exchange).with_server(server).with_version(v(0))
    };
    for (options, plain, routed) in [
        (CallOptions::new(), target("openstack", "disk", "host1"), target("cell1", "cell1-disk", "host1")),
        (
            CallOptions::new().topic("other"),
            target("openstack", "other", "host1"),
            target("cell1", "other", "host1"),
        ),
        (
            CallOptions::new().exchange("nova").server("host9"),
            target("nova", "disk", "host9"),
            target("nova", "cell1-disk", "host9"),
        ),
    ] {
        for (method, expected) in [("wipe", plain), ("attach", routed)] {
            let client = |client: Client| client.pinned(v(0).into()).with(options.clone());
            assert_eq!(sent(method, client, |it| it.to("host1")).await.unwrap().target, expected);
        }
    }
    let error = sent("attach", |client| client, |it| it).await.unwrap_err();
    assert_eq!(error, "attach: no host");
}

#[test]
fn what_a_pin_allows() {
    let (transport, _) = Transport::recording();
    let client = Client::new(&transport, &DISKS);
    for (pin, trim, left_out) in [(v(0), false, false), (v(1), true, true), (v(2), false, true)] {
        let client = client.pinned(pin.into());
        assert_eq!(client.supports("trim"), Ok(trim), "{pin}");
        assert_eq!(client.supports_argument("wipe", "left_out"), Ok(left_out), "{pin}");
        assert_eq!(client.supports_argument("wipe", "plain"), Ok(true), "{pin}");
    }
    assert_eq!((client.supports("wipe"), client.supports("trim")), (Ok(true), Ok(false)), "unpinned");
    assert!(client.supports("none").is_err() && client.supports_argument("wipe", "none").is_err());
}
