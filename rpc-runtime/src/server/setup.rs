//! A server that is ready to be started.

use std::time::Duration;

use super::dispatch::Endpoints;
use super::execution::Panics;
use super::observer::Observer;
use crate::receiving::{Acknowledge, DeadLetters};
use crate::target::Target;
use crate::transport::Transport;
use crate::transport::driver::ListenOptions;

/// What a builder was told, once it is checked; see there for what each part means.
pub(super) struct Setup {
    pub(super) transport: Transport,
    /// With a topic and a server.
    pub(super) target: Target,
    pub(super) endpoints: Endpoints,
    pub(super) listen: ListenOptions,
    pub(super) workers: usize,
    pub(super) duplicates: usize,
    pub(super) acknowledge: Acknowledge,
    pub(super) dead_letters: Option<DeadLetters>,
    pub(super) observer: Option<Observer>,
    /// In bytes, for what is in work.
    pub(super) memory: usize,
    pub(super) panics: Panics,
    pub(super) shutdown_within: Duration,
}
