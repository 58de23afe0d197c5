//! What comes in for the servers of this process.

mod ledger;
mod serving;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use self::ledger::LINKS;
use self::serving::{Phase, Serving};
use super::odd::Odd;
use super::options::Amqp1Options;
use super::peer::Peer;
use crate::error::{Fault, FaultKind};
use crate::transport::connection::View;
use crate::transport::driver::{CLOSED, ListenOptions, Listener, ServerAddress, StopListening};

/// Attaches a server; done once it gets messages, or at `deadline`.
pub(super) async fn listen(
    address: ServerAddress,
    listen: &ListenOptions,
    view: View<Peer>,
    options: Arc<Amqp1Options>,
    odd: Arc<Odd>,
    runtime: &Handle,
    deadline: Instant,
) -> Result<Listener, Fault> {
    let credit = if listen.prefetch == 0 { options.server_credit() } else { listen.prefetch };
    let (sender, deliveries) = mpsc::channel(LINKS * usize::from(credit));
    let (phase, phases) = watch::channel(Phase::Run);
    let (starting, started) = oneshot::channel();
    let (reaching, reached) = watch::channel(Phase::Run);
    let trouble = view.clone();
    let serving = Serving {
        address,
        credit: credit.into(),
        view,
        options,
        odd,
        deliveries: Some(sender),
        phases,
        reached: reaching,
        starting: Some(starting),
    };
    runtime.spawn(serving.run());
    // Dropped, it ends the task.
    let stop = Stop { phase, reached };
    match timeout_at(deadline, started).await {
        Ok(Ok(outcome)) => outcome?,
        Ok(Err(_)) => return Err(Fault::new(FaultKind::Closed, CLOSED)),
        Err(_) => {
            let late = || Fault::new(FaultKind::NoAnswer, "the peer does not answer");
            return Err(trouble.fault().unwrap_or_else(late));
        }
    }
    Ok(Listener { deliveries, stop: Arc::new(stop) })
}

/// Ends a server's listening.
#[derive(Debug)]
struct Stop {
    phase: watch::Sender<Phase>,
    /// How far the task is.
    reached: watch::Receiver<Phase>,
}

impl Stop {
    /// Has the task go to this phase, unless it has come further, and waits until it is there.
    async fn enter(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let further = *now < phase;
            if further {
                *now = phase;
            }
            further
        });
        // An error is an end as well.
        let _ = self.reached.clone().wait_for(|reached| *reached >= phase).await;
    }
}

impl StopListening for Stop {
    fn pause(&self) -> BoxFuture<'_, ()> {
        self.enter(Phase::Pause).boxed()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.enter(Phase::Stop).boxed()
    }
}
