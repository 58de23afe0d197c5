//! Puts declarations on the broker, each batch on a channel of its own: a conflict closes the channel, and
//! must not take consumers or confirms with it.

use super::library::{BrokerError, Channel, Link, Links};
use super::topology::{Step, Thing, give_up_durability, pattern};
use crate::error::{Fault, FaultKind};
use crate::text::printable;

/// AMQP's code of what a user may not do.
const ACCESS_REFUSED: u16 = 403;

/// AMQP's codes of two conflicts.
const NOT_FOUND: u16 = 404;
const PRECONDITION_FAILED: u16 = 406;

/// AMQP's code of a fault inside the broker. RabbitMQ closes the connection with it to refuse a feature that it is
/// about to give up.
const INTERNAL_ERROR: u16 = 541;

/// RabbitMQ's name of queues that are neither durable nor exclusive, which 4.3 refuses by default.
const TRANSIENT_QUEUES: &str = "transient_nonexcl_queues";

/// What its operator or ours can do about that.
const INSTEAD_OF_TRANSIENT: &str = "the broker takes no transient queues, which need \
    rabbit_transient_quorum_queue=true, and amqp_durable_queues=true or rabbit_quorum_queue=true, here and \
    in all peers, Python's included";

/// The broker's words when something exists, but durable where it was asked not to be, or the other way round.
const OTHER_DURABILITY: &str = "inequivalent arg 'durable'";

/// What the broker calls a queue whose node is down, if it is one: maybe another than was asked for.
const DURABLE: &str = "durable queue";

/// How often what vanishes is declared again: more often than servers of one topic stop at the same time.
const MAX_VANISHED: u32 = 10;

/// Declares `steps` in order.
///
/// What exists as not durable is joined as it is, and `steps` say so afterwards. A queue that exists but
/// cannot be used, because the node that holds it is down, is replaced if it is not durable: what a durable one
/// holds was promised to be kept, and comes back with its node. What was deleted between its declaration and
/// its binding is declared again. What exists and may not be declared, as its administrator has made it, is used as it
/// is, and `steps` say that too. Every other conflict is an error.
pub(super) async fn declare(link: &dyn Link, steps: &mut [Step]) -> Result<(), BrokerError> {
    let mut channel = link.open(false).await?;
    let mut n = 0;
    let mut replaced = None;
    let mut vanished = 0;
    while n < steps.len() {
        match channel.declare(&steps[n]).await {
            Ok(()) => n += 1,
            Err(BrokerError::Refused(PRECONDITION_FAILED, why))
                if why.contains(OTHER_DURABILITY) && give_up_durability(steps, n) =>
            {
                tracing::warn!("joining what is not durable: {}", printable(&why));
                channel = link.open(false).await?;
            }
            Err(BrokerError::Refused(ACCESS_REFUSED, why)) if may_be_there(steps, n) => {
                channel = link.open(false).await?;
                steps[n] = find(&*channel, &steps[n], why).await?;
                n += 1;
            }
            Err(BrokerError::Refused(NOT_FOUND, _))
                if matches!(steps[n], Step::Bind { .. }) && vanished < MAX_VANISHED =>
            {
                // A fanout exchange goes with its last queue, so with a server that stops while this one starts.
                vanished += 1;
                channel = link.open(false).await?;
                n = 0;
            }
            Err(BrokerError::Refused(NOT_FOUND, why)) if replaced != Some(n) && !why.contains(DURABLE) => {
                let Step::Queue { name, durable: false, .. } = &steps[n] else {
                    return Err(BrokerError::Refused(NOT_FOUND, why));
                };
                tracing::warn!("replacing the queue {name}, which cannot be used: {}", printable(&why));
                replaced = Some(n);
                channel = link.open(false).await?;
                channel.delete_queue(name).await?;
            }
            Err(BrokerError::Closed(_, why))
                if why.contains(TRANSIENT_QUEUES) && steps[n].is_transient_queue() =>
            {
                let why = why.lines().next().unwrap_or_default();
                return Err(BrokerError::Refused(INTERNAL_ERROR, format!("{INSTEAD_OF_TRANSIENT}: {why}")));
            }
            Err(error) => return Err(error),
        }
    }
    channel.close().await;
    Ok(())
}

/// Whether somebody else can have seen to `steps[n]`. Whether a queue is bound cannot be asked: of one that its
/// administrator has made it is believed, and one that may be declared here, and so may be new, would get nothing.
fn may_be_there(steps: &[Step], n: usize) -> bool {
    let Step::Bind { queue, .. } = &steps[n] else { return true };
    let is_it = |step: &Step| matches!(step, Step::Find { what: Thing::Queue, name } if name == queue);
    steps[..n].iter().any(is_it)
}

