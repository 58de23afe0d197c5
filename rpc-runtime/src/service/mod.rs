//! What runs a service: what oslo.service, and the `service.py` of nova and cinder, do for a manager.
//!
//! A service has servers and listeners, managers whose [hooks](Hooks) are called before and after those listen, and
//! [periodic tasks](PeriodicTask). [`ServiceBuilder::run`] is all of a process: it starts the service, waits for signals,
//! and stops it.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use rpc_runtime::prelude::*;
//! use rpc_runtime::service::{HookError, Hooks, PeriodicTask, Service, ServiceError};
//!
//! #[rpc_manager(topic = "greeter", version = "1.0")]
//! pub trait Greeter {
//!     #[rpc(call)]
//!     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//! }
//!
//! struct Desk;
//!
//! impl Desk {
//!     async fn water_the_plants(&self) {}
//! }
//!
//! impl Greeter for Desk {
//!     async fn greet(&self, _: Context, name: String) -> Result<String, RemoteError> {
//!         Ok(format!("hello {name}"))
//!     }
//! }
//!
//! impl Hooks for Desk {
//!     async fn init_host(&self) -> Result<(), HookError> {
//!         Ok(std::fs::create_dir_all("/var/lib/greeter")?)
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), ServiceError> {
//!     let transport = Transport::connect("rabbit://guest:guest@localhost:5672/").await?;
//!     let desk = Arc::new(Desk);
//!     let server = GreeterApi::serve(&transport, "host1", Arc::clone(&desk));
//!     let plants = Arc::clone(&desk);
//!     let watering = PeriodicTask::new("water_the_plants", Duration::from_secs(3600), move |_| {
//!         let plants = Arc::clone(&plants);
//!         async move { plants.water_the_plants().await }
//!     });
//!     Service::builder("greeter").manager(desk).server(server).periodic_task(watering).run().await
//! }
//! ```
//!
//! With the feature `service`. A single server without any of this [runs by itself](crate::ServerBuilder::run).
//!
//! # The life of a service
//!
//! | When | What | If it fails |
//! |---|---|---|
//! | start | [`init_host`](Hooks::init_host) of each manager, in the order in which they were given | the service does not start, and what was started is shut down |
//! | | [`pre_start_hook`](Hooks::pre_start_hook) of each | the same |
//! | | servers and listeners, one after the other | the same |
//! | | [`post_start_hook`](Hooks::post_start_hook) of each, which cinder calls `init_host_with_rpc` | the same |
//! | ready | periodic tasks begin | it is logged, and they go on |
//! | SIGHUP | the configuration is read again, then [`reset`](Hooks::reset) of each | it is logged, and the service goes on |
//! | SIGTERM, Ctrl-C | servers, listeners and periodic tasks stop, and [`graceful_shutdown`](Hooks::graceful_shutdown) of each, all at the same time | what takes too long is cut off |
//! | | [`cleanup_host`](Hooks::cleanup_host) of each, the last one first | the others are called, and the run has failed |
//!
//! Worker processes are none of it: a server has [workers](crate::ServerBuilder::workers) in one process, and a host may have
//! several processes.

mod builder;
mod error;
mod hooks;
mod lifecycle;
mod part;
mod periodic;
mod run;
mod settings;
mod signals;
mod systemd;
#[cfg(test)]
mod tests;

pub use builder::ServiceBuilder;
pub use error::{CutOff, ServiceError, Stopped};
pub use hooks::{HookError, Hooks};
pub use lifecycle::Service;
pub use periodic::{IntoOutcome, PeriodicTask, Spacing};
