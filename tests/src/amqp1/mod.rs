//! What AMQP 1.0 is spoken with: a router of our own, and a broker that others have written.

mod broker;
mod router;

pub use self::broker::ProtonBroker;
pub use self::router::{Links, Mode, Outcome, Router};
