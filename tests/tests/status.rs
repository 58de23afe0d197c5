//! What a transport says about its broker while things happen to it.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::time::Duration;

use anyhow::Result;
use rpc_runtime::{
    CallOptions, ConnectionStatus, Context, FailureKind, Reached, RemoteError, RpcError, Status, StatusWatch,
    Transport, TransportError, rpc_manager,
};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Alarm, Broker, Node};
use tokio::time::timeout;

#[rpc_manager(client = NoteApi, topic = "notes", version = "1.0", error = RemoteError)]
pub trait Notes {
    #[rpc(cast)]
    async fn note(&self, ctx: Context, text: String) -> Result<(), RemoteError>;

    #[rpc(call)]
    async fn last(&self, ctx: Context) -> Result<String, RemoteError>;
}

async fn until(watch: &mut StatusWatch, wanted: impl FnMut(&Status) -> bool) -> Status {
    let status = timeout(PATIENCE, watch.wait_for(wanted)).await;
    status.unwrap_or_else(|_| panic!("it stays {}", watch.current())).expect("the transport is open")
}

fn failed(status: &Status, kind: FailureKind) -> bool {
    matches!(status.connection("send"), Some(ConnectionStatus::Reconnecting { last, .. }) if last.kind == kind)
}

async fn until_closed(watch: &mut StatusWatch) -> String {
    let closed = |status: &Status| matches!(status.overall(), ConnectionStatus::Closed { .. });
    until(watch, closed).await.to_string()
}

/// The broker knows of no connection any more.
async fn no_connections(node: &Node) -> Result<()> {
    rpc_tests::until("no connection", async || Ok(node.connections().await?.is_empty().then_some(()))).await
}

fn with_timeout(seconds: u64) -> CallOptions {
    CallOptions::new().timeout(Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_broker_dies_and_comes_back() -> Result<()> {
    let mut broker = Broker::start().await?;
    let transport = Transport::connect(&broker.node().url()).await?;
    let mut watch = transport.watch();
    assert!(transport.status().is_ready());
    broker.kill()?;
    let status = until(&mut watch, |status| failed(status, FailureKind::ConnectionRefused)).await;
    assert!(status.to_string().contains(&format!("127.0.0.1:{}", broker.node().port())), "{status}");

    // The error of a cast says the same, unless the next attempt is being made at that moment.
    let api = NoteApi::new(&transport);
    rpc_tests::until("a cast is told of it", async || {
        let error = api.with(with_timeout(1)).note(&Context::new(), "lost").await.unwrap_err();
        assert!(matches!(&error, RpcError::Timeout { reached: Reached::NotSent, .. }), "{error}");
        Ok(error.to_string().contains("no connection to the broker").then_some(()))
    })
    .await?;

    // So does that of a first call, which has no place for its reply yet.
    rpc_tests::until("a call is told of it", async || {
        let error = api.with(with_timeout(1)).last(&Context::new()).await.unwrap_err();
        let error = error.rpc().unwrap();
        assert!(matches!(error, RpcError::Timeout { reached: Reached::NotSent, .. }), "{error}");
        Ok(error.to_string().contains("onnection refused").then_some(()))
    })
    .await?;

    broker.restart().await?;
    until(&mut watch, Status::is_ready).await;
    api.note(&Context::new(), "kept").await?;
    transport.close(PATIENCE).await;
    assert_eq!(transport.status().to_string(), "the transport is closed");
    no_connections(broker.node()).await
}

#[tokio::test]
async fn a_broker_is_short_of_memory() -> Result<()> {
    let broker = Broker::start().await?;
    let node = broker.node();
    let url = format!("{}?max_in_flight=3&max_in_flight_policy=fail", node.url());
    let transport = Transport::connect(&url).await?;
    let mut watch = transport.watch();
    let api = NoteApi::new(&transport);
    api.note(&Context::new(), "before").await?;

    Alarm::Memory.on(node).await?;
    // The broker blocks a connection when it is published on, and takes that message later.
    let context = Context::new();
    let mut waiting = Box::pin(api.note(&context, "first").into_future());
    tokio::select! {
        outcome = &mut waiting => panic!("the broker is short of memory: {outcome:?}"),
        status = until(&mut watch, |status| matches!(status.overall(), ConnectionStatus::Blocked { .. })) => {
            assert!(status.to_string().contains("low on memory"), "{status}");
        }
    }
    // Two that wait until their deadline, and one for which there is no room.
    let blocked = api.with(with_timeout(2));
    let (second, third, fourth) = tokio::join!(
        blocked.note(&context, "second").into_future(),
        blocked.note(&context, "third").into_future(),
        blocked.note(&context, "fourth").into_future(),
    );
    for outcome in [second, third] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, RpcError::Timeout { .. }), "{error:?}");
        assert!(error.to_string().contains("the broker blocks the connection: low on memory"), "{error}");
    }
    let error = fourth.unwrap_err();
    assert!(matches!(error, RpcError::Overloaded { limit: 3, .. }), "{error:?}");

    Alarm::Memory.off(node).await?;
    timeout(PATIENCE, waiting).await??;
    until(&mut watch, Status::is_ready).await;
    api.note(&Context::new(), "after").await?;
    Ok(())
}

