//! Typed RPC over AMQP, wire-compatible with Python's oslo.messaging.
//!
//! One trait is the interface of a service. `#[rpc_manager]` makes a typed client and a server
//! endpoint of it; this crate carries both over RabbitMQ, side by side with services in Python, or
//! over a broker inside the process.
//!
//! ```
//! use std::time::Duration;
//!
//! use rpc_runtime::prelude::*;
//!
//! #[rpc_manager(topic = "calculator", version = "1.0", error = RemoteError)]
//! pub trait Calculator {
//!     /// Divides.
//!     #[rpc(call)]
//!     async fn divide(&self, ctx: Context, a: i64, b: i64) -> Result<i64, RemoteError>;
//! }
//!
//! struct Simple;
//!
//! impl Calculator for Simple {
//!     async fn divide(&self, _: Context, a: i64, b: i64) -> Result<i64, RemoteError> {
//!         a.checked_div(b).ok_or_else(|| RemoteError::builtin("ZeroDivisionError", "division by zero"))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = Transport::connect("memory://").await?; // or rabbit://user:password@host:5672/
//! let server = CalculatorApi::serve(&transport, "host1", Simple).await?;
//!
//! let api = CalculatorApi::new(&transport);
//! assert_eq!(api.divide(&Context::request(), 12, 4).await?, 3);
//! match api.divide(&Context::request(), 1, 0).await {
//!     Err(CallError::Method(error)) => assert_eq!(error.class, "ZeroDivisionError"),
//!     other => panic!("{other:?}"),
//! }
//! server.shutdown(Duration::from_secs(30)).await?; // or server.run(), until SIGTERM or Ctrl-C
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! * `#[rpc_manager]` has every key of the attributes; `#[derive(RpcException)]` those of errors.
//! * [`prelude`] is what a first service imports.
//! * [`Transport`] connects, [`Server`] serves, [`Server::run`] until a signal comes, and [`Server::stopped`] tells of one
//!   that ends by itself; the client is the type that the macro makes, with [`CallOptions`] for timeouts and destinations and a
//!   [`VersionPin`] for rolling upgrades.
//! * [`Transport::status`] and [`Transport::watch`] tell what the connections are doing; [`TransportError`]
//!   and [`FailureKind`] why there is none.
//! * [`Context`] says who asks and travels with every request; [`Context::request`] makes one that services in Python
//!   take for a user's.
//! * [`Transport::recording`] is for tests of code that has a client; the module `testing`, with the feature of that name, is
//!   about all that tests of services need.
//! * [`RpcError`] is everything that can happen to a request on its way; [`CallError`] shows how a manager
//!   passes the errors of another service on.
//! * [`Status`], [`Counters`], [`TransportCounters`], [`Interface`] and [`Version`] can be serialised, for health
//!   pages and exports.
//! * The module `notification`, with the feature `notifications`, tells of events and hears of them; the module `object`, with
//!   the feature `objects`, has versioned objects.
//! * The module `config`, with the feature of that name, has settings from files such as `nova.conf`.
//! * The module `service`, with the feature of that name, runs a service of several servers and listeners, with periodic
//!   tasks and the hooks of a manager.
//! * [`wire`] reads and writes messages without any broker.
//!
//! `serde`, `serde_json` and `bytes` are part of this API: a new major version of one of them is one of this crate. So is
//! `rustls` with the feature `rustls-config`.
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `macros` | yes | `#[rpc_manager]` and `#[derive(RpcException)]` |
//! | `amqp` | yes | the transports `rabbit://`, `amqp://` and `amqps://` |
//! | `amqp1` | no | the transports `amqp1://` and `amqp1s://`, to routers and brokers of AMQP 1.0 |
//! | `zmq` | no | the transports `zmq://`, `zmqs://`, `zmq+redis://` and `zmqs+redis://` |
//! | `objects` | no | versioned objects: `#[derive(VersionedObject)]` and the module `object` |
//! | `config` | no | oslo.config's files: the module `config`, `Transport::from_config` |
//! | `service` | no | what runs a whole service, with its hooks and periodic tasks: the module `service` |
//! | `notifications` | no | events, their notifiers and listeners: `#[derive(RpcNotification)]` and the module `notification` |
//! | `log-notifications` | no | a layer of `tracing` that makes notifications of log lines: `notification::LogNotifications` |
//! | `notification-routing` | no | rules in YAML of which notification goes where: `notification::RoutingRules` |
//! | `testing` | no | fakes of managers, faults in memory, and how services are tested: the module `testing` |
//! | `lzma` | no | bodies compressed by lzma |
//! | `queue-manager` | no | names of queues that a restarted service has again, on Linux: `AmqpOptions::use_queue_manager` |
//! | `rustls-config` | no | TLS by a configuration of `rustls` of one's own: `AmqpOptions::rustls_config` |
//!
//! # Compilers
//!
//! Rust 1.95 is the oldest that this version is tested with, and what its manifest asks for. A newer one is asked for by a
//! new minor version at the earliest, and never one that is younger than six months.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod aside;
mod class;
mod client;
mod clock;
#[doc(hidden)]
pub mod codegen;
#[cfg(feature = "config")]
pub mod config;
mod contained;
mod context;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod interface;
mod json;
mod lock;
#[cfg(test)]
mod logged;
#[cfg(any(feature = "amqp", feature = "amqp1", feature = "config"))]
mod nearest;
#[cfg(feature = "notifications")]
pub mod notification;
#[cfg(feature = "objects")]
pub mod object;
mod pin;
pub mod prelude;
#[cfg(any(feature = "amqp", feature = "amqp1", feature = "service", feature = "zmq"))]
mod random;
mod rare_log;
mod receiving;
mod seconds;
mod secrets;
mod server;
#[cfg(feature = "service")]
pub mod service;
mod target;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod timestamp;
mod transport;
mod version;
pub mod wire;

