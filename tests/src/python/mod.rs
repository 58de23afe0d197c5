//! Python processes on unmodified oslo.messaging, from `tests/python`.

mod builder;
mod client;
mod compute;
mod listener;
mod load;
mod notifier;
mod options;
mod reader;
mod reports;
mod rules;
mod server;

pub use self::builder::{PeerBuilder, python};
pub(crate) use self::builder::{proton, router_script};
pub use self::client::{PythonClient, Raised};
pub use self::compute::PythonCompute;
pub use self::listener::{Heard, HeardOne, PythonListener};
pub use self::load::{Ended, PythonLoad};
pub use self::notifier::{Emitted, PythonNotifier};
pub use self::options::PythonOptions;
pub use self::reader::{PythonReader, Registered};
pub use self::rules::PythonRules;
pub use self::server::{Note, PythonServer};
