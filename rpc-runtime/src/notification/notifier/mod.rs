//! Telling of events.
//!
//! | File | What it does |
//! |---|---|
//! | `notify` | takes events, and passes them on, at once or detached |
//! | `builder`, `setup`, `named` | set a notifier up: what can be wrong, and the drivers by their names |
//! | `emission` | an event as drivers get it; `redaction` has what of a context may be told |
//! | `driver`, `drivers`, `bus`, `routing` | what a driver is; those without a bus, those with one, and the one that chooses others |
//! | `delivery`, `outlet` | give an event to all drivers |
//! | `detached` | sends what nobody waits for |
//! | `quiet` | keeps what is logged meanwhile from becoming an event |

mod builder;
mod bus;
mod counters;
mod delivery;
mod detached;
mod driver;
mod drivers;
mod emission;
mod error;
mod log;
mod name;
mod named;
mod notify;
mod outlet;
#[cfg(feature = "log-notifications")]
mod quiet;
mod redaction;
mod retry;
#[cfg(feature = "notification-routing")]
mod routing;
mod setup;
#[cfg(test)]
mod tests;

pub use builder::NotifierBuilder;
pub use counters::NotifierCounters;
pub use driver::{Delivering, NotifyDriver};
#[cfg(feature = "log-notifications")]
pub(super) use drivers::masked_text;
pub use drivers::{LogDriver, TestDriver};
pub use emission::Emission;
pub use error::{FlushError, NotifyError, NotifyFailure};
pub use name::{DriverName, DriverNames, UnknownDriver};
pub use notify::Notifier;
#[cfg(feature = "log-notifications")]
pub(super) use quiet::{is_sending, quietly};
pub use retry::{Retry, RetryError};
#[cfg(feature = "notification-routing")]
pub use routing::{RoutingError, RoutingRules};
pub use setup::NotifierError;
