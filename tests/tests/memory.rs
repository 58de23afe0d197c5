//! The whole path in one process: what callers and servers see, whatever the broker.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::{
    CallError, CallOptions, Context, RemoteError, RpcError, RpcException, Server, ServerError, Target,
    Transport, Version, VersionPin, rpc_manager,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

#[derive(Debug, Clone, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "shop.exception")]
pub enum ShopError {
    #[error("{what} is sold out")]
    SoldOut { what: String },
}

/// Something with two forms on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    weight: u32,
}

/// A result that can't be written as JSON: its map has keys that are no text.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Unencodable {
    map: std::collections::BTreeMap<Vec<u8>, u8>,
}

#[rpc_manager(client = ShopApi, topic = "shop", version = "1.4", error = ShopError)]
pub trait Shop {
    #[rpc(call)]
    async fn buy(
        &self,
        ctx: Context,
        what: String,
        #[arg(default = 1)] pieces: u32,
    ) -> Result<String, ShopError>;

    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<String, ShopError>;

    #[rpc(call)]
    async fn slow(&self, ctx: Context, millis: u64) -> Result<(), ShopError>;

    #[rpc(call)]
    async fn queue_up(&self, ctx: Context) -> Result<(), ShopError>;

    #[rpc(call)]
    async fn panics(&self, ctx: Context) -> Result<(), ShopError>;

    #[rpc(call)]
    async fn big(&self, ctx: Context, bytes: usize) -> Result<String, ShopError>;

    #[rpc(call)]
    async fn unencodable(&self, ctx: Context) -> Result<Unencodable, ShopError>;

    #[rpc(cast, to = shelf)]
    async fn stack(&self, ctx: Context, shelf: String, count: usize) -> Result<(), ShopError>;

    #[rpc(cast, fanout)]
    async fn close(&self, ctx: Context) -> Result<(), ShopError>;

    #[rpc(call, since = "1.2")]
    async fn ship(
        &self,
        ctx: Context,
        #[arg(since = "1.3", old = drop)] insured: Option<bool>,
        #[arg(since = "1.4", old = error_if_set)] gift: Option<String>,
        #[arg(since = "1.4", old = with(weight_only))] parcel: serde_json::Value,
    ) -> Result<String, ShopError>;
}

fn weight_only(parcel: &serde_json::Value) -> u64 {
    parcel["weight"].as_u64().unwrap_or(0)
}

#[derive(Debug, Default)]
struct Counter {
    name: String,
    stacked: AtomicUsize,
    closed: AtomicUsize,
    users: Mutex<HashSet<String>>,
    queue: Queue,
}

/// Handlers that wait until they are let through, and how many did at once at most.
#[derive(Debug)]
struct Queue {
    through: Semaphore,
    waiting: AtomicUsize,
    longest: AtomicUsize,
}

impl Default for Queue {
    fn default() -> Self {
        Self { through: Semaphore::new(0), waiting: AtomicUsize::default(), longest: AtomicUsize::default() }
    }
}

