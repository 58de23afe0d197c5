//! The whole path in one process: what callers and servers see, whatever the broker.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod calls;
mod deadlines;
mod fakes;
mod faults;
mod running;
mod servers;
mod services;
mod shop;
mod stopped;
mod transports;
