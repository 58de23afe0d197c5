//! What travels between nova's services, for a compute service in Rust.

pub mod types;
