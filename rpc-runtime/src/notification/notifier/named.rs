//! Making the drivers that have names.

use std::sync::Arc;

use super::bus::{Bus, MessagingDriver};
use super::driver::NotifyDriver;
use super::drivers::{LogDriver, NoopDriver, TestDriver};
use super::name::DriverName;
use super::setup::NotifierError;
use crate::transport::Ability;
use crate::wire::Format;

/// What they are made of.
pub(super) struct Named {
    pub(super) bus: Arc<Bus>,
    pub(super) test: TestDriver,
}

impl Named {
    /// The driver of a name; none for the one that needs other drivers.
    pub(super) fn driver(&self, name: DriverName) -> Result<Option<Arc<dyn NotifyDriver>>, NotifierError> {
        Ok(Some(match name {
            DriverName::MessagingV2 => Arc::new(self.messaging(name, Format::Enveloped)?),
            DriverName::Messaging => Arc::new(self.messaging(name, Format::Bare)?),
            DriverName::Log => Arc::new(LogDriver::new()),
            DriverName::Noop => Arc::new(NoopDriver),
            DriverName::Test => Arc::new(self.test.clone()),
            DriverName::Routing => return Ok(None),
        }))
    }

    fn messaging(&self, name: DriverName, format: Format) -> Result<MessagingDriver, NotifierError> {
        let needed = [Ability::Stores, Ability::Confirms];
        let able = self.bus.transport.check("a notifier", &needed);
        able.map_err(|unable| NotifierError::Unable { why: unable.to_string() })?;
        Ok(MessagingDriver::new(name, format, &self.bus))
    }
}