impl Queue {
    async fn wait(&self) {
        let waiting = self.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        self.longest.fetch_max(waiting, Ordering::SeqCst);
        self.through.acquire().await.unwrap().forget();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shop for Counter {
    async fn buy(&self, ctx: Context, what: String, pieces: u32) -> Result<String, ShopError> {
        self.users.lock().unwrap().extend(ctx.user().map(str::to_owned));
        if what == "moon" {
            return Err(ShopError::SoldOut { what });
        }
        Ok(format!("{pieces} {what}"))
    }

    async fn whoami(&self, _: Context) -> Result<String, ShopError> {
        Ok(self.name.clone())
    }

    async fn slow(&self, _: Context, millis: u64) -> Result<(), ShopError> {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(())
    }

    async fn queue_up(&self, _: Context) -> Result<(), ShopError> {
        self.queue.wait().await;
        Ok(())
    }

    async fn panics(&self, _: Context) -> Result<(), ShopError> {
        panic!("out of change")
    }

    async fn big(&self, _: Context, bytes: usize) -> Result<String, ShopError> {
        Ok("x".repeat(bytes))
    }

    async fn unencodable(&self, _: Context) -> Result<Unencodable, ShopError> {
        Ok(Unencodable { map: [(vec![1], 1)].into() })
    }

    async fn stack(&self, _: Context, _shelf: String, count: usize) -> Result<(), ShopError> {
        self.stacked.fetch_add(count, Ordering::SeqCst);
        Ok(())
    }

    async fn close(&self, _: Context) -> Result<(), ShopError> {
        self.closed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn ship(
        &self,
        _: Context,
        insured: Option<bool>,
        gift: Option<String>,
        parcel: serde_json::Value,
    ) -> Result<String, ShopError> {
        Ok(format!("{insured:?} {gift:?} {parcel}"))
    }
}

struct World {
    transport: Transport,
    counters: Vec<Arc<Counter>>,
    servers: Vec<Server>,
}

async fn world(names: &[&str]) -> World {
    let transport = Transport::connect("memory://").await.unwrap();
    let (mut counters, mut servers) = (Vec::new(), Vec::new());
    for name in names {
        let counter = Arc::new(Counter { name: (*name).to_owned(), ..Counter::default() });
        let target = Target::topic("shop").with_server(*name);
        let endpoint = ShopApi::endpoint(Arc::clone(&counter));
        servers.push(Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap());
        counters.push(counter);
    }
    World { transport, counters, servers }
}

/// Waits until `done`, which a cast that was taken makes true.
async fn until(done: impl Fn() -> bool) {
    tokio::time::timeout(Duration::from_secs(20), async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("it did not happen");
}

#[tokio::test]
async fn calls_have_results_and_typed_errors() {
    let World { transport, counters, servers: _servers } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let ctx = Context::request().with("user", "u1");
    assert_eq!(api.buy(&ctx, "pear").await.unwrap(), "1 pear");
    assert_eq!(api.buy(&ctx, String::from("pear")).pieces(3).await.unwrap(), "3 pear");
    let error = api.buy(&ctx, "moon").await.unwrap_err();
    assert_eq!(error.method(), Some(&ShopError::SoldOut { what: "moon".into() }));
    assert_eq!(error.to_string(), "moon is sold out");
    assert!(counters[0].users.lock().unwrap().contains("u1"));
}

#[tokio::test]
async fn a_topic_is_served_in_turn_and_a_server_by_name() {
    let World { transport, counters, servers: _servers } = world(&["a", "b", "c"]).await;
    let api = ShopApi::new(&transport);
    let ctx = Context::new();
    let mut seen = HashSet::new();
    for _ in 0..3 {
        seen.insert(api.whoami(&ctx).await.unwrap());
    }
    assert_eq!(seen.len(), 3);
    let at_b = api.with(CallOptions::new().server("b"));
    for _ in 0..3 {
        assert_eq!(at_b.whoami(&ctx).await.unwrap(), "b");
    }
    api.stack(&ctx, "c", 7_usize).await.unwrap();
    until(|| counters[2].stacked.load(Ordering::SeqCst) == 7).await;
    assert_eq!(counters[0].stacked.load(Ordering::SeqCst) + counters[1].stacked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_fanout_reaches_every_server_once() {
    let World { transport, counters, servers: _servers } = world(&["a", "b", "c"]).await;
    ShopApi::new(&transport).close(&Context::new()).await.unwrap();
    until(|| counters.iter().all(|counter| counter.closed.load(Ordering::SeqCst) == 1)).await;
}

#[tokio::test]
async fn nobody_there() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let ctx = Context::new();
    let nowhere = api.with(CallOptions::new().server("z"));
    let error = nowhere.whoami(&ctx).await.unwrap_err();
    assert!(
        matches!(error.rpc(), Some(RpcError::Undeliverable { method, .. }) if method == "whoami"),
        "{error}"
    );
    // A cast is lost without a word, unless it is asked for.
    nowhere.stack(&ctx, "z", 1_usize).await.unwrap();
    let error = api.with(CallOptions::new().mandatory()).stack(&ctx, "z", 1_usize).await.unwrap_err();
    assert!(matches!(error, RpcError::Undeliverable { .. }), "{error}");
    // A fanout that nobody hears is nothing unusual.
    let other = api.with(CallOptions::new().topic("elsewhere").mandatory());
    other.close(&ctx).await.unwrap();
}

#[tokio::test]
async fn a_timeout_ends_the_call_and_nothing_else() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let hasty = api.with(CallOptions::new().timeout(Duration::from_millis(50)));
    let error = hasty.slow(&Context::new(), 300_u64).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, CallError::Rpc(RpcError::Timeout { .. })), "{text}");
    assert!(text.contains("slow") && text.contains("shop") && text.contains("50ms"), "{text}");
    // The late reply is nobody's, and the next call gets its own.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}

#[tokio::test]
async fn a_monitored_call_outlives_its_monitor_timeout() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let options = CallOptions::new().timeout(Duration::from_secs(30)).monitor(Duration::from_secs(2));
    ShopApi::new(&transport).with(options).slow(&Context::new(), 3_500_u64).await.unwrap();
}

#[tokio::test]
async fn panics_and_unencodable_results_are_failures_and_the_server_lives() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let remote = |error: &RpcError| match error {
        RpcError::Remote(remote) => (**remote).clone(),
        other => panic!("{other}"),
    };
    let error = remote(api.panics(&Context::new()).await.unwrap_err().rpc().unwrap());
    assert_eq!(
        (error.class.as_str(), error.message.as_str()),
        ("RuntimeError", "panics() panicked: out of change")
    );
    let error = remote(api.unencodable(&Context::new()).await.unwrap_err().rpc().unwrap());
    assert_eq!(error.class, "ValueError");
    assert!(error.message.starts_with("the result cannot be encoded"), "{}", error.message);
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}

#[tokio::test]
async fn a_pinned_client_sends_what_its_version_has() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let pin = VersionPin::unpinned();
    let api = ShopApi::new(&transport).pinned(&pin);
    let ctx = Context::new();
    let parcel = serde_json::json!({"weight": 5});
    let ship = async |gift: Option<String>| api.ship(&ctx, Some(true), gift, &parcel).await;

