//! The drivers that have no bus.

mod log;
mod masking;
mod noop;
mod test;

pub use log::LogDriver;
pub(super) use noop::NoopDriver;
pub use test::TestDriver;
