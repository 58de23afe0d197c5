//! What the example programs share.
//!
//! * `quickstart`: the framework in one file.
//! * [`volume`]: a volume service like cinder's, for `volume_service` and `volume_client`.
//! * [`notifications`]: a listener to whatever services tell, for `notification_listener`.
//! * [`compute`]: objects of nova.
//! * [`boot`]: four services that boot an instance together, for `boot_instance`.

// Programs talk to people on standard output.
#![allow(clippy::print_stdout)]

pub mod boot;
pub mod bus;
pub mod cli;
pub mod compute;
pub mod notifications;
pub mod volume;
