//! `call_or_cast`, `timeout`, `monitor`, `expected`: how a method is sent and waited for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::{
    CallError, CallOptions, Context, Kind, RpcError, RpcException, Server, Target, Transport, rpc_manager,
};
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::peer::Peer;

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "compute")]
pub(crate) enum ComputeError {
    #[error("no instance {id}")]
    NotFound { id: u32 },
    #[error("busy")]
    Busy,
}

/// As a program would have it from its configuration.
fn long_rpc_timeout() -> Duration {
    Duration::from_millis(20)
}

#[rpc_manager(client = ComputeApi, topic = "compute", version = "6.0", error = ComputeError)]
pub trait ComputeManager {
    #[rpc(call_or_cast, to = host, timeout = long_rpc_timeout(), expected(ComputeError::NotFound { .. } | ComputeError::Busy))]
    async fn stop(&self, ctx: Context, host: String) -> Result<(), ComputeError>;

    #[rpc(call_or_cast)]
    async fn ping(&self, ctx: Context, #[arg(default = 1)] times: u32) -> Result<(), ComputeError>;

    #[rpc(call, timeout = Duration::from_secs(600), monitor = long_rpc_timeout() * 100)]
    async fn rebuild(&self, ctx: Context) -> Result<(), ComputeError>;
}

#[tokio::test]
async fn the_caller_chooses() {
    let (transport, mut peer) = Peer::one().await;
    let api = ComputeApi::new(&transport).with(CallOptions::new().timeout(Duration::from_secs(30)));
    let ctx = Context::new();
    api.stop(&ctx, "host1").call().await.unwrap();
    assert_eq!(peer.next().await.kind, Kind::Call);
    api.stop(&ctx, "host1").cast().await.unwrap();
    let sent = peer.next().await;
    assert_eq!((sent.kind, sent.args), (Kind::Cast, json!({"host": "host1"})));
    api.ping(&ctx).times(2).call().await.unwrap();
    assert_eq!(peer.next().await.args, json!({"times": 2}));
    api.ping(&ctx).cast().await.unwrap();
    let sent = peer.next().await;
    assert_eq!((sent.kind, sent.args), (Kind::Cast, json!({"times": 1})));
    assert_eq!(ComputeApi::INTERFACE.method("stop").unwrap().kind, Kind::CallOrCast);
}

#[tokio::test]
async fn a_method_that_is_monitored_says_so_in_its_message() {
    let (transport, recorder) = Transport::recording();
    recorder.answer(&()).unwrap();
    let api = ComputeApi::new(&transport);
    let sent = async |api: &ComputeApi| {
        api.rebuild(&Context::new()).await.unwrap();
        recorder.take().remove(0)
    };
    let by_method = sent(&api).await;
    let times = (by_method.timeout, by_method.monitor);
    assert_eq!(times, (Some(Duration::from_secs(600)), Some(Duration::from_secs(2))));
    // What the caller asks for goes before what the method asks for.
    let options = CallOptions::new().timeout(Duration::from_secs(9)).monitor(Duration::from_secs(4));
    let by_option = sent(&api.with(options)).await;
    let times = (by_option.timeout, by_option.monitor);
    assert_eq!(times, (Some(Duration::from_secs(9)), Some(Duration::from_secs(4))));
}

#[tokio::test]
async fn a_timeout_of_the_method() {
    // Nobody answers: how long was waited is what there is to see.
    let transport = Transport::connect("memory://").await.unwrap();
    let _silent = silent(&transport).await;
    let api = ComputeApi::new(&transport);
    let ctx = Context::new();
    let after = |error| match error {
        CallError::Rpc(RpcError::Timeout { after, .. }) => after,
        other => panic!("{other:?}"),
    };
    assert_eq!(after(api.stop(&ctx, "silent").call().await.unwrap_err()), Duration::from_millis(20));
    let patient = api.with(CallOptions::new().timeout(Duration::from_millis(30)));
    assert_eq!(after(patient.stop(&ctx, "silent").call().await.unwrap_err()), Duration::from_millis(30));
}

#[test]
fn the_description_has_timeouts_and_expected_errors() {
    let [stop, ping, rebuild] = ComputeApi::INTERFACE.methods else { panic!() };
    assert_eq!(stop.timeout.unwrap()(), Duration::from_millis(20));
    assert!(stop.monitor.is_none() && ping.timeout.is_none());
    assert_eq!(rebuild.monitor.unwrap()(), Duration::from_secs(2));
    assert_eq!(stop.expected, ["ComputeError::NotFound{..}|ComputeError::Busy"]);
}

/// A server that takes its time.
async fn silent(transport: &Transport) -> Server {
    struct Silent;

    impl ComputeManager for Silent {
        async fn stop(&self, _: Context, _: String) -> Result<(), ComputeError> {
            std::future::pending().await
        }

        async fn ping(&self, _: Context, _: u32) -> Result<(), ComputeError> {
            std::future::pending().await
        }

        async fn rebuild(&self, _: Context) -> Result<(), ComputeError> {
            std::future::pending().await
        }
    }

    Server::builder(transport, Target::new("compute").with_server("silent"))
        .endpoint(ComputeApi::endpoint(Arc::new(Silent)))
        .start()
        .await
        .unwrap()
}

/// What is logged, for a test to look at.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a method declares as expected reaches its caller like any other error, and the log of the
/// server at another level.
#[tokio::test]
async fn expected_errors_are_nothing_unusual() {
    struct Failing;

    impl ComputeManager for Failing {
        async fn stop(&self, _: Context, _: String) -> Result<(), ComputeError> {
            Err(ComputeError::NotFound { id: 7 })
        }

        async fn ping(&self, _: Context, _: u32) -> Result<(), ComputeError> {
            Err(ComputeError::Busy)
        }

        async fn rebuild(&self, _: Context) -> Result<(), ComputeError> {
            Ok(())
        }
    }

    let log = Log::default();
    let writer = log.clone();
    // One thread runs all of the test.
    let _default = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .set_default();
    let transport = Transport::connect("memory://").await.unwrap();
    let target = Target::new("compute").with_server("host1");
    let _server = Server::builder(&transport, target)
        .endpoint(ComputeApi::endpoint(Arc::new(Failing)))
        .start()
        .await
        .unwrap();
    let api = ComputeApi::new(&transport).with(CallOptions::new().timeout(Duration::from_secs(30)));
    let ctx = Context::new();
    let error = api.stop(&ctx, "host1").call().await.unwrap_err();
    assert!(matches!(error, CallError::Method(ComputeError::NotFound { id: 7 })));
    let error = api.ping(&ctx).call().await.unwrap_err();
    assert!(matches!(error, CallError::Method(ComputeError::Busy)));

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let line_of = |what: &str| text.lines().find(|line| line.contains(what)).unwrap().trim();
    assert!(line_of("no instance 7").contains("DEBUG"), "{text}");
    assert!(line_of("failed: busy").contains("INFO"), "{text}");
}
