//! How far a request came.

use serde::Serialize;

/// How far a request came, as far as its sender can know; further is greater.
///
/// ```
/// use rpc_runtime::{CallError, Reached, RemoteError, RpcError};
///
/// /// Whether it is safe to send the request again although its method must not run twice.
/// fn may_repeat(error: &CallError<RemoteError>) -> bool {
///     matches!(error, CallError::Rpc(error) if error.reached() < Reached::Sent)
/// }
/// ```
///
/// [`RpcError::was_not_executed`] asks the same. As JSON it is one of the texts `not_sent`, `refused`,
/// `sent`, `confirmed`, `started` and `answered`.
///
/// [`RpcError::was_not_executed`]: crate::RpcError::was_not_executed
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reached {
    /// It was not handed to the broker: it is not executed.
    NotSent,
    /// The broker returned or refused it: it is not executed.
    Refused,
    /// It was sent, and it is not known whether the broker has it: it may be executed, now or later. That is also what
    /// [`FaultKind::Nacked`] says: of a fanout, RabbitMQ does not tell which queues had no room for it, and which have it.
    ///
    /// [`FaultKind::Nacked`]: crate::FaultKind::Nacked
    Sent,
    /// The broker has it: it may be executed, now or later.
    Confirmed,
    /// A server was executing it when it was last heard of.
    Started,
    /// A server has answered it.
    Answered,
}
