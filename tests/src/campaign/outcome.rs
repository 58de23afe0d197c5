//! What the sender of a request learned about it.

use rpc_runtime::{CallError, Reached, RemoteError, RpcError};

/// How a request ended for its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A cast that the broker has taken.
    Confirmed,
    /// A call that was answered with this value.
    Answered(u64),
    /// An error that says that no server can have the request; carries its text.
    NotSent(String),
    /// An error that leaves open whether the request was or will be executed; carries its text.
    Unclear(String),
    /// An error that no fault of a broker or network explains; carries its text.
    Wrong(String),
    /// An error that a peer which is not ours raises by itself, and that says nothing of what became of the request;
    /// carries its class and text.
    Peers(String),
    /// The request was still not over long after its deadline.
    Hung,
}

impl Outcome {
    /// Of a cast.
    #[must_use]
    pub fn of_cast(result: Result<(), RpcError>) -> Self {
        result.map_or_else(|error| Self::of_error(&error), |()| Outcome::Confirmed)
    }

    /// Of a call.
    #[must_use]
    pub fn of_call(result: Result<u64, CallError<RemoteError>>) -> Self {
        match result {
            Ok(value) => Outcome::Answered(value),
            Err(CallError::Rpc(error)) => Self::of_error(&error),
            Err(CallError::Method(error)) => Outcome::Wrong(error.to_string()),
        }
    }

    fn of_error(error: &RpcError) -> Self {
        let text = error.to_string();
        match error {
            RpcError::Timeout { .. } | RpcError::Undeliverable { .. } | RpcError::Connection { .. } => {
                if error.reached() < Reached::Sent {
                    Outcome::NotSent(text)
                } else {
                    Outcome::Unclear(text)
                }
            }
            _ => Outcome::Wrong(text),
        }
    }
}
