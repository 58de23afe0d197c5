//! A listener that is ready to be started.

use std::sync::Arc;

use super::endpoint::NotificationEndpoint;
use super::receiver::BatchSize;
use super::sources::Sources;
use super::unreadable::OnUnreadable;
use super::verdict::OnError;
use crate::receiving::{Acknowledge, DeadLetters};
use crate::transport::Transport;

/// What a builder was told, once it is checked; see there for what each part means.
pub(super) struct Setup {
    pub(super) transport: Transport,
    pub(super) endpoints: Vec<NotificationEndpoint>,
    pub(super) sources: Sources,
    pub(super) batch: BatchSize,
    pub(super) concurrency: usize,
    pub(super) prefetch: u16,
    /// In bytes, for what is in work.
    pub(super) memory: usize,
    pub(super) duplicates: usize,
    pub(super) acknowledge: Acknowledge,
    pub(super) redeliveries: u32,
    pub(super) dead_letters: Option<DeadLetters>,
    pub(super) dead_topic: Option<Arc<str>>,
    pub(super) on_error: OnError,
    pub(super) on_unreadable: Option<OnUnreadable>,
}
