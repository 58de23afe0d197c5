//! Giving an event to several drivers.

use std::sync::Arc;

use futures::future::join_all;

use super::driver::NotifyDriver;
use super::emission::Emission;
use super::error::{NotifyError, NotifyFailure};

/// Gives an event to each of the drivers, at once: none waits for another one, and all are tried whatever becomes of the
/// others.
pub(super) async fn deliver(
    drivers: impl Iterator<Item = &Arc<dyn NotifyDriver>>,
    emission: &Emission,
) -> Result<(), NotifyError> {
    let delivered = drivers.map(|driver| async move {
        let outcome = driver.notify(emission).await;
        failures(outcome, driver.name())
    });
    NotifyError::of(emission, all(delivered).await)
}

/// Waits for all at once; what failed. As a rule there is one, which needs no place beside others.
pub(super) async fn all<F: Future<Output = Vec<NotifyFailure>>>(
    mut deliveries: impl Iterator<Item = F>,
) -> Vec<NotifyFailure> {
    let Some(first) = deliveries.next() else { return Vec::new() };
    let Some(second) = deliveries.next() else { return first.await };
    join_all([first, second].into_iter().chain(deliveries)).await.into_iter().flatten().collect()
}

/// What failed of one.
pub(super) fn failures(outcome: Result<(), NotifyError>, driver: &str) -> Vec<NotifyFailure> {
    outcome.err().map(|error| error.into_failures(driver)).unwrap_or_default()
}
