//! What is asked of the broker about a stream that is read on.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::super::declare::is_gone;
use super::super::library::{BrokerError, Link, RawDelivery};
use super::super::topology::Consume;

/// After how long the broker certainly has counted the messages of a stream: it does so every 5 seconds.
const COUNTED: Duration = Duration::from_secs(15);
/// How long the broker may take to send the last chunk of a stream.
const SENT: Duration = Duration::from_secs(5);

/// Whether there is such a stream.
pub(super) async fn is_there(link: &dyn Link, stream: &str) -> Result<bool, BrokerError> {
    let channel = link.open(false).await?;
    match channel.count(stream).await {
        Err(error) if is_gone(&error) => return Ok(false),
        counted => drop(counted?),
    }
    channel.close().await;
    Ok(true)
}

/// Doubts that a stream is still the one that was read before the connection was lost. If it was deleted and made again
/// meanwhile, maybe by a listener that was faster, its offsets begin anew, and the broker keeps back all that come before
/// the place where reading goes on.
pub(super) struct Doubt {
    next: u64,
    since: Instant,
    settled: bool,
}

impl Doubt {
    /// It is read on from `next`.
    pub(super) fn new(next: u64) -> Self {
        Self { next, since: Instant::now(), settled: false }
    }

    /// Whether it is another one, if that can be told; the broker counts so many messages in it, and `next` comes next.
    pub(super) async fn is_another(
        &mut self,
        link: &dyn Link,
        consumer: &Consume,
        messages: u32,
        next: Option<u64>,
    ) -> Result<bool, BrokerError> {
        // What has come in since shows that it is the same.
        self.settled |= next != Some(self.next);
        let enough = || u64::from(messages) >= self.next;
        if self.settled || enough() || self.since.elapsed() < COUNTED {
            return Ok(false);
        }
        // It may be so short because it is cut off at its old end. The other end says it.
        self.settled = true;
        ends_before(link, consumer, self.next).await
    }
}

/// Whether a stream has no message just before `next`, or later.
async fn ends_before(link: &dyn Link, consumer: &Consume, next: u64) -> Result<bool, BrokerError> {
    let channel = link.open(false).await?;
    // Nothing is acknowledged.
    channel.prefetch(u16::MAX).await?;
    let (sender, mut offsets) = mpsc::unbounded_channel();
    let take = move |delivery: RawDelivery| {
        // Nobody may want to know any more.
        let _ = sender.send(delivery.offset);
    };
    let consuming = channel.consume(consumer, Box::new(take)).await?;
    let reaches = async {
        while let Some(offset) = offsets.recv().await {
            if offset.is_none_or(|offset| offset.saturating_add(1) >= next) {
                return;
            }
        }
    };
    let ends = timeout(SENT, reaches).await.is_err();
    drop(consuming);
    channel.close().await;
    Ok(ends)
}
