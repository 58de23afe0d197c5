//! A server whose handlers do what a test says, and the connection that its messages come by.

use std::sync::Mutex;

use tokio::runtime::Handle;

use super::*;
use crate::lock::lock;
pub(super) use crate::transport::stub::{Book, until};

/// What the broker says of each message that is sent.
pub(super) type Answer = Box<dyn Fn(&Outgoing) -> Result<(), PublishError> + Send + Sync>;
/// The same, which may take its time.
type SlowAnswer = Box<dyn Fn(&Outgoing) -> BoxFuture<'static, Result<(), PublishError>> + Send + Sync>;
/// What a handler does, by its argument.
pub(super) type Act = Arc<dyn Fn(Value) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// An endpoint whose one method does what the test says.
#[derive(Clone)]
struct Acting(Act);

impl Dispatch for Acting {
    async fn dispatch(&self, incoming: Incoming) -> Outcome {
        let (_, args) = incoming.open::<crate::Context, crate::Context>(&ECHO.methods[0])?;
        (self.0)(args.or_else("value", || Value::Null)?).await
    }
}

/// The server, on a [`Stub`].
pub(super) struct Stage {
    pub(super) server: Server,
    pub(super) book: Arc<Book>,
    deliveries: mpsc::Sender<Delivery>,
    pub(super) published: Arc<Mutex<Vec<Outgoing>>>,
    tag: std::sync::atomic::AtomicU64,
}

impl Stage {
    pub(super) async fn new(
        act: Act,
        answer: Answer,
        runtime: Option<Handle>,
        set: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        Self::with_broker(act, Box::new(move |message| ready(answer(message)).boxed()), runtime, set).await
    }

    pub(super) async fn with_broker(
        act: Act,
        answer: SlowAnswer,
        runtime: Option<Handle>,
        set: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        let (deliveries, receiver) = mpsc::channel(1024);
        let published = Arc::<Mutex<Vec<Outgoing>>>::default();
        let sent = Arc::clone(&published);
        let stub = Stub::publishing(move |message| {
            let answer = answer(&message);
            lock(&sent).push(message);
            answer
        });
        let stub = stub.delivering(receiver).with_runtime(runtime);
        let target = Target::new("compute").with_server("host1");
        let builder = Server::builder(&Transport::for_tests(stub), target);
        let server = set(builder.endpoint(Endpoint::new(&ECHO, Acting(act)))).start().await.unwrap();
        Self { server, book: Arc::default(), deliveries, published, tag: Default::default() }
    }

    /// With handlers that do this, and a broker that takes everything.
    pub(super) async fn acting<F>(
        act: impl Fn(Value) -> F + Send + Sync + 'static,
        set: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let act: Act = Arc::new(move |value| act(value).boxed());
        Self::new(act, Box::new(|_| Ok(())), None, set).await
    }

    /// Delivers a body; returns its tag.
    pub(super) async fn deliver(
        &self,
        body: impl Into<Bytes>,
        compression: Option<&str>,
        expires: Option<Instant>,
    ) -> u64 {
        let tag = self.tag.fetch_add(1, Ordering::SeqCst) + 1;
        let delivery = Delivery {
            labels: Labels { compression: compression.map(str::to_owned), ..Labels::json() },
            beside: None,
            expires,
            ..delivery(body, Settle::new(Arc::new(Arc::clone(&self.book)), tag))
        };
        self.deliveries.send(delivery).await.unwrap();
        tag
    }

    /// Delivers a request with these members beside the method.
    pub(super) async fn request(&self, mut members: Value) -> u64 {
        members["method"] = "echo".into();
        self.deliver(sealed(&members), None, None).await
    }

    pub(super) fn verdicts(&self) -> Vec<(u64, Verdict)> {
        lock(&self.book.verdicts).clone()
    }

    /// What was published so far, as messages.
    pub(super) fn replies(&self) -> Vec<Value> {
        lock(&self.published).iter().map(|message| inner(&message.body)).collect()
    }
}

pub(super) fn sealed(members: &Value) -> String {
    json!({"oslo.version": "2.0", "oslo.message": members.to_string()}).to_string()
}
