//! What `tests/python/sample_endpoints.py` serves, in Rust: traits, errors, a server that answers as the scripts do, so that
//! either side of a test can be either language, and what a Python client asks of them.

mod error;
mod interface;
mod request;
mod server;

pub use self::error::{OtherError, SampleError};
pub use self::interface::{
    Admin, AdminApi, Broken, BrokenApi, Sample, SampleApi, SampleApiAdd, SampleFanout, SampleFanoutApi,
    Unencodable, Whoami,
};
pub use self::request::request;
pub use self::server::RustServer;
