//! The drivers `messagingv2` and `messaging`.

use std::fmt;
use std::sync::Arc;

use super::super::counters::Tally;
use super::super::delivery::{all, failures};
use super::super::driver::{Delivering, NotifyDriver};
use super::super::emission::Emission;
use super::super::error::{NotifyError, NotifyFailure};
use super::super::log::Log;
use super::super::name::DriverName;
use super::attempt::{Attempts, Patience};
use super::places::{Places, Topic};
use crate::error::FaultKind;
use crate::transport::Transport;
use crate::wire::{Format, MessageFormat};

/// What both drivers send by.
pub(in crate::notification) struct Bus {
    pub(in crate::notification) transport: Transport,
    pub(in crate::notification) places: Places,
    pub(in crate::notification) patience: Patience,
    pub(in crate::notification) tally: Arc<Tally>,
    pub(in crate::notification) log: Arc<Log>,
}

/// Sends each event to each topic, in one of both formats.
#[derive(Debug)]
pub(in crate::notification) struct MessagingDriver {
    name: DriverName,
    format: Format,
    bus: Arc<Bus>,
}

impl MessagingDriver {
    pub(in crate::notification) fn new(name: DriverName, format: Format, bus: &Arc<Bus>) -> Self {
        Self { name, format, bus: Arc::clone(bus) }
    }

    async fn send(&self, emission: &Emission) -> Result<(), NotifyError> {
        let topics = self.bus.places.of(emission.home());
        let topics = topics.map_err(|why| self.failed(emission, FaultKind::Unusable, why))?;
        let sent = topics.iter().map(async |topic| {
            let sent = self.send_to(topic, emission).await;
            failures(sent, self.name())
        });
        NotifyError::of(emission, all(sent).await)
    }

    async fn send_to(&self, topic: &Topic, emission: &Emission) -> Result<(), NotifyError> {
        let Bus { transport, patience, tally, log, .. } = &*self.bus;
        // Each topic has a message of its own, with an id of its own.
        let body = match transport.driver().format() {
            MessageFormat::Envelope => emission.body(self.format),
            // Of such a bus there is no notifier.
            #[cfg(any(feature = "amqp1", feature = "zmq"))]
            _ => {
                let why = format!("{} has no notifications", transport.driver().name());
                return Err(self.failed(emission, FaultKind::Unusable, why));
            }
        };
        let body = body.map_err(|error| NotifyError::encode(emission.event_type(), error))?;
        let limit = transport.limits().max_body;
        if body.len() > limit {
            let why = format!("the message has {} bytes, more than max_body={limit}", body.len());
            return Err(self.failed(emission, FaultKind::TooLarge, why));
        }
        let attempts = Attempts { transport, patience: *patience, emission, repeated: &tally.repeated, log };
        let sent = attempts.send(topic, body, self.name()).await;
        sent.map_err(|failure| NotifyError::new(emission, failure))
    }

    fn failed(&self, emission: &Emission, kind: FaultKind, why: String) -> NotifyError {
        let failure = NotifyFailure { kind: Some(kind), ..NotifyFailure::new(self.name(), why) };
        NotifyError::new(emission, failure)
    }
}

impl NotifyDriver for MessagingDriver {
    fn name(&self) -> &str {
        self.name.name()
    }

    fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
        Box::pin(self.send(emission))
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus").field("transport", &self.transport).field("places", &self.places).finish()
    }
}
