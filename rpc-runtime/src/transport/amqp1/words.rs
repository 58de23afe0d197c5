//! What peers say of what they refuse.

use fe2o3_amqp::link::{LinkStateError, SessionStopReason};
use fe2o3_amqp::types::definitions::{AmqpError, Error, ErrorCondition};
use fe2o3_amqp::types::primitives::Symbol;

use crate::error::{Fault, FaultKind};
use crate::text::printable;

/// The name of an error.
pub(super) fn condition(error: &Error) -> String {
    let Symbol(name) = match &error.condition {
        ErrorCondition::AmqpError(known) => known.into(),
        ErrorCondition::ConnectionError(known) => known.into(),
        ErrorCondition::SessionError(known) => known.into(),
        ErrorCondition::LinkError(known) => known.into(),
        ErrorCondition::Custom(name) => name.clone(),
    };
    name
}

/// An error in a line.
pub(super) fn said(error: &Error) -> String {
    let condition = condition(error);
    match &error.description {
        Some(description) if !description.is_empty() => printable(&format!("{condition}: {description}")),
        _ => printable(&condition),
    }
}

/// What an error means to who wanted something.
pub(super) fn fault(error: &Error) -> Fault {
    let kind = match condition(error).as_str() {
        "amqp:not-found" => FaultKind::NotFound,
        "amqp:unauthorized-access" => FaultKind::Forbidden,
        "amqp:resource-locked" => FaultKind::InUse,
        "amqp:resource-limit-exceeded" => FaultKind::LimitReached,
        "amqp:link:message-size-exceeded" | "amqp:frame-size-too-small" => FaultKind::TooLarge,
        "amqp:not-implemented" | "amqp:not-allowed" => FaultKind::Unusable,
        // Of a broker that does not know the address.
        _ if is_unknown(error) => FaultKind::NotFound,
        _ => FaultKind::Refused,
    };
    Fault::new(kind, said(error))
}

/// Whether it says that there is nothing of that address.
pub(super) fn is_unknown(error: &Error) -> bool {
    condition(error) == "amqp:not-found"
        || error.description.as_deref().is_some_and(|words| words.contains("unknown_destination"))
}

/// Whether it may be otherwise in a moment.
pub(super) fn may_pass(error: &Error) -> bool {
    matches!(
        condition(error).as_str(),
        "amqp:internal-error"
            | "amqp:resource-locked"
            | "amqp:resource-deleted"
            | "amqp:resource-limit-exceeded"
            | "amqp:link:detach-forced"
            | "amqp:link:stolen"
            | "amqp:link:redirect"
            | "amqp:connection:forced"
    )
}

/// Why a session has stopped, and the peer's error if that was one of this session.
pub(super) fn stopped(reason: &SessionStopReason) -> (String, Option<Error>) {
    match reason {
        SessionStopReason::RemoteEndedWithError(error) => {
            (format!("the peer has ended the session: {}", said(error)), Some(error.clone()))
        }
        SessionStopReason::RemoteEnded => ("the peer has ended the session".to_owned(), None),
        SessionStopReason::EndedWithError(error) => (format!("the session was ended: {}", said(error)), None),
        SessionStopReason::ConnectionStopped(_) => ("the connection was lost".to_owned(), None),
        SessionStopReason::Ended => ("the session has ended".to_owned(), None),
    }
}

/// Why a link is of no use any more, and the peer's error if it gave one.
pub(super) fn detached(error: &LinkStateError) -> (String, Option<Error>) {
    match error {
        LinkStateError::SessionStopped(reason) => stopped(reason),
        LinkStateError::RemoteDetachedWithError(error) | LinkStateError::RemoteClosedWithError(error) => {
            (format!("the peer has detached the link: {}", said(error)), Some(error.clone()))
        }
        LinkStateError::RemoteDetached | LinkStateError::RemoteClosed => {
            ("the peer has detached the link".to_owned(), None)
        }
        LinkStateError::IllegalState | LinkStateError::ExpectImmediateDetach => {
            ("the link was lost".to_owned(), None)
        }
    }
}

/// What is said of a message that cannot be read.
pub(super) fn unreadable(why: &str) -> Error {
    Error::new(AmqpError::DecodeError, Some(why.to_owned()), None)
}
