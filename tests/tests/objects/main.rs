//! Every key of `#[derive(VersionedObject)]` changes what is written or read: how, is shown here.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod capped;
mod keys;
mod refused;
mod states;
mod versions;
mod volume;
