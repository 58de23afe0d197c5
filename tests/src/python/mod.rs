//! Python processes on unmodified oslo.messaging, from `tests/python`.

mod builder;
mod client;
mod load;
mod server;

pub use self::builder::{PeerBuilder, python};
pub use self::client::{PythonClient, Raised};
pub use self::load::{Ended, PythonLoad};
pub use self::server::{Note, PythonServer};