/// Looks for what may not be declared, for the reason `why`.
async fn find(channel: &dyn Channel, step: &Step, why: String) -> Result<Step, BrokerError> {
    let (what, name) = step.thing();
    let found = Step::Find { what, name: name.clone() };
    match channel.declare(&found).await {
        Ok(()) => {
            tracing::info!("using what exists: {}", printable(&why));
            Ok(found)
        }
        Err(error) if is_gone(&error) => {
            let missing = format!("there is no {what} {name}, and to make it takes the right to configure");
            Err(BrokerError::Refused(ACCESS_REFUSED, format!("{missing} {}: {why}", pattern(name))))
        }
        Err(error) => Err(error),
    }
}

/// The same, as soon as there is a connection; what is lost with one is declared by the next.
pub(super) async fn declare_by(mut links: Links, mut steps: Vec<Step>) -> Result<(), Fault> {
    loop {
        let up = links.up().await.map_err(|why| Fault::new(FaultKind::Closed, why))?;
        match declare(&*up.connection, &mut steps).await {
            Ok(()) => return Ok(()),
            Err(error @ BrokerError::Refused(..)) => return Err(error.into()),
            // It returns late if the connection is still there, so this does not spin.
            Err(_) => drop(links.turns_out_gone(up.epoch).await),
        }
    }
}

/// Whether what was asked for is not there.
#[cfg(feature = "notifications")]
pub(super) fn is_missing(error: &BrokerError) -> bool {
    matches!(error, BrokerError::Refused(NOT_FOUND, _))
}

/// Whether a queue is not there; one whose node is down comes back.
pub(super) fn is_gone(error: &BrokerError) -> bool {
    matches!(error, BrokerError::Refused(NOT_FOUND, why) if !why.contains(DURABLE))
}

/// Whether the broker closes the connection each time that it is asked.
pub(super) fn costs_the_connection(error: &BrokerError) -> bool {
    matches!(error, BrokerError::Refused(INTERNAL_ERROR, _))
}

