//! Calls and casts at once, or notifications, until told to stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rpc_runtime::notification::Notifier;
use rpc_runtime::{CallOptions, Context, Transport};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::{Kind, Ledger, Outcome, WorkApi};

/// How long after its deadline a request counts as one that never ends, so that its ledger is still
/// judged. The findings have a closer bound.
pub(super) const SLACK: Duration = Duration::from_secs(60);

/// How much load.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Requests begun in a second, as many calls as casts.
    pub per_second: u32,
    /// Requests that wait for their end at most; no more are begun meanwhile.
    pub at_once: usize,
    /// The deadline of each request.
    pub deadline: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { per_second: 100, at_once: 64, deadline: Duration::from_secs(15) }
    }
}

/// A client that enters all that it does into a ledger.
#[derive(Debug, Clone)]
pub struct Requests {
    by: By,
    ledger: Arc<Ledger>,
}

#[derive(Debug, Clone)]
enum By {
    Client { api: WorkApi, topic: String },
    Notifier(Notifier),
}

impl Requests {
    /// A client that sends by `transport` to `topic`.
    #[must_use]
    pub fn new(transport: &Transport, topic: &str, ledger: &Arc<Ledger>) -> Self {
        let by = By::Client { api: WorkApi::new(transport), topic: topic.to_owned() };
        Self { by, ledger: Arc::clone(ledger) }
    }

    /// A notifier that sends by `transport` to `topic`.
    pub fn notifications(transport: &Transport, topic: &str, ledger: &Arc<Ledger>) -> Result<Self> {
        let notifier = Notifier::builder(transport).publisher_id("load.rust").topics([topic]).build()?;
        Ok(Self { by: By::Notifier(notifier), ledger: Arc::clone(ledger) })
    }

    /// What it sends, in turn.
    #[must_use]
    pub fn kinds(&self) -> &'static [Kind] {
        match self.by {
            By::Client { .. } => Kind::OF_CLIENTS,
            By::Notifier(_) => Kind::OF_NOTIFIERS,
        }
    }

    /// Sends one request, which takes the server `seconds`, and waits for its end. A cast is
    /// mandatory, so that one that the broker has taken is in a queue. A notifier sends notifications, whatever the kind.
    pub async fn send(&self, kind: Kind, deadline: Duration, seconds: f64) -> Outcome {
        let id = self.ledger.sent(kind);
        let begun = Instant::now();
        let end = async {
            match &self.by {
                By::Client { api, topic } => {
                    let options = CallOptions::new().topic(topic.as_str()).timeout(deadline).mandatory(true);
                    let api = api.with(options);
                    let request = api.work(&Context::new(), id).seconds(seconds);
                    match kind {
                        Kind::Call => Outcome::of_call(request.call().await),
                        _ => Outcome::of_cast(request.cast().await),
                    }
                }
                By::Notifier(notifier) => {
                    let payload = json!({"id": id, "seconds": seconds});
                    let context = Context::new();
                    let sent = notifier.info(&context, "work", &payload);
                    match timeout(deadline, sent).await {
                        Ok(sent) => Outcome::of_notification(sent),
                        Err(_) => Outcome::Unclear("not confirmed in time".to_owned()),
                    }
                }
            }
        };
        let outcome = timeout(deadline + SLACK, end).await.unwrap_or(Outcome::Hung);
        self.ledger.ended(id, outcome.clone(), begun.elapsed().saturating_sub(deadline));
        outcome
    }
}

/// A client at work, until it is told to stop.
#[derive(Debug)]
pub struct Load {
    stop: oneshot::Sender<()>,
    sending: JoinHandle<()>,
}

impl Load {
    /// Begins to send.
    #[must_use]
    pub fn start(requests: Requests, pace: Pace) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, sending: tokio::spawn(send(requests, pace, stopped)) }
    }

    /// Begins no more requests and waits for the end of those that are under way.
    pub async fn stop(self) -> Result<()> {
        // An error means that the task has panicked, which is told by its end.
        let _ = self.stop.send(());
        self.sending.await.context("the load")
    }
}

async fn send(requests: Requests, pace: Pace, mut stopped: oneshot::Receiver<()>) {
    let mut ticks = interval(Duration::from_secs(1) / pace.per_second.max(1));
    // What could not be sent in time is not made up for.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut under_way = JoinSet::new();
    let mut kinds = requests.kinds().iter().copied().cycle();
    loop {
        tokio::select! {
            biased;
            _ = &mut stopped => break,
            Some(ended) = under_way.join_next() => drop::<Result<(), _>>(ended),
            _ = ticks.tick(), if under_way.len() < pace.at_once => {
                if let Some(kind) = kinds.next() {
                    let requests = requests.clone();
                    under_way.spawn(async move { drop(requests.send(kind, pace.deadline, 0.0).await) });
                }
            }
        }
    }
    // One that panicked has no outcome in the ledger, which is a finding.
    while under_way.join_next().await.is_some() {}
}
