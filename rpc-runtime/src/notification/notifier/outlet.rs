//! The one place where an event passes whole.

use std::fmt;
use std::sync::Arc;

use super::counters::Tally;
use super::delivery::deliver;
use super::driver::NotifyDriver;
use super::emission::Emission;
use super::error::NotifyError;
use super::log::Log;

/// The drivers of a notifier and its copies, and what is counted of them.
pub(super) struct Outlet {
    pub(super) drivers: Vec<Arc<dyn NotifyDriver>>,
    pub(super) tally: Arc<Tally>,
    pub(super) log: Arc<Log>,
}

impl Outlet {
    /// Whether any driver does anything with an event.
    pub(super) fn sends(&self) -> bool {
        self.drivers.iter().any(|driver| driver.sends())
    }

    /// Gives an event to every driver.
    pub(super) async fn deliver(&self, emission: &Emission) -> Result<(), NotifyError> {
        let delivery = deliver(self.drivers.iter(), emission);
        #[cfg(feature = "log-notifications")]
        let delivery = super::quiet::Quiet::new(delivery);
        let outcome = delivery.await;
        if outcome.is_ok() { &self.tally.sent } else { &self.tally.failed }.add_one();
        outcome
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.drivers.iter().map(|driver| driver.name())).finish()
    }
}