/// Whether what exists turns out to be other than `steps` say, by whose last declaration it was joined or found.
pub(super) fn is_mistaken(error: &BrokerError, steps: &[Step]) -> bool {
    match error {
        BrokerError::Refused(PRECONDITION_FAILED, why) => why.contains(OTHER_DURABILITY),
        BrokerError::Refused(NOT_FOUND, _) => steps.iter().any(|step| matches!(step, Step::Find { .. })),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::FakeLink;
    use super::super::topology::Topology;
    use super::*;
    use crate::transport::amqp::options::AmqpOptions;
    use crate::transport::driver::ServerAddress;

    fn refused(code: u16, why: &str) -> Result<(), BrokerError> {
        Err(BrokerError::Refused(code, why.to_owned()))
    }

    /// The result, and what was asked of the broker.
    async fn declared(
        steps: usize,
        answers: impl IntoIterator<Item = Result<(), BrokerError>>,
    ) -> (Result<(), BrokerError>, Vec<String>) {
        declared_with(AmqpOptions::default().amqp_durable_queues(true), steps, answers).await
    }

    async fn declared_with(
        options: AmqpOptions,
        steps: usize,
        answers: impl IntoIterator<Item = Result<(), BrokerError>>,
    ) -> (Result<(), BrokerError>, Vec<String>) {
        let address = ServerAddress { exchange: "x".into(), topic: "t".into(), server: "s".into() };
        let mut topology = Topology::server(&address, &"f".into(), &options);
        let link = FakeLink::answering(answers);
        let result = declare(&link, &mut topology.steps[..steps]).await;
        let log = link.log.lock().unwrap().clone();
        (result, log)
    }

    #[tokio::test]
    async fn everything_on_one_channel() {
        let (result, log) = declared(3, []).await;
        assert_eq!(result, Ok(()));
        assert_eq!(log, ["1 exchange x durable", "1 queue t durable", "1 bind t"]);
    }

    #[tokio::test]
    async fn durability_is_given_up_on_a_new_channel() {
        let conflict = refused(406, "PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'x'");
        let (result, log) = declared(3, [conflict]).await;
        assert_eq!(result, Ok(()));
        assert_eq!(
            log,
            ["1 exchange x durable", "2 exchange x transient", "2 queue t transient", "2 bind t"]
        );
    }

    #[tokio::test]
    async fn but_nothing_else() {
        let conflict =
            || refused(406, "PRECONDITION_FAILED - inequivalent arg 'auto_delete' for exchange 'x'");
        let (result, log) = declared(3, [conflict()]).await;
        assert_eq!((result, log), (conflict(), vec!["1 exchange x durable".to_owned()]));
    }

    #[tokio::test]
    async fn what_exists_and_may_not_be_declared_is_found() {
        let forbidden =
            || refused(403, "ACCESS_REFUSED - access to queue 't' in vhost '/' refused for user 'u'");
        // The exchange may be declared, the queue not, and not bound.
        let (result, log) = declared(4, [Ok(()), forbidden(), Ok(()), forbidden()]).await;
        assert_eq!(result, Ok(()));
        let first = ["1 exchange x durable", "1 queue t durable", "2 find queue t", "2 bind t"];
        assert_eq!(log, [&first[..], &["3 find queue t", "3 queue t.s durable"]].concat());
    }

    #[tokio::test]
    async fn a_queue_that_was_just_made_is_bound_or_of_no_use() {
        let forbidden =
            || refused(403, "ACCESS_REFUSED - access to exchange 'x' in vhost '/' refused for user 'u'");
        // The queue of the topic is its administrator's, the one of the server is not.
        let (result, log) =
            declared(5, [Ok(()), forbidden(), Ok(()), forbidden(), Ok(()), Ok(()), forbidden()]).await;
        assert_eq!(result, forbidden());
        assert_eq!(log[4..], ["3 find queue t", "3 queue t.s durable", "3 bind t.s"]);
    }

    #[tokio::test]
    async fn and_what_does_not_exist_is_named() {
        let answers = || [refused(403, "ACCESS_REFUSED"), refused(404, "NOT_FOUND - no exchange 'x'")];
        let why = "there is no exchange x, and to make it takes the right to configure x: ACCESS_REFUSED";
        assert_eq!(declared(4, answers()).await.0, refused(403, why));

        let queue = &"reply_0123456789abcdef0123456789abcdef".into();
        let mut replies = Topology::replies(queue, &AmqpOptions::default());
        let error = declare(&FakeLink::answering(answers()), &mut replies.steps).await.unwrap_err();
        let named = format!("no queue {queue}, and to make it takes the right to configure reply_.*:");
        assert!(error.to_string().contains(&named), "{error}");
    }

    #[tokio::test]
    async fn but_not_what_is_out_of_reach() {
        let forbidden =
            refused(403, "ACCESS_REFUSED - access to queue 't' in vhost '/' refused for user 'u'");
        let down = || {
            refused(404, "NOT_FOUND - home node of durable queue 't' in vhost '/' is down or inaccessible")
        };
        let (result, log) = declared(3, [Ok(()), forbidden, down()]).await;
        assert_eq!((result, log.last().unwrap().as_str()), (down(), "2 find queue t"));
    }

    #[tokio::test]
    async fn an_exchange_that_vanishes_is_declared_again() {
        let gone = || refused(404, "NOT_FOUND - no exchange 'x' in vhost '/'");
        let (result, log) = declared(3, [Ok(()), Ok(()), gone()]).await;
        assert_eq!(result, Ok(()));
        let again = ["exchange x durable", "queue t durable", "bind t"];
        assert_eq!(log, [again.map(|it| format!("1 {it}")), again.map(|it| format!("2 {it}"))].concat());

        let for_ever = (0..100).flat_map(|_| [Ok(()), Ok(()), gone()]);
        assert_eq!(declared(3, for_ever).await.0, gone());
    }

    #[tokio::test]
    async fn a_broker_without_transient_queues_says_what_to_set() {
        let denied = || {
            let why = "INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\nIts use is not";
            Err(BrokerError::Closed(541, why.to_owned()))
        };
        let (result, _) = declared_with(AmqpOptions::default(), 3, [Ok(()), denied()]).await;
        let Err(error @ BrokerError::Refused(541, why)) = &result else { panic!("{result:?}") };
        assert!(costs_the_connection(error));
        for part in ["rabbit_transient_quorum_queue=true", "amqp_durable_queues=true", "is deprecated."] {
            assert!(why.contains(part), "{why}");
        }
        assert!(!why.contains('\n'), "{why}");
        // It was another listener's queue that the broker did not like.
        assert_eq!(declared(3, [Ok(()), denied()]).await.0, denied());
        assert_eq!(declared_with(AmqpOptions::default(), 3, [denied()]).await.0, denied());
    }

    #[tokio::test]
    async fn a_queue_that_cannot_be_used_is_replaced_once() {
        let down = || refused(404, "NOT_FOUND - home node of queue 't' is down or inaccessible");
        let transient = AmqpOptions::default;
        let (result, log) = declared_with(transient(), 3, [Ok(()), down()]).await;
        assert_eq!(result, Ok(()));
        let replaced = [
            "1 exchange x transient",
            "1 queue t transient",
            "2 delete t",
            "2 queue t transient",
            "2 bind t",
        ];
        assert_eq!(log, replaced);

        let (result, log) = declared_with(transient(), 3, [Ok(()), down(), down()]).await;
        assert_eq!((result, &log[..]), (down(), &replaced.map(str::to_owned)[..4]));
    }

    #[tokio::test]
    async fn but_a_durable_one_never_is() {
        let down = || {
            refused(404, "NOT_FOUND - home node of durable queue 't' in vhost '/' is down or inaccessible")
        };
        let quorum = AmqpOptions::default().rabbit_quorum_queue(true);
        for options in [AmqpOptions::default().amqp_durable_queues(true), quorum] {
            let (result, log) = declared_with(options, 3, [Ok(()), down()]).await;
            assert_eq!((result, log.len()), (down(), 2), "{log:?}");
        }
        // Its exchange is joined, so it was asked for as not durable.
        let conflict = refused(406, "PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'x'");
        let (result, log) = declared(3, [conflict, Ok(()), down()]).await;
        assert_eq!(result, down());
        assert_eq!(log, ["1 exchange x durable", "2 exchange x transient", "2 queue t transient"]);
    }
}
