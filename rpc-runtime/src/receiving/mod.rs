//! What whoever takes messages from queues needs, servers and listeners alike: the reading of what takes long within a
//! bound of memory, the recognition of what comes again, the place for what is given up, the containment of users' code,
//! and the way to an end.

mod acknowledge;
mod claims;
mod count;
mod dead_letters;
mod duplicates;
mod forwarder;
mod log;
mod memory;
mod order;
mod panics;
mod phase;
mod reader;
mod shutdown;
mod signals;
mod stop_reason;

pub use acknowledge::Acknowledge;
pub(crate) use claims::{Claim, Claims};
pub(crate) use count::Count;
pub use dead_letters::DeadLetters;
pub(crate) use duplicates::{Duplicates, Forgotten};
pub(crate) use forwarder::{Forwarder, Letter};
pub(crate) use log::Log;
pub(crate) use memory::{Held, Memory};
pub(crate) use order::Order;
#[cfg(feature = "notifications")]
pub(crate) use panics::fenced;
pub(crate) use panics::{Fenced, said};
pub(crate) use phase::{Phase, aborted};
pub(crate) use reader::{Read, Reader, Readout};
pub use shutdown::ShutdownError;
pub(crate) use shutdown::{give_back_rest, stop_listening};
#[cfg(test)]
pub(crate) use signals::heard;
pub(crate) use signals::{Signal, next_signal};
pub use stop_reason::StopReason;
pub(crate) use stop_reason::{Ending, Stopped};
