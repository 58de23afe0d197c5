//! Who hears of events.
//!
//! | File | What it does |
//! |---|---|
//! | `builder`, `setup`, `sources`, `error` | what is listened to, and how; what cannot be |
//! | `lifecycle` | the running listener, and its end |
//! | `receiver`, `message`, `batch` | takes messages, reads them, and gathers those that are handled together |
//! | `notifications`, `settling`, `errands` | has the endpoints handle them, and settles each |
//! | `back_off`, `attempts` | bounds what goes back to its queue |
//! | `endpoint`, `by_priority`, `filter`, `handler`, `each`, `together` | who has what, and how it is called |
//! | `verdict`, `meta`, `unreadable` | what handlers return and take |
//! | `beside_pool` | warns of queues that nobody reads |
//! | `log`, `counters` | what is told of it all |

mod attempts;
mod back_off;
mod batch;
mod beside_pool;
mod builder;
mod by_priority;
mod counters;
mod each;
mod endpoint;
mod errands;
mod error;
mod filter;
mod handler;
mod lifecycle;
mod log;
mod message;
mod meta;
mod notifications;
mod receiver;
mod settling;
mod setup;
mod sources;
#[cfg(test)]
mod tests;
mod together;
mod unreadable;
mod verdict;

pub use builder::ListenerBuilder;
pub use by_priority::PriorityEndpoint;
pub use counters::ListenerCounters;
pub use endpoint::NotificationEndpoint;
pub use error::ListenerError;
pub use filter::{Filter, FilterError};
pub use lifecycle::Listener;
pub use meta::Meta;
pub use unreadable::Unreadable;
pub use verdict::{IntoVerdict, IntoVerdicts, OnError, Verdict};
