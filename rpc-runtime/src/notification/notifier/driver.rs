//! What a notifier gives its events to.

use std::fmt;
use std::pin::Pin;

use super::emission::Emission;
use super::error::NotifyError;

/// A way out for events. Those of oslo.messaging are known by [their names](super::DriverName); others are
/// [given](super::NotifierBuilder::driver) to the notifier.
///
/// ```
/// use rpc_runtime::notification::{Delivering, Emission, NotifyDriver};
///
/// /// Counts the errors.
/// #[derive(Debug, Default)]
/// struct Errors(std::sync::atomic::AtomicU64);
///
/// impl NotifyDriver for Errors {
///     fn name(&self) -> &str {
///         "errors"
///     }
///
///     fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
///         if emission.priority() == rpc_runtime::notification::Priority::Error {
///             self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         }
///         Box::pin(std::future::ready(Ok(())))
///     }
/// }
/// ```
pub trait NotifyDriver: fmt::Debug + Send + Sync {
    /// What errors, and rules of routing, call it.
    fn name(&self) -> &str;

    /// Delivers an event: `Ok` once it is certain that nothing is lost.
    ///
    /// # Errors
    /// Why it could not be delivered.
    ///
    /// # Cancel safety
    /// Whoever emits may stop waiting; the future is dropped then.
    fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a>;

    /// Whether it does anything with an event: if no driver does, [`is_enabled`](super::Notifier::is_enabled) is `false`
    /// and nothing is even encoded.
    fn sends(&self) -> bool {
        true
    }
}

/// A delivery under way.
pub type Delivering<'a> = Pin<Box<dyn Future<Output = Result<(), NotifyError>> + Send + 'a>>;