/// The old password is refused and tried again, with an error that is to be seen, until it is good again.
#[tokio::test]
async fn a_password_is_changed_and_changed_back() -> Result<()> {
    let broker = Broker::start().await?;
    let node = broker.node();
    let transport = Transport::connect(&node.url()).await?;
    let mut watch = transport.watch();
    // A node knows a connection a moment after it has opened it.
    rpc_tests::until("a connection", async || Ok((!node.connections().await?.is_empty()).then_some(())))
        .await?;
    node.set_password("guest", "another-secret").await?;
    node.close_all_connections("the password was changed").await?;
    let status = until(&mut watch, |status| failed(status, FailureKind::LoginRefused)).await;
    assert!(status.to_string().contains("ACCESS_REFUSED"), "{status}");
    node.set_password("guest", "guest").await?;
    until(&mut watch, Status::is_ready).await;
    NoteApi::new(&transport).note(&Context::new(), "kept").await?;

    drop(transport);
    assert_eq!(until_closed(&mut watch).await, "the transport was dropped");
    no_connections(node).await
}

/// A user who knows the password and may not use the vhost.
#[tokio::test]
async fn a_vhost_is_not_for_everybody() -> Result<()> {
    let vhost = Broker::shared()?.vhost("status").await?;
    // Users are the node's, so the name has to be this test's own: that of the virtual host is.
    let stranger = vhost.name();
    let url = vhost.url().replace("guest:guest@", &format!("{stranger}:secret@"));
    let node = Broker::shared()?;
    node.add_user(stranger, "secret").await?;
    let error = Transport::connect(&url).await.unwrap_err();
    node.delete_user(stranger).await?;
    let TransportError::NotConnected { failures, .. } = &error else { panic!("{error}") };
    assert_eq!(failures[0].kind, FailureKind::VhostRefused, "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    Ok(())
}

/// How large frames may be is for the broker to say: not at all, or less than this side can do with.
#[tokio::test]
async fn a_broker_has_limits_of_its_own_for_frames() -> Result<()> {
    let broker = Broker::start_with(|_, _| Ok("frame_max = 0\n".to_owned())).await?;
    let transport = Transport::connect(&broker.node().url()).await?;
    NoteApi::new(&transport).note(&Context::new(), "long".repeat(1 << 18)).await?;
    transport.close(PATIENCE).await;

    let broker = Broker::start_with(|_, _| Ok("frame_max = 4096\n".to_owned())).await?;
    let builder = Transport::builder(&broker.node().url())?.connect_within(PATIENCE);
    let error = builder.connect().await.unwrap_err();
    let text = error.to_string();
    let TransportError::NotConnected { why, failures, .. } = error else { panic!("{text}") };
    assert_eq!(why, "no host can be used as things are", "{text}");
    assert_eq!(failures[0].kind, FailureKind::FramesTooSmall, "{text}");
    assert!(text.contains("8192") && text.contains("4096"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_broker_that_takes_amqplain_alone() -> Result<()> {
    let broker = Broker::start_with(|_, _| Ok("auth_mechanisms.1 = AMQPLAIN\n".to_owned())).await?;
    let url = format!("{}?rabbit_login_method=AMQPLAIN", broker.node().url());
    let transport = Transport::connect(&url).await?;
    NoteApi::new(&transport).note(&Context::new(), "kept").await?;
    transport.close(PATIENCE).await;
    let error = Transport::connect(&url.replace("guest:guest", "guest:hidden")).await.unwrap_err();
    let TransportError::NotConnected { failures, .. } = &error else { panic!("{error}") };
    assert_eq!(failures[0].kind, FailureKind::LoginRefused, "{error}");
    assert!(!error.to_string().contains("hidden"), "{error}");
    Ok(())
}
