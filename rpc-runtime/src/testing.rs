//! How services are tested: without a broker, without waiting, and against what goes wrong.
//!
//! Five ways, from the smallest to the largest; the first three need no feature.
//!
//! | What is tested | With what |
//! |---|---|
//! | a method of a manager | the manager itself, called as what it is |
//! | code that calls a service | a [recorder](#code-that-calls-a-service) in the place of the service |
//! | a service as it is served | both ends [in one process](#a-service-as-it-is-served), over `memory://` |
//! | a service that calls others | a [fake](#a-service-that-calls-others) of each of the others |
//! | a service when messages are late, repeated and lost | [faults by a seed](#messages-that-are-late-repeated-and-lost) |
//!
//! What the last two need is built with the feature `testing`, which belongs into `[dev-dependencies]`:
//!
//! ```toml
//! [dev-dependencies]
//! rpc-runtime = { version = "0.1", features = ["testing"] }
//! tokio = { version = "1", features = ["test-util"] }
//! ```
//!
//! The examples have this interface:
//!
//! ```
//! use rpc_runtime::prelude::*;
//!
//! #[rpc_manager(topic = "greeter", version = "1.0", fake = FakeGreeter)]
//! pub trait Greeter {
//!     #[rpc(call)]
//!     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//!
//!     #[rpc(cast)]
//!     async fn wake(&self, ctx: Context, name: String) -> Result<(), RemoteError>;
//! }
//! # fn main() {}
//! ```
//!
//! # A method
//!
//! A manager is a value with methods. It needs no server, and a [`Context`](crate::Context) is made for it:
//!
//! ```
//! # use rpc_runtime::prelude::*;
//! # #[rpc_manager(topic = "greeter", version = "1.0")]
//! # pub trait Greeter {
//! #     #[rpc(call)]
//! #     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//! # }
//! struct Desk;
//!
//! impl Greeter for Desk {
//!     async fn greet(&self, _: Context, name: String) -> Result<String, RemoteError> {
//!         Ok(format!("hello {name}"))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let ctx = Context::request().with_user("alice");
//! assert_eq!(Desk.greet(ctx, "Bob".to_owned()).await.unwrap(), "hello Bob");
//! # }
//! ```
//!
//! # Code that calls a service
//!
//! [`Transport::recording`](crate::Transport::recording) records what is sent. Its [`Recorder`](crate::Recorder) has answers
//! for [each method](crate::Recorder::method): one, several in turn, or what a function makes of what was sent. All that
//! pins and downgrades do to a request can be seen in it.
//!
//! ```
//! # use rpc_runtime::prelude::*;
//! # #[rpc_manager(topic = "greeter", version = "1.0")]
//! # pub trait Greeter {
//! #     #[rpc(call)]
//! #     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//! #     #[rpc(cast)]
//! #     async fn wake(&self, ctx: Context, name: String) -> Result<(), RemoteError>;
//! # }
//! /// Wakes whoever cannot be greeted.
//! async fn meet(api: &GreeterApi, ctx: &Context, name: &str) -> Result<(), RpcError> {
//!     match api.greet(ctx, name).await {
//!         Ok(_) => Ok(()),
//!         Err(_) => api.wake(ctx, name).await,
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (transport, recorder) = Transport::recording();
//! recorder.method("greet").answer_next("hello")?;
//! recorder.method("greet").raise(RemoteError::new("greeter.exception", "Asleep", "Bob is asleep"));
//! let (api, ctx) = (GreeterApi::new(&transport), Context::new());
//! meet(&api, &ctx, "Alice").await?;
//! meet(&api, &ctx, "Bob").await?;
//! let sent = recorder.take();
//! let methods: Vec<&str> = sent.iter().map(|sent| &*sent.method).collect();
//! assert_eq!(methods, ["greet", "greet", "wake"]);
//! assert_eq!(sent[2].args["name"], "Bob");
//! # Ok(())
//! # }
//! ```
//!
//! # A service as it is served
//!
//! Each `memory://` is a broker of its own, so that tests know nothing of each other; two transports of a test share
//! `memory:///name`. Arguments and results are encoded as for any other broker.
//!
//! Everything happens in the time of the runtime, so that a test with a paused clock waits for nothing: the clock goes to
//! the next moment at which something is to happen as soon as nothing else is left to do.
//!
//! ```
//! # use rpc_runtime::prelude::*;
//! # #[rpc_manager(topic = "greeter", version = "1.0")]
//! # pub trait Greeter {
//! #     #[rpc(call)]
//! #     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//! # }
//! use std::time::Duration;
//!
//! struct Slow;
//!
//! impl Greeter for Slow {
//!     async fn greet(&self, _: Context, name: String) -> Result<String, RemoteError> {
//!         tokio::time::sleep(Duration::from_secs(50)).await;
//!         Ok(format!("hello {name}"))
//!     }
//! }
//!
//! #[tokio::main(flavor = "current_thread", start_paused = true)] // #[tokio::test(start_paused = true)]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let transport = Transport::connect("memory://").await?;
//!     let server = GreeterApi::serve(&transport, "host1", Slow).await?;
//!     let api = GreeterApi::new(&transport);
//!     assert_eq!(api.greet(&Context::new(), "Alice").await?, "hello Alice");
//!     let hurried = api.with(CallOptions::new().timeout(Duration::from_secs(49)));
//!     assert!(hurried.greet(&Context::new(), "Alice").await.is_err());
//!     server.shutdown(Duration::from_secs(60)).await?;
//!     Ok(())
//! }
//! ```
//!
//! # A service that calls others
//!
//! `#[rpc_manager(.., fake = FakeGreeter)]` makes a fake beside the client, wherever `rpc-runtime` is built with the
//! feature `testing`; without it the key makes nothing, so that an interface that production shares costs it nothing. (A crate
//! that exports its interface from a private module does so by `pub use module::*`, which goes with both.) A
//! fake is served as a manager is, with a function for each method. One that is not given an answer raises
//! `rpc_runtime.NotExecuted`, however many there are. A clone of it shares the answers, which may change while it is served.
//!
//! ```
//! # use rpc_runtime::prelude::*;
//! # #[rpc_manager(topic = "greeter", version = "1.0", fake = FakeGreeter)]
//! # pub trait Greeter {
//! #     #[rpc(call)]
//! #     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//! #     #[rpc(cast)]
//! #     async fn wake(&self, ctx: Context, name: String) -> Result<(), RemoteError>;
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let transport = Transport::connect("memory://").await?;
//! let fake = FakeGreeter::default();
//! fake.greet(|_, name| async move { Ok(format!("hello {name}")) });
//! let server = GreeterApi::serve(&transport, "fake", fake.clone()).await?;
//!
//! let (api, ctx) = (GreeterApi::new(&transport), Context::new());
//! assert_eq!(api.greet(&ctx, "Alice").await?, "hello Alice");
//! fake.greet(|_, _| async { Err(RemoteError::builtin("ValueError", "not you")) });
//! assert!(api.greet(&ctx, "Alice").await.is_err());
//! # server.shutdown(std::time::Duration::from_secs(60)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Messages that are late, repeated and lost
//!
//! With these options `memory://` treats what is sent over it as a bad day would:
//!
//! | Option | Value | What happens |
//! |---|---|---|
//! | `delay` | seconds from 0 to 3600, as `0.25` | each message comes later by anything from 0 to this, so that one overtakes another |
//! | `repeat` | a share from 0 to 1, as `0.1` | so many messages come twice, the second with a delay of its own |
//! | `lose` | a share from 0 to 1, as `0.05` | so many messages do not come at all |
//! | `seed` | a whole number from 0 to 2^64 - 1 | decides all of these; 0 unless given |
//!
//! Requests, replies and heartbeats are messages alike, as are notifications. The sender is not told, as if the broker had
//! taken the message and died of it: a cast succeeds, a call waits until its timeout. What no queue takes, and what a full
//! queue refuses at once, is an error as ever. The copies of a fanout, one for each server, have their faults each by itself.
//! A repeated request is executed once by a server that had it before, and again by another server of its topic. A reply
//! that comes again is dropped.
//!
//! The faults are those of the transport that has the options, and of what is sent over it: two transports of one
//! `memory:///name` may differ in them. A test is repeated exactly by its seed if it does the same in the same order, as it
//! does on a runtime of one thread, with a paused clock in no time. What is late comes by the runtime of its sender, and is
//! lost with it; no more than 65,536 messages are late at a time, and one more is refused. With the log level `debug` what is
//! lost is in the log.
//!
//! ```
//! # use rpc_runtime::prelude::*;
//! # #[rpc_manager(topic = "greeter", version = "1.0")]
//! # pub trait Greeter {
//! #     #[rpc(call)]
//! #     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//! # }
//! # struct Desk;
//! # impl Greeter for Desk {
//! #     async fn greet(&self, _: Context, name: String) -> Result<String, RemoteError> {
//! #         Ok(format!("hello {name}"))
//! #     }
//! # }
//! #[tokio::main(flavor = "current_thread", start_paused = true)] // #[tokio::test(start_paused = true)]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     for seed in 0..100 {
//!         let url = format!("memory://?seed={seed}&delay=2&repeat=0.2&lose=0.2");
//!         let transport = Transport::connect(&url).await?;
//!         let server = GreeterApi::serve(&transport, "host1", Desk).await?;
//!         let (api, ctx) = (GreeterApi::new(&transport), Context::new());
//!         // It asks again, as a call may be asked again that changes nothing.
//!         let mut answer = api.greet(&ctx, "Alice").await;
//!         while answer.is_err() {
//!             answer = api.greet(&ctx, "Alice").await;
//!         }
//!         assert_eq!(answer?, "hello Alice", "seed {seed}");
//!         server.shutdown(std::time::Duration::from_secs(60)).await?;
//!     }
//!     Ok(())
//! }
//! ```
