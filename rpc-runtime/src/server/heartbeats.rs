//! Telling the callers of monitored calls that their calls still run.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::replier::Replier;
use crate::clock::after;
use crate::transport::Transport;
use crate::wire::{MessageFormat, ReplyAddress};

/// Sends heartbeats from where no handler can hold them up: the runtime of the transport, if it has one.
#[derive(Debug)]
pub(super) struct Heartbeats {
    replier: Arc<Replier>,
    format: MessageFormat,
    runtime: Handle,
    /// How long a reply queue may be missing before nobody is taken to wait any more.
    patience: Duration,
}

/// Heartbeats of one call, until this is dropped.
#[derive(Debug)]
pub(super) struct Beating(AbortHandle);

impl Drop for Beating {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Heartbeats {
    /// For a server on the runtime of the caller.
    pub(super) fn new(transport: &Transport, replier: &Arc<Replier>) -> Self {
        Self {
            replier: Arc::clone(replier),
            format: transport.driver().format(),
            runtime: transport.driver().runtime().unwrap_or_else(Handle::current),
            patience: transport.reply_patience(),
        }
    }

    /// Tells the caller from now on at every interval that its call runs.
    pub(super) fn start(&self, reply: &ReplyAddress, interval: Duration) -> Beating {
        let (replier, reply) = (Arc::clone(&self.replier), reply.clone());
        let beating = beat(replier, self.format, reply, interval, self.patience);
        Beating(self.runtime.spawn(beating).abort_handle())
    }
}

async fn beat(
    replier: Arc<Replier>,
    format: MessageFormat,
    reply: ReplyAddress,
    interval: Duration,
    patience: Duration,
) {
    let queue = reply.queue.as_str().into();
    let mut ticks = interval_at(after(interval), interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // As with replies: after a restart of the broker the caller needs a moment to declare its queue anew.
    let mut missing: Option<Instant> = None;
    loop {
        ticks.tick().await;
        if replier.heartbeat(&queue, format.heartbeat(&reply.msg_id)).await {
            missing = None;
        } else if missing.get_or_insert_with(Instant::now).elapsed() >= patience {
            return;
        }
    }
}
