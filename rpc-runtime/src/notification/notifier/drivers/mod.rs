//! The drivers that have no bus.

mod log;
mod masking;
mod noop;
mod test;

pub use log::LogDriver;
#[cfg(feature = "log-notifications")]
pub(in crate::notification) use masking::masked_text;
pub(super) use noop::NoopDriver;
pub use test::TestDriver;
