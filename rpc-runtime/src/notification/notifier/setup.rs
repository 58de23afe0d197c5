//! What can be wrong with a notifier that is to be built.

/// Why a notifier could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotifierError {
    /// A topic or the exchange has a name that no queue could have, or a topic is there twice.
    #[error("{why}")]
    #[non_exhaustive]
    Name {
        /// Which name, and what is wrong with it.
        why: String,
    },
    /// The driver `routing` has no rules.
    #[error(
        "the driver routing has no rules: use NotifierBuilder::routing, which the feature notification-routing adds"
    )]
    NoRules,
    /// The file of rules that the configuration names cannot be read.
    #[error("{why}")]
    #[non_exhaustive]
    #[cfg(all(feature = "config", feature = "notification-routing"))]
    Rules {
        /// The file, and what is wrong with it.
        why: String,
    },
    /// The rules of the driver `routing`, or the configuration, name a driver that there is none of.
    #[error("{why}")]
    #[non_exhaustive]
    UnknownDriver {
        /// Which name, and where it is.
        why: String,
    },
    /// A driver of one's own that rules are to name has the name of another.
    #[error("a driver for rules is called {name:?}, as another one is")]
    #[non_exhaustive]
    DriverTwice {
        /// The name.
        name: String,
    },
    /// The bus of the transport cannot do what the drivers need.
    #[error("{why}")]
    #[non_exhaustive]
    Unable {
        /// What cannot be had, over which transport, and why.
        why: String,
    },
    /// There is no runtime that detached events could be sent on.
    #[error("the notifier is built outside of a tokio runtime: use NotifierBuilder::runtime")]
    NoRuntime,
}
