//! What a run of a periodic task may come to.

use std::fmt::Display;

/// What a periodic task may return: nothing, or a result with an error that can be displayed.
#[diagnostic::on_unimplemented(
    message = "a periodic task cannot return `{Self}`",
    label = "it returns `()`, or a `Result<(), E>` with an error that implements `Display`"
)]
pub trait IntoOutcome {
    /// The outcome.
    ///
    /// # Errors
    /// What went wrong, for the log.
    fn into_outcome(self) -> Result<(), String>;
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Display> IntoOutcome for Result<(), E> {
    fn into_outcome(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}
