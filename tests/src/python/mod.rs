//! Python processes on unmodified oslo.messaging, from `tests/python`.

mod client;
mod load;
mod peer;
mod server;

pub use self::client::{PythonClient, Raised};
pub use self::load::{Ended, PythonLoad};
pub use self::peer::PeerBuilder;
pub use self::server::{Note, PythonServer};
