//! What becomes of deliveries: they are taken from their queue, or go back.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

/// The right to settle one delivery, once.
#[derive(Debug)]
pub(crate) struct Settle {
    acks: Option<Arc<dyn Settler>>,
    tag: u64,
}

impl Settle {
    pub(crate) fn new(acks: Arc<dyn Settler>, tag: u64) -> Self {
        Self { acks: Some(acks), tag }
    }

    /// For a delivery that came from no queue, which nothing has to be taken from.
    pub(crate) fn nothing() -> Self {
        Self { acks: None, tag: 0 }
    }

    /// What tells whether a verdict would still count, without the right to give one; none if there is nothing to settle.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.acks.clone().map(|acks| Standing { acks, tag: self.tag })
    }

    fn settle(self, verdict: Verdict) -> bool {
        self.acks.is_none_or(|acks| acks.settle(self.tag, verdict))
    }

    /// Whether a verdict would still count, see [`Settler::settle`].
    pub(crate) fn counts(&self) -> bool {
        self.acks.as_ref().is_none_or(|acks| acks.holds(self.tag))
    }

    /// Whether it was accepted when it came, so that it goes back nowhere.
    pub(crate) fn is_accepted(&self) -> bool {
        self.acks.as_ref().is_none_or(|acks| acks.accepted(self.tag))
    }

    /// Takes the message from its queue for good; `false` if it is known to be back there, as the
    /// connection that it came by is gone.
    pub(crate) fn ack(self) -> bool {
        self.settle(Verdict::Ack)
    }

    /// The same, together with others whenever it suits.
    pub(crate) fn ack_before_long(self) {
        if let Some(acks) = self.acks {
            acks.acknowledge_before_long(self.tag);
        }
    }

    /// Drops the message, or puts it back into its queue.
    pub(crate) fn reject(self, requeue: bool) {
        self.settle(Verdict::Reject { requeue });
    }
}

/// See [`Settle::standing`].
#[derive(Debug)]
pub(crate) struct Standing {
    acks: Arc<dyn Settler>,
    tag: u64,
}

impl Standing {
    /// Whether the message is still this process's to settle.
    pub(crate) fn holds(&self) -> bool {
        self.acks.holds(self.tag)
    }
}

/// Messages that are taken from their queues for good, together.
#[derive(Debug, Default)]
pub(crate) struct AckForGood(Vec<Arc<dyn Settler>>);

/// Which of the connections of an [`AckForGood`] a message came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line(usize);

impl Line {
    /// That of what nobody has to be told of any more.
    const NONE: Self = Self(usize::MAX);
}

/// Which of the connections of an [`AckForGood`] were lost before anything was written.
#[derive(Debug)]
pub(crate) struct Lost(Vec<Line>);

impl Lost {
    /// Whether messages that came by it are certain to be back in their queue.
    pub(crate) fn has(&self, line: Line) -> bool {
        self.0.contains(&line)
    }
}

impl AckForGood {
    /// Adds one; `None` if it is known to be back in its queue, as [`Settle::ack`] says it.
    pub(crate) fn add(&mut self, settle: Settle) -> Option<Line> {
        let Settle { acks: Some(acks), tag } = settle else { return Some(Line::NONE) };
        let is_told = acks.told(tag);
        if !acks.gather(tag) {
            return None;
        }
        if is_told {
            return Some(Line::NONE);
        }
        // As a rule all are of one connection, and of one queue.
        let known = self.0.iter().position(|known| Arc::ptr_eq(known, &acks));
        Some(Line(known.unwrap_or_else(|| {
            self.0.push(acks);
            self.0.len() - 1
        })))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Resolves once the broker gets the word even if this process dies at that moment, or once the
    /// connection is lost. Nothing is acknowledged without it.
    pub(crate) async fn written(self) -> Lost {
        let mut lost = Vec::new();
        for (line, acks) in self.0.into_iter().enumerate() {
            if !acks.written().await {
                lost.push(Line(line));
            }
        }
        Lost(lost)
    }
}

/// Where a driver takes verdicts on deliveries; must not block.
pub(crate) trait Settler: fmt::Debug + Send + Sync {
    /// Whether the verdict counts: without the connection of the delivery it does not.
    fn settle(&self, tag: u64, verdict: Verdict) -> bool;

    /// The same for an acknowledgement that [`written`](Self::written) is asked for afterwards.
    fn gather(&self, tag: u64) -> bool {
        self.settle(tag, Verdict::Ack)
    }

    /// An acknowledgement that nobody waits for.
    fn acknowledge_before_long(&self, tag: u64) {
        self.settle(tag, Verdict::Ack);
    }

    /// Whether it would count.
    fn holds(&self, tag: u64) -> bool;

    /// Whether the message was accepted when it came: who sends a cast waits for no worker then.
    fn accepted(&self, _tag: u64) -> bool {
        false
    }

    /// Whether it was, and that has left this process.
    fn told(&self, _tag: u64) -> bool {
        false
    }

    /// Resolves once all verdicts so far have left this process, or cannot any more: `false` if it is certain that
    /// not all of them have. At once for a broker inside the process, which dies with it.
    fn written(&self) -> BoxFuture<'static, bool> {
        Box::pin(std::future::ready(true))
    }
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ack,
    Reject { requeue: bool },
}
