//! Error types of every shape.
#![deny(warnings)]

use rpc_runtime::{Cause, RemoteError, RpcException};

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

#[derive(Debug, RpcException)]
#[exception(module = "m", message = "{100%%} of %(type)s: %(f)s, %(remote)r", code = 404)]
pub struct Formatted {
    r#type: String,
    f: u32,
    remote: Vec<String>,
    unused: bool,
}

#[derive(Debug, RpcException)]
#[exception(module = "m", message = "no places")]
pub struct Unit;

#[derive(Debug, RpcException)]
#[exception(module = "m", code = 500)]
pub enum Texts {
    #[exception(message = "%(reason)s")]
    Own { reason: Option<String>, message: Option<String> },
    #[exception(message = "because of %(message)s, %(f)x")]
    Within { f: u32, message: String },
    #[exception(message = "%(reason)s, %(code)s")]
    Caused {
        #[exception(cause)]
        reason: Cause,
        field0: u32,
    },
    #[exception(message = "perhaps")]
    Perhaps {
        #[exception(cause)]
        reason: Option<Cause>,
    },
    #[exception(module = "builtins")]
    KeyError(String),
    #[exception(message = "")]
    Empty(),
    #[exception(message = "old")]
    #[deprecated]
    Old,
    #[exception(other)]
    Other(RemoteError),
}

fn main() {}
