//! One request: from its method to the body of its reply.

use bytes::Bytes;
use tokio::sync::watch;

use super::handler::Work;
use super::incoming::{Outcome, Raised};
use super::log::Log;
use crate::error::RemoteError;
use crate::receiving::{Fenced, Phase, aborted};
use crate::wire::MessageFormat;

/// What a server does about panics of its handlers.
#[derive(Debug)]
pub(super) struct Panics {
    /// Whether callers are told what they said.
    pub(super) told: bool,
}

/// Does it; whatever happens is an outcome, and `None` that it was cut off because the server stops.
pub(super) async fn execute(
    method: &str,
    work: Work,
    phases: &watch::Receiver<Phase>,
    panics: &Panics,
    log: &Log,
) -> Option<Outcome> {
    let handler = match work {
        Work::Run(handler) => Fenced::new(handler),
        Work::Done(outcome) => return Some(outcome),
    };
    tokio::select! {
        biased;
        (outcome, dropped) = handler => {
            if let Some(text) = dropped {
                log.received.panicked(method, &text);
            }
            Some(outcome.unwrap_or_else(|text| {
                log.received.panicked(method, &text);
                let said = if panics.told { format!(": {text}") } else { String::new() };
                Err(RemoteError::builtin("RuntimeError", format!("{method}() panicked{said}")).into())
            }))
        }
        () = aborted(phases) => None,
    }
}

/// What the caller of a handler gets that was cut off.
pub(super) fn stopped(method: &str) -> Outcome {
    let text = format!("the server was stopped before {method}() finished");
    Err(RemoteError::builtin("RuntimeError", text).into())
}

/// The reply to a call; an outcome that is too large to be sent is a failure that says so.
pub(super) fn answer(msg_id: &str, outcome: Outcome, format: MessageFormat, max_body: usize) -> Bytes {
    let body = match outcome {
        Ok(value) => format.result(msg_id, &value),
        Err(Raised { error, .. }) => format.failure(msg_id, &error),
    };
    if body.len() <= max_body {
        return body;
    }
    let text = format!("the reply has {} bytes, more than max_body={max_body}", body.len());
    format.failure(msg_id, &RemoteError::builtin("ValueError", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_may_be_as_large_as_the_limit() {
        let format = MessageFormat::Envelope;
        let answer = |max_body| {
            answer("\"m\"", crate::wire::EncodedValue::new("x").map_err(|_| unreachable!()), format, max_body)
        };
        let len = answer(usize::MAX).len();
        assert_eq!(answer(len).len(), len);
        let failure = answer(len - 1);
        let said = format!("the reply has {len} bytes, more than max_body={}", len - 1);
        assert!(std::str::from_utf8(&failure).unwrap().contains(&said), "{failure:?}");
    }
}
