//! Python processes on unmodified oslo.messaging, from `tests/python`.

mod client;
mod peer;
mod server;

pub use self::client::{PythonClient, Raised};
pub use self::peer::PeerBuilder;
pub use self::server::{Note, PythonServer};
