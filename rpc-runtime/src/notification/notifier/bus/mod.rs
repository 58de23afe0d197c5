//! The drivers that send to the topics of a bus.

mod attempt;
mod messaging;
mod places;

pub(super) use attempt::Patience;
pub(super) use messaging::{Bus, MessagingDriver};
pub(super) use places::Places;
