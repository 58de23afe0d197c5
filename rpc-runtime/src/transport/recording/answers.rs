//! What the calls of a recording transport are answered.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::sent::Sent;
use crate::error::RemoteError;
use crate::wire::{EncodeError, EncodedValue};

/// What a caller gets.
pub(super) type Outcome = Result<EncodedValue, Box<RemoteError>>;

/// The answer to a call.
#[derive(Clone)]
pub(super) enum Answer {
    Given(Outcome),
    /// Made of what was sent.
    MadeBy(Arc<dyn Fn(&Sent) -> Outcome + Send + Sync>),
}

impl Answer {
    pub(super) fn result<T: Serialize + ?Sized>(result: &T) -> Result<Self, EncodeError> {
        Ok(Self::Given(Ok(EncodedValue::new(result)?)))
    }

    pub(super) fn exception(error: RemoteError) -> Self {
        Self::Given(Err(Box::new(error)))
    }

    pub(super) fn made_by<T: Serialize>(
        make: impl Fn(&Sent) -> Result<T, Box<RemoteError>> + Send + Sync + 'static,
    ) -> Self {
        Self::MadeBy(Arc::new(move |sent| {
            EncodedValue::new(&make(sent)?).map_err(|error| {
                Box::new(RemoteError::builtin("ValueError", format!("the answer of the recorder: {error}")))
            })
        }))
    }

    pub(super) fn to(&self, sent: &Sent) -> Outcome {
        match self {
            Self::Given(outcome) => outcome.clone(),
            Self::MadeBy(make) => make(sent),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

/// The answers to all calls.
#[derive(Debug)]
pub(super) struct Answers {
    methods: HashMap<String, OfMethod>,
    /// To those of any other method.
    pub(super) others: Answer,
}

/// The answers to the calls of one method.
#[derive(Debug, Default)]
pub(super) struct OfMethod {
    /// Each to one call.
    pub(super) next: VecDeque<Answer>,
    /// To those that come after these.
    pub(super) then: Option<Answer>,
}

impl Default for Answers {
    fn default() -> Self {
        let error = RemoteError::new("rpc_runtime", "NotExecuted", "the call was recorded, not executed");
        Self { methods: HashMap::new(), others: Answer::exception(error) }
    }
}

impl Answers {
    pub(super) fn of(&mut self, method: &str) -> &mut OfMethod {
        self.methods.entry(method.to_owned()).or_default()
    }

    /// The answer to the next call of a method.
    pub(super) fn take(&mut self, method: &str) -> Answer {
        let own =
            self.methods.get_mut(method).and_then(|own| own.next.pop_front().or_else(|| own.then.clone()));
        own.unwrap_or_else(|| self.others.clone())
    }
}
