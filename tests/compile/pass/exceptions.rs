//! Error types of every shape.
#![deny(warnings)]

use rpc_runtime::RpcException;

#[derive(Debug, thiserror::Error, RpcException)]
pub enum Never {}

#[derive(Debug, thiserror::Error, RpcException)]
#[error("{field}")]
#[exception(module = "m", class = "Renamed")]
pub struct Named {
    field: u32,
    remote: String,
    r#type: String,
}

#[derive(Debug, thiserror::Error, RpcException)]
#[error("{0}")]
#[exception(module = "m")]
pub struct Positional(u32, String);

#[derive(Debug, thiserror::Error, RpcException)]
#[error("variants")]
#[exception(module = "m")]
pub enum Variants {
    Unit,
    EmptyTuple(),
    EmptyNamed {},
    #[cfg(any())]
    Absent(NoSuchType),
    #[cfg(not(any()))]
    Present(u32),
    #[deprecated]
    Old {
        remote: u32,
        self_: u32,
    },
}

fn main() {}
