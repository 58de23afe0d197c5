//! Messages that are too large or nested too deeply for somebody on their way: their callers learn so at once.

use std::error::Error as _;
use std::time::Duration;

use rpc_runtime::{
    CallError, CallOptions, Context, FaultKind, Reached, Refusal, RemoteError, RpcError, Server, Target,
    Transport, rpc_manager,
};
use rpc_tests::{Broker, run, until};
use serde_json::Value;

use super::{connect, vhost};

/// More than the broker takes, and less than the options do.
const TOO_LARGE: u64 = 200_000;
const CONFIGURATION: &str = "max_message_size = 100000\n";

#[rpc_manager(client = FillApi, topic = "fill", version = "1.0", error = RemoteError)]
pub(super) trait Fill {
    /// A text of this length.
    #[rpc(call)]
    async fn text(&self, ctx: Context, bytes: u64) -> Result<String, RemoteError>;

    /// An array in an array, and so on.
    #[rpc(call)]
    async fn nested(&self, ctx: Context, levels: u64) -> Result<Value, RemoteError>;

    #[rpc(call)]
    async fn take(&self, ctx: Context, value: Value) -> Result<(), RemoteError>;
}

struct Filler;

impl Fill for Filler {
    async fn text(&self, _: Context, bytes: u64) -> Result<String, RemoteError> {
        Ok(text(bytes))
    }

    async fn nested(&self, _: Context, levels: u64) -> Result<Value, RemoteError> {
        Ok(nested(levels))
    }

    async fn take(&self, _: Context, _: Value) -> Result<(), RemoteError> {
        Ok(())
    }
}

pub(super) fn text(bytes: u64) -> String {
    "x".repeat(usize::try_from(bytes).unwrap())
}

fn nested(levels: u64) -> Value {
    (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
}

pub(super) async fn serve(transport: &Transport) -> Server {
    let target = Target::new("fill").with_server("s");
    Server::builder(transport, target).endpoint(FillApi::endpoint(Filler)).start().await.unwrap()
}

/// A client whose calls time out long after the test is given up.
pub(super) fn client(transport: &Transport) -> FillApi {
    FillApi::new(transport).with(CallOptions::new().timeout(Duration::from_secs(3600)))
}

pub(super) fn remote<T: std::fmt::Debug>(outcome: Result<T, CallError<RemoteError>>) -> String {
    match outcome {
        Err(CallError::Method(error)) => error.to_string(),
        outcome => panic!("{outcome:?}"),
    }
}

fn undecodable<T: std::fmt::Debug>(outcome: Result<T, CallError<RemoteError>>) -> String {
    match outcome {
        Err(CallError::Rpc(error @ RpcError::Decode { .. })) => {
            assert!(error.source().is_some_and(|it| it.is::<rpc_runtime::wire::DecodeError>()), "{error:?}");
            error.to_string()
        }
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn what_is_too_large_for_the_broker() {
    run(async {
        let broker = Broker::start_with(|_, _| Ok(CONFIGURATION.to_owned())).await.unwrap();
        let transport = Transport::connect(&broker.node().url()).await.unwrap();
        let server = serve(&transport).await;
        let client = client(&transport);
        let ctx = Context::new();
        for _ in 0..3 {
            let said = remote(client.text(&ctx, TOO_LARGE).await);
            assert!(said.contains("the reply cannot be sent") && said.contains("max size 100000"), "{said}");

            let error = client.take(&ctx, Value::from(text(TOO_LARGE))).await.unwrap_err();
            let CallError::Rpc(RpcError::Connection { kind: FaultKind::TooLarge, reached, source, .. }) =
                &error
            else {
                panic!("{error:?}")
            };
            assert!(*reached < Reached::Sent, "{error:?}");
            let refusal: &Refusal = source.as_ref().unwrap().downcast_ref().unwrap();
            assert!(refusal.code == 406 && error.to_string().contains("max size 100000"), "{error}");

            assert_eq!(client.text(&ctx, 10).await.unwrap(), text(10));
        }
        assert_eq!(server.counters().replies_dropped, 3);
    });
}

#[test]
fn what_is_too_large_for_the_other_side() {
    run(async {
        let vhost = vhost("too-large").await;
        let small = connect(&vhost, "max_body=10000").await;
        let large = connect(&vhost, "").await;
        let server = serve(&small).await;
        let ctx = Context::new();
        let said = remote(client(&large).take(&ctx, Value::from(text(TOO_LARGE))).await);
        assert!(said.contains("the request has 20") && said.contains("max_body=10000"), "{said}");
        assert_eq!(server.counters().rejected, 1);
        server.shutdown(rpc_tests::limits::PATIENCE).await.unwrap();

        let server = serve(&large).await;
        let said = undecodable(client(&small).text(&ctx, TOO_LARGE).await);
        assert!(said.contains("max_body=10000"), "{said}");
        assert_eq!(client(&small).text(&ctx, 10).await.unwrap(), text(10));
        drop(server);
    });
}

#[test]
fn what_is_nested_too_deeply() {
    run(async {
        let vhost = vhost("too-deep").await;
        let transport = connect(&vhost, "").await;
        let server = serve(&transport).await;
        let client = client(&transport);
        let ctx = Context::new();
        let said = remote(client.take(&ctx, nested(200)).await);
        assert!(said.contains("nested deeper than 128 levels"), "{said}");
        let said = undecodable(client.nested(&ctx, 200).await);
        assert!(said.contains("nested deeper than 128 levels"), "{said}");
        assert_eq!(server.counters().rejected, 1);
    });
}

/// A body that would have to be unpacked first says nothing: that is known to the log of the server only.
#[test]
fn what_is_packed_and_too_large() {
    run(async {
        let vhost = vhost("packed").await;
        let server = serve(&connect(&vhost, "max_body=10000").await).await;
        let packed = connect(&vhost, "kombu_compression=gzip").await;
        let calling =
            tokio::spawn(client(&packed).take(&Context::new(), Value::from(text(TOO_LARGE))).into_future());
        until("it is rejected", async || Ok((server.counters().rejected == 1).then_some(()))).await.unwrap();
        assert!(!calling.is_finished());
        calling.abort();
    });
}
