//! The queues that fill up where all who listen do so in pools.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::receiving::Phase;
use crate::text::printable;
use crate::transport::Transport;

/// How often it is looked at them.
const EVERY: Duration = Duration::from_secs(300);
/// How long the broker may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Warns of queues that have copies of what goes to a pool and that nobody consumes from, at the start and whenever it
/// becomes so, until the listener stops.
pub(super) async fn watch(
    transport: Transport,
    queues: BTreeSet<Arc<str>>,
    pool: String,
    mut phases: watch::Receiver<Phase>,
) {
    let looking = async {
        let mut unread = HashSet::new();
        loop {
            for queue in &queues {
                match timeout(PATIENCE, transport.driver().consumers(Arc::clone(queue))).await {
                    Ok(Ok(Some(0))) if unread.insert(queue) => tracing::warn!(
                        queue = %printable(queue),
                        pool,
                        "nobody consumes from a queue that has a copy of each notification for a pool: it fills up"
                    ),
                    Ok(Ok(Some(1..) | None)) => drop(unread.remove(queue)),
                    // As it was, or not known.
                    _ => {}
                }
            }
            sleep(EVERY).await;
        }
    };
    tokio::select! {
        () = looking => {}
        // It ends with the listener.
        _ = phases.wait_for(|phase| *phase > Phase::Serve) => {}
    }
}