    assert_eq!(ship(Some("bow".into())).await.unwrap(), r#"Some(true) Some("bow") {"weight":5}"#);
    pin.set(Version::new(1, 3));
    assert_eq!(ship(None).await.unwrap(), "Some(true) None 5");
    let error = ship(Some("bow".into())).await.unwrap_err();
    assert_eq!(error.to_string(), "argument gift of ship needs version 1.4 but the client is pinned to 1.3");
    pin.set(Version::new(1, 2));
    assert_eq!(ship(None).await.unwrap(), "None None 5");
    pin.set(Version::new(1, 1));
    let error = ship(None).await.unwrap_err();
    assert_eq!(error.to_string(), "ship needs version 1.2 but the client is pinned to 1.1");
    pin.clear();
    assert!(ship(None).await.is_ok());
}

/// A later and an unknown edition of the shop, as another release would have them.
#[rpc_manager(client = LaterShopApi, topic = "shop", version = "1.9", error = RemoteError)]
pub trait LaterShop {
    #[rpc(call, since = "1.9")]
    async fn whoami(&self, ctx: Context) -> Result<String, RemoteError>;
    #[rpc(call)]
    async fn refund(&self, ctx: Context) -> Result<String, RemoteError>;
    #[rpc(call)]
    async fn buy(&self, ctx: Context, what: u32, colour: String) -> Result<String, RemoteError>;
}

#[tokio::test]
async fn what_the_server_does_not_have_is_told_by_name() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let later = LaterShopApi::new(&transport);
    let ctx = Context::new();
    let error = later.whoami(&ctx).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server does not support the version of whoami: \
         Endpoint does not support RPC version 1.9. Attempted method: whoami"
    );
    let error = later.refund(&ctx).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server has no method refund: Endpoint does not support RPC method refund"
    );
    // The method's error type is every other exception, so this comes as its own.
    let error = later.buy(&ctx, 1_u32, "red").await.unwrap_err();
    assert_eq!(error.method().unwrap().message, "buy() got an unexpected keyword argument 'colour'");
}

/// The same with typed errors: then they are the framework's.
#[rpc_manager(client = TypedLaterApi, topic = "shop", version = "1.9", error = ShopError)]
pub trait TypedLater {
    #[rpc(call, since = "1.9")]
    async fn whoami(&self, ctx: Context) -> Result<String, ShopError>;
    #[rpc(call)]
    async fn refund(&self, ctx: Context) -> Result<String, ShopError>;
    #[rpc(call, name = "buy")]
    async fn buy_badly(&self, ctx: Context, what: u32) -> Result<String, ShopError>;
}