pub use class::{DowngradeData, HeldObject, HoldsObjects, ObjectClass, ObjectField, Project};
pub use client::{
    AnyIfNone, ArgForm, AsArg, Call, CallOptions, CallOrCast, Cast, IntoServer, MaybeServer, MaybeSet,
    OptionOf, Prepared, any_if_none,
};
pub use context::{Context, ReadDeleted, RpcContext};
pub use error::{
    CallError, Cause, ExceptionArg, ExceptionClass, FaultKind, Reached, Refusal, RemoteError, RpcError,
    RpcException,
};
pub use interface::{
    Arg, CastResult, Downgrade, Interface, Kind, Legacy, Method, MethodResult, Old, PinError, RouteFn,
    RouteRequest, RpcArg, SupportsError, Was,
};
pub use pin::VersionPin;
pub use receiving::{Acknowledge, DeadLetters, ShutdownError, StopReason};
#[cfg(feature = "objects")]
pub use server::{Backport, Conductor};
pub use server::{Counters, Endpoint, FromAbsent, RequestInfo, RunError, Server, ServerBuilder, ServerError};
pub use target::Target;
#[cfg(feature = "amqp")]
pub use transport::OptionError;
#[cfg(feature = "amqp")]
pub use transport::amqp::options::{AmqpOptions, InFlightPolicy, LoginMethod, TlsVersion};
pub use transport::url::{Host, Scheme, TransportUrl, UrlError};
pub use transport::{
    ConnectionStatus, FailureKind, HostFailure, MethodAnswers, Recorder, Sent, Status, StatusWatch,
    Transport, TransportBuilder, TransportCounters, TransportError,
};
pub use version::{Version, VersionError};

#[cfg(feature = "rustls-config")]
pub use rustls;

#[cfg(feature = "notifications")]
pub use notification::RpcNotification;
#[cfg(feature = "objects")]
pub use object::VersionedObject;
#[cfg(all(feature = "macros", feature = "notifications"))]
#[doc(inline)]
pub use rpc_macros::RpcNotification;
#[cfg(all(feature = "macros", feature = "objects"))]
#[doc(inline)]
pub use rpc_macros::VersionedObject;
#[cfg(feature = "macros")]
#[doc(inline)]
pub use rpc_macros::{RpcException, rpc_manager};
