//! Puts declarations on the broker, each batch on a channel of its own: a conflict closes the channel, and
//! must not take consumers or confirms with it.

use super::broker::{BrokerError, Link};
use super::topology::{Step, give_up_durability};

/// AMQP's codes of two conflicts.
const NOT_FOUND: u16 = 404;
const PRECONDITION_FAILED: u16 = 406;

/// Declares `steps` in order.
///
/// What exists as not durable is joined as it is, and `steps` say so afterwards. A queue that exists but
/// cannot be used, because the node that holds it is down, is replaced. Every other conflict is an error.
pub(super) async fn declare(link: &dyn Link, steps: &mut [Step]) -> Result<(), BrokerError> {
    let mut channel = link.open(false).await?;
    let mut n = 0;
    let mut replaced = None;
    while n < steps.len() {
        match channel.declare(&steps[n]).await {
            Ok(()) => n += 1,
            Err(BrokerError::Refused(PRECONDITION_FAILED, why))
                if why.contains("inequivalent arg 'durable'") && give_up_durability(steps, n) =>
            {
                tracing::warn!("joining what is not durable: {why}");
                channel = link.open(false).await?;
            }
            Err(BrokerError::Refused(NOT_FOUND, why)) if replaced != Some(n) => {
                let Step::Queue { name, .. } = &steps[n] else {
                    return Err(BrokerError::Refused(NOT_FOUND, why));
                };
                tracing::warn!("replacing the queue {name}, which cannot be used: {why}");
                replaced = Some(n);
                channel = link.open(false).await?;
                channel.delete_queue(name).await?;
            }
            Err(error) => return Err(error),
        }
    }
    channel.close().await;
    Ok(())
}