#[rpc_manager(client = MisreadApi, topic = "shop", version = "1.0", error = ShopError)]
pub trait Misread {
    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<u32, ShopError>;
}

#[tokio::test]
async fn framework_errors_are_told_apart() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let later = TypedLaterApi::new(&transport);
    let ctx = Context::new();
    assert!(matches!(
        later.whoami(&ctx).await,
        Err(CallError::Rpc(RpcError::UnsupportedVersion { method, .. })) if method == "whoami"
    ));
    assert!(matches!(later.refund(&ctx).await, Err(CallError::Rpc(RpcError::NoSuchMethod { .. }))));
    let error = later.buy_badly(&ctx, 1_u32).await.unwrap_err();
    assert!(
        matches!(error.rpc(), Some(RpcError::Remote(remote)) if remote.class == "TypeError"
            && remote.message.contains("argument 'what'")),
        "{error}"
    );
    let error = MisreadApi::new(&transport).whoami(&ctx).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Decode { method, .. }) if method == "whoami"), "{error}");
    let error = later.with(CallOptions::new().topic("")).whoami(&ctx).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::BadArgument { .. })), "{error}");
}

#[tokio::test]
async fn shutdown_finishes_what_runs_and_gives_back_the_rest() {
    let World { transport, mut servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let running = tokio::spawn(api.slow(&Context::new(), 300_u64).into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    servers.pop().unwrap().shutdown(Duration::from_secs(10)).await.unwrap();
    running.await.unwrap().unwrap();
    // The queue stayed: what comes now waits for the next server.
    let waiting = tokio::spawn(api.whoami(&Context::new()).into_future());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    let counter = Arc::new(Counter { name: "next".into(), ..Counter::default() });
    let target = Target::topic("shop").with_server("next");
    let _server =
        Server::builder(&transport, target).endpoint(ShopApi::endpoint(counter)).start().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), "next");
}

