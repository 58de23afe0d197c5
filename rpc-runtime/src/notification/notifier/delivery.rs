//! Giving an event to several drivers.

use std::sync::Arc;

use futures::future::join_all;

use super::driver::NotifyDriver;
use super::emission::Emission;
use super::error::NotifyError;

/// Gives an event to each of the drivers, at once: none waits for another one, and all are tried whatever becomes of the
/// others.
pub(super) async fn deliver(
    drivers: impl Iterator<Item = &Arc<dyn NotifyDriver>>,
    emission: &Emission,
) -> Result<(), NotifyError> {
    let delivered = drivers.map(|driver| async move {
        let outcome = driver.notify(emission).await;
        outcome.err().map(|error| error.into_failures(driver.name())).unwrap_or_default()
    });
    let failures = join_all(delivered).await.into_iter().flatten().collect();
    NotifyError::of(emission, failures)
}
