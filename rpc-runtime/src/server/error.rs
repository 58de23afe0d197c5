//! What can be wrong with a server that is to be started.

use crate::transport::TransportError;

/// Why a server could not be started.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The target has an empty topic.
    #[error("the server's target has no topic")]
    NoTopic,
    /// The target has no server name, so that nobody could send to this server alone.
    #[error("the server's target {topic} has no server name: use Target::with_server")]
    #[non_exhaustive]
    NoServer {
        /// The topic of the target.
        topic: String,
    },
    /// The topic, the server or the topic of dead letters has a word `*` or `#` between its dots: the server would
    /// be given, or would answer, what is for others.
    #[error("{why}")]
    #[non_exhaustive]
    Name {
        /// Which name has which word.
        why: String,
    },
    /// The server has nothing to answer with.
    #[error("the server has no endpoint: use ServerBuilder::endpoint")]
    NoEndpoint,
    /// Two endpoints answer the same namespace, major version and method.
    #[error(
        "{second} can never answer {method}: {first} has it too, in the same namespace and version {major}.x"
    )]
    #[non_exhaustive]
    Shadowed {
        /// The method that both have.
        method: String,
        /// The interface of the endpoint that was given first.
        first: String,
        /// The interface of the other one.
        second: String,
        /// The major version of both.
        major: u32,
    },
    /// The bus of the transport cannot do what the server was set up for.
    #[error("{why}")]
    #[non_exhaustive]
    Unable {
        /// What cannot be had, over which transport, and why.
        why: String,
    },
    /// The queues cannot be declared or consumed.
    #[error(transparent)]
    Transport(#[from] TransportError),
}