#[tokio::test]
async fn shutdown_has_a_deadline_and_the_callers_are_told() {
    let World { transport, mut servers, .. } = world(&["a"]).await;
    let running = tokio::spawn(ShopApi::new(&transport).slow(&Context::new(), 60_000_u64).into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let error = servers.pop().unwrap().shutdown(Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.cut_off, 1);
    let error = running.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the server was stopped before slow() finished"), "{error}");
}

#[tokio::test]
async fn requests_wait_while_all_workers_are_busy() {
    let transport = Transport::connect("memory://").await.unwrap();
    let counter = Arc::new(Counter::default());
    let _server = Server::builder(&transport, Target::topic("shop").with_server("a"))
        .endpoint(ShopApi::endpoint(Arc::clone(&counter)))
        .workers(2)
        .start()
        .await
        .unwrap();
    let api = ShopApi::new(&transport);
    let calls: Vec<_> = (0..8).map(|_| tokio::spawn(api.queue_up(&Context::new()).into_future())).collect();
    until(|| counter.queue.waiting.load(Ordering::SeqCst) >= 2).await;
    // Time for more than two to start, if anything lets them.
    tokio::time::sleep(Duration::from_millis(100)).await;
    counter.queue.through.add_permits(8);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(counter.queue.longest.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn shutdown_gives_back_what_was_handed_over_and_not_started() {
    let transport = Transport::connect("memory://").await.unwrap();
    let start = async |name: &str| {
        let counter = Arc::new(Counter { name: name.to_owned(), ..Counter::default() });
        let server = Server::builder(&transport, Target::topic("shop").with_server(name))
            .endpoint(ShopApi::endpoint(Arc::clone(&counter)))
            .workers(1)
            .start();
        (counter, server.await.unwrap())
    };
    let (counter, server) = start("first").await;
    let api = ShopApi::new(&transport);
    let running = tokio::spawn(api.queue_up(&Context::new()).into_future());
    until(|| counter.queue.waiting.load(Ordering::SeqCst) == 1).await;
    let waiting: Vec<_> = (0..5).map(|_| tokio::spawn(api.whoami(&Context::new()).into_future())).collect();
    // Time for the requests to reach the server, whose one worker is busy.
    tokio::time::sleep(Duration::from_millis(100)).await;
    // The shutdown is polled first: no worker is free before it has begun.
    let (stopped, ()) = tokio::join!(server.shutdown(Duration::from_secs(10)), async {
        counter.queue.through.add_permits(1);
    });
    stopped.unwrap();
    running.await.unwrap().unwrap();
    let (_, _next) = start("next").await;
    for call in waiting {
        assert_eq!(call.await.unwrap().unwrap(), "next");
    }
}

#[tokio::test]
async fn transports_of_one_name_share_a_broker_and_others_do_not() {
    let one = Transport::connect("memory:///shared").await.unwrap();
    let other = Transport::connect("memory:///shared").await.unwrap();
    let apart = Transport::connect("memory://").await.unwrap();
    let counter = Arc::new(Counter { name: "a".into(), ..Counter::default() });
    let target = Target::topic("shop").with_server("a");
    let _server = Server::builder(&one, target).endpoint(ShopApi::endpoint(counter)).start().await.unwrap();
    assert_eq!(ShopApi::new(&other).whoami(&Context::new()).await.unwrap(), "a");
    let error = ShopApi::new(&apart).whoami(&Context::new()).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error}");
}

#[tokio::test]
async fn a_closed_transport_says_so() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    transport.close(Duration::from_secs(1)).await;
    let error = ShopApi::new(&transport).close(&Context::new()).await.unwrap_err();
    assert!(matches!(error, RpcError::Connection { .. }), "{error}");
    assert!(error.to_string().contains("closed"), "{error}");
}

#[tokio::test]
async fn servers_that_cannot_work_are_refused() {
    let transport = Transport::connect("memory://").await.unwrap();
    let endpoint = || ShopApi::endpoint(Arc::new(Counter::default()));
    let start = async |target, endpoints: Vec<_>| {
        let builder = Server::builder(&transport, target);
        endpoints.into_iter().fold(builder, |builder, endpoint| builder.endpoint(endpoint)).start().await
    };
    let target = || Target::topic("shop").with_server("a");
    assert!(matches!(
        start(Target::topic("shop"), vec![endpoint()]).await,
        Err(ServerError::NoServer { .. })
    ));
    assert!(matches!(
        start(Target::topic("").with_server("a"), vec![endpoint()]).await,
        Err(ServerError::NoTopic)
    ));
    assert!(matches!(start(target(), vec![]).await, Err(ServerError::NoEndpoint)));
    let error = start(target(), vec![endpoint(), endpoint()]).await.unwrap_err();
    assert!(matches!(error, ServerError::Shadowed { method: "buy", .. }), "{error}");
    assert!(start(target(), vec![endpoint()]).await.is_ok());
}

#[tokio::test]
async fn bad_urls_options_and_pins_are_named() {
    let connect = async |url: &str| Transport::connect(url).await.unwrap_err().to_string();
    assert!(connect("kafka://h/").await.contains("kafka"));
    assert!(connect("memory:///?rpc_response_timeout=soon").await.contains("rpc_response_timeout=\"soon\""));
    assert!(connect("rabbit://h/?amqp_durable_queue=1").await.contains("did you mean amqp_durable_queues"));
    let error = "3".parse::<VersionPin>().unwrap_err().to_string();
    assert!(error.contains("\"3\"") && error.contains("minor"), "{error}");
}

#[tokio::test]
async fn what_is_too_large_is_told_and_not_waited_for() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let error = api.buy(&Context::new(), "x".repeat(17 << 20)).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Encode { what, .. }) if what == "request"), "{error}");
    let error = api.big(&Context::new(), 17_usize << 20).await.unwrap_err();
    assert!(
        matches!(error.rpc(), Some(RpcError::Remote(remote)) if remote.class == "ValueError"
            && remote.message.ends_with("more than max_body=16777216")),
        "{error}"
    );
    assert_eq!(api.big(&Context::new(), 1_usize << 20).await.unwrap().len(), 1 << 20);
}

