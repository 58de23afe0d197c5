//! The interface of `tests/python/server.py` in Rust: traits, errors, and a server that answers as
//! the script does, so that either side of a test can be either language.

mod error;
mod interface;
mod server;

pub use self::error::{OtherError, SampleError};
pub use self::interface::{
    Admin, AdminApi, Broken, BrokenApi, Sample, SampleApi, SampleApiAdd, SampleFanout, SampleFanoutApi,
    Unencodable, Whoami,
};
pub use self::server::RustServer;
