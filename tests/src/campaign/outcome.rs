//! What the sender of a request learned about it.

use rpc_runtime::notification::NotifyError;
use rpc_runtime::{CallError, Reached, RemoteError, RpcError};

use super::Kind;
use crate::Ended;

/// How a request ended for its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A cast or notification that the broker has taken.
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

    /// Of a notification.
    #[must_use]
    pub fn of_notification(result: Result<(), NotifyError>) -> Self {
        let Err(error) = result else { return Outcome::Confirmed };
        let text = error.to_string();
        if error.reached() < Reached::Sent { Outcome::NotSent(text) } else { Outcome::Unclear(text) }
    }

    /// Of a request of a Python client.
    #[must_use]
    pub fn of_python(kind: Kind, ended: &Ended) -> Self {
        let Some(class) = &ended.raised else {
            return match (kind, ended.result.as_u64()) {
                (Kind::Call, Some(value)) => Outcome::Answered(value),
                (Kind::Cast | Kind::Notification, _) => Outcome::Confirmed,
                (Kind::Call, None) => Outcome::Wrong(format!("returned {}", ended.result)),
            };
        };
        let text = format!("{class}: {}", ended.text);
        match &**class {
            "MessageUndeliverable" => Outcome::NotSent(text),
            "MessagingTimeout" | "MessageDeliveryFailure" => Outcome::Unclear(text),
            // What the server answered with: that is nothing that the client does by itself.
            class if class == "RemoteError" || class.ends_with("_Remote") => Outcome::Wrong(text),
            _ => Outcome::Peers(text),
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn of_a_python_client_only_what_it_raises_by_itself_is_the_peer_s() {
        let ended = |result: Value, raised: Option<&str>| {
            let text = raised.map_or_else(String::new, |_| "why".to_owned());
            Ended { id: 1, result, raised: raised.map(str::to_owned), text }
        };
        let raised = |class: &str| Outcome::of_python(Kind::Call, &ended(Value::Null, Some(class)));
        let text = |class: &str| format!("{class}: why");
        for class in ["ConnectionResetError", "OSError", "RecoverableConnectionError"] {
            assert_eq!(raised(class), Outcome::Peers(text(class)));
        }
        for class in ["RemoteError", "ValueError_Remote"] {
            assert_eq!(raised(class), Outcome::Wrong(text(class)));
        }
        for class in ["MessagingTimeout", "MessageDeliveryFailure"] {
            assert_eq!(raised(class), Outcome::Unclear(text(class)));
        }
        assert_eq!(raised("MessageUndeliverable"), Outcome::NotSent(text("MessageUndeliverable")));

        let returned = |kind, result| Outcome::of_python(kind, &ended(result, None));
        assert_eq!(returned(Kind::Call, json!(1)), Outcome::Answered(1));
        assert_eq!(returned(Kind::Cast, Value::Null), Outcome::Confirmed);
        assert!(matches!(returned(Kind::Call, Value::Null), Outcome::Wrong(_)));
    }
}