#[tokio::test]
async fn for_ever_is_a_time_like_any_other() {
    let World { transport, mut servers, .. } = world(&["a"]).await;
    let patient = CallOptions::new().timeout(Duration::MAX).monitor(Duration::MAX);
    assert_eq!(ShopApi::new(&transport).with(patient).whoami(&Context::new()).await.unwrap(), "a");
    servers.pop().unwrap().shutdown(Duration::MAX).await.unwrap();
    transport.close(Duration::MAX).await;
}

#[tokio::test]
async fn handlers_of_a_dropped_server_finish() {
    let World { transport, servers, .. } = world(&["a"]).await;
    let running = tokio::spawn(ShopApi::new(&transport).slow(&Context::new(), 300_u64).into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(servers);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_observer_that_panics_harms_nobody() {
    let transport = Transport::connect("memory://").await.unwrap();
    let _server = Server::builder(&transport, Target::topic("shop").with_server("a"))
        .endpoint(ShopApi::endpoint(Arc::new(Counter { name: "a".into(), ..Counter::default() })))
        .on_request(|request| panic!("{} is too much", request.method))
        .start()
        .await
        .unwrap();
    for _ in 0..3 {
        assert_eq!(ShopApi::new(&transport).whoami(&Context::new()).await.unwrap(), "a");
    }
}

#[tokio::test]
async fn a_context_of_too_many_fields_is_refused() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let fields = |count| (0..count).fold(Context::new(), |ctx, n| ctx.with(format!("f{n}"), n));
    let api = ShopApi::new(&transport);
    assert_eq!(api.whoami(&fields(1024)).await.unwrap(), "a");
    let error = api.whoami(&fields(1025)).await.unwrap_err().to_string();
    assert!(error.contains("1025 fields, more than 1024"), "{error}");
}

#[tokio::test]
async fn calls_in_flight_end_with_their_transport() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let running = tokio::spawn(api.slow(&Context::new(), 60_000_u64).into_future());
    tokio::time::sleep(Duration::from_millis(100)).await;
    transport.close(Duration::from_secs(1)).await;
    let error = running.await.unwrap().unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Connection { .. })), "{error}");
    let error = api.whoami(&Context::new()).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Connection { .. })), "{error}");
}

#[tokio::test]
async fn a_server_ends_with_its_transport() {
    let one = Transport::connect("memory:///ends").await.unwrap();
    let other = Transport::connect("memory:///ends").await.unwrap();
    let start = async |transport: &Transport, name: &str| {
        let counter = Counter { name: name.to_owned(), ..Counter::default() };
        Server::builder(transport, Target::topic("shop").with_server(name))
            .endpoint(ShopApi::endpoint(Arc::new(counter)))
            .start()
            .await
            .unwrap()
    };
    let (_first, _second) = (start(&one, "first").await, start(&other, "second").await);
    one.close(Duration::from_secs(1)).await;
    for _ in 0..4 {
        assert_eq!(ShopApi::new(&other).whoami(&Context::new()).await.unwrap(), "second");
    }
}

#[tokio::test]
async fn an_idle_server_needs_no_time_to_stop() {
    let World { mut servers, .. } = world(&["a"]).await;
    servers.pop().unwrap().shutdown(Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn options_that_cannot_apply_are_refused_by_name() {
    let World { transport, servers: _servers, .. } = world(&["a"]).await;
    let with = |options| ShopApi::new(&transport).with(options);
    let ctx = Context::new();
    let why = |error: &RpcError| match error {
        RpcError::BadArgument { why, .. } => why.clone(),
        other => panic!("{other}"),
    };

    let error = with(CallOptions::new().server("")).whoami(&ctx).await.unwrap_err();
    assert_eq!(why(error.rpc().unwrap()), "the option server is empty");
    for (options, name) in
        [(CallOptions::new().server("a"), "server"), (CallOptions::new().exchange("e"), "exchange")]
    {
        let why = why(&with(options).close(&ctx).await.unwrap_err());
        assert!(why.contains(name) && why.contains("a fanout goes to every server"), "{why}");
    }
    let hectic = with(CallOptions::new().monitor(Duration::from_millis(1_999)));
    let why = why(hectic.whoami(&ctx).await.unwrap_err().rpc().unwrap());
    assert!(why.contains("1.999s") && why.contains("at least 2 s"), "{why}");
    // A cast has no heartbeats to wait for.
    hectic.stack(&ctx, "a", 1_usize).await.unwrap();
}
