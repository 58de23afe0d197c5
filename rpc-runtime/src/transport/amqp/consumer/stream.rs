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
        let is_another = match last_offset(link, consumer, self.next).await? {
            Some(last) => last.saturating_add(1) < self.next,
            None if messages == 0 => true,
            // There is something in it that has not come: a broker under load, or one that has just begun, is no proof.
            None => return Ok(false),
        };
        self.settled = true;
        Ok(is_another)
    }
}

/// The offset of the last message of a stream, or of any that is just before `next` or later; none if nothing comes.
async fn last_offset(link: &dyn Link, consumer: &Consume, next: u64) -> Result<Option<u64>, BrokerError> {
    let channel = link.open(false).await?;
    // Nothing is acknowledged.
    channel.prefetch(u16::MAX).await?;
    let (sender, mut offsets) = mpsc::unbounded_channel();
    let take = move |delivery: RawDelivery| {
        // Nobody may want to know any more.
        let _ = sender.send(delivery.offset);
    };
    let consuming = channel.consume(consumer, Box::new(take)).await?;
    let mut last = None;
    let reaches = async {
        while last.is_none_or(|last: u64| last.saturating_add(1) < next) {
            let Some(offset) = offsets.recv().await else {
                // There may be more that did not come.
                return Err(BrokerError::Lost(format!("the end of {} was not read", consumer.queue)));
            };
            // One without an offset is of no stream, so nothing can be said of it.
            last = last.max(Some(offset.unwrap_or(u64::MAX)));
        }
        Ok(())
    };
    // What has come by then is what there is.
    let read = timeout(SENT, reaches).await.unwrap_or(Ok(()));
    drop(consuming);
    channel.close().await;
    read.map(|()| last)
}
