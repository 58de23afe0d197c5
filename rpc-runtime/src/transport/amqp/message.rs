//! From a message of the driver to one of the broker.

use std::time::Duration;

use tokio::time::Instant;

use super::library::{Header, Kept, Message};
use super::topology::{address, check_name};
use crate::error::{Fault, FaultKind};
use crate::transport::amqp::options::AmqpOptions;
use crate::transport::driver::{Forward, Outgoing};

/// The longest expiration that RabbitMQ takes, in milliseconds: about 50 days.
const LONGEST_EXPIRATION: u64 = u32::MAX as u64;

/// The header that says how a body is compressed.
pub(super) const COMPRESSION: &str = "compression";

/// The header by which a copy says how often the message was delivered before.
pub(super) const EARLIER_DELIVERIES: &str = "x-rpc-earlier-deliveries";

/// The message as it goes out, or why it cannot.
pub(super) fn message(outgoing: &Outgoing, options: &AmqpOptions) -> Result<Message, Fault> {
    if outgoing.body.len() > options.max_body {
        let (size, limit) = (outgoing.body.len(), options.max_body);
        let why = format!("the body has {size} bytes, more than the option max_body={limit}");
        return Err(Fault::new(FaultKind::TooLarge, why));
    }
    let (exchange, routing_key) = address(&outgoing.route);
    check_name("exchange", &exchange).map_err(unusable)?;
    check_name("routing key", &routing_key).map_err(unusable)?;
    let (body, compression) = match options.kombu_compression {
        None => (outgoing.body.clone(), None),
        Some(compression) => {
            let body = compression.compress(&outgoing.body);
            let body = body.map_err(|why| unusable(format!("compression: {why}")))?;
            (body.into(), Some(compression.header()))
        }
    };
    Ok(Message {
        exchange,
        routing_key,
        body,
        compression,
        expiration: outgoing.expiration.map(milliseconds),
        mandatory: None,
        kept: None,
    })
}

/// A message that is sent on, as it goes out, or why it cannot.
pub(super) fn forwarded(forward: Forward) -> Result<Message, Fault> {
    let Forward { route, body, labels, expiration, deliveries, death, .. } = forward;
    let (exchange, routing_key) = address(&route);
    check_name("routing key", &routing_key).map_err(unusable)?;
    let headers = match death {
        None => vec![(EARLIER_DELIVERIES, Header::Number(deliveries))],
        // By another name: a dead letter that somebody puts back into its queue starts anew.
        Some(death) => vec![
            ("x-first-death-reason", Header::Text(death.reason.to_owned())),
            ("x-first-death-queue", Header::Text(death.queue.to_string())),
            ("x-rpc-deliveries", Header::Number(deliveries)),
            ("x-rpc-error", Header::Text(death.error)),
        ],
    };
    Ok(Message {
        exchange,
        routing_key,
        body,
        compression: None,
        expiration: expiration.map(milliseconds),
        mandatory: None,
        kept: Some(Box::new(Kept { labels, headers })),
    })
}

/// Has a message that goes out later than it was made wait no longer in a queue than its caller does. One that is
/// sent on has an expiration of its own.
pub(super) fn expire_by(message: &mut Message, deadline: Instant, now: Instant) {
    if message.kept.is_none()
        && let Some(expiration) = &mut message.expiration
    {
        let left = deadline.saturating_duration_since(now) + Duration::from_micros(999);
        *expiration = milliseconds(left).min(*expiration);
    }
}

fn unusable(why: String) -> Fault {
    Fault::new(FaultKind::Unusable, why)
}

fn milliseconds(limit: Duration) -> u64 {
    u64::try_from(limit.as_millis()).unwrap_or(u64::MAX).min(LONGEST_EXPIRATION)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use bytes::Bytes;

    use super::*;
    use crate::transport::driver::{Route, Wanted};
    use crate::wire::Compression;

    fn outgoing(route: Route) -> Outgoing {
        Outgoing {
            route,
            body: Bytes::from_static(b"body"),
            ask: None,
            mandatory: false,
            expiration: Some(Duration::from_micros(2_500_900)),
            deadline: Instant::now(),
            wanted: Wanted::AtOnce,
        }
    }

    fn to_topic(server: Option<&str>) -> Outgoing {
        outgoing(Route::Topic {
            exchange: "nova".into(),
            topic: "compute".into(),
            server: server.map(Into::into),
        })
    }

    #[test]
    fn addresses() {
        for (outgoing, expected) in [
            (to_topic(None), ("nova", "compute")),
            (to_topic(Some("host.1")), ("nova", "compute.host.1")),
            (
                outgoing(Route::Fanout { exchange: "nova".into(), topic: "compute".into(), server: None }),
                ("compute_fanout", ""),
            ),
            (outgoing(Route::Reply { queue: "reply_1".into() }), ("", "reply_1")),
        ] {
            let message = message(&outgoing, &AmqpOptions::default()).unwrap();
            assert_eq!((&*message.exchange, &*message.routing_key), expected);
            assert_eq!((message.expiration, message.compression), (Some(2500), None));
        }
    }

    #[test]
    fn what_goes_out_late_does_not_outlive_its_caller() {
        let now = Instant::now();
        let mut message = message(&to_topic(None), &AmqpOptions::default()).unwrap();
        let mut at = |early: Duration| {
            expire_by(&mut message, now + Duration::from_micros(2_500_900), now + early);
            message.expiration
        };
        assert_eq!(at(Duration::ZERO), Some(2500));
        assert_eq!(at(Duration::from_micros(300)), Some(2500));
        assert_eq!(at(Duration::from_secs(2)), Some(501));
        assert_eq!(at(Duration::from_secs(3)), Some(0));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let options = AmqpOptions::default().max_body(3);
        assert!(
            message(&to_topic(None), &options)
                .unwrap_err()
                .why
                .contains("4 bytes, more than the option max_body=3")
        );
        let long = "é".repeat(128);
        let error = message(&to_topic(Some(&long)), &AmqpOptions::default()).unwrap_err();
        assert!(error.why.contains("routing key has 264 bytes"), "{error}");
    }

    #[test]
    fn a_body_is_not_printed() {
        let printed = format!("{:?}", message(&to_topic(None), &AmqpOptions::default()).unwrap());
        assert!(printed.contains("4 bytes") && !printed.contains("body\""), "{printed}");
    }

    #[test]
    fn compression_is_that_of_kombu() {
        let options = |compression| AmqpOptions::default().kombu_compression(Some(compression));
        let gzip = message(&to_topic(None), &options(Compression::Gzip)).unwrap();
        let mut plain = Vec::new();
        flate2::read::ZlibDecoder::new(&gzip.body[..]).read_to_end(&mut plain).unwrap();
        assert_eq!((gzip.compression, &plain[..]), (Some("application/x-gzip"), &b"body"[..]));

        let bzip2 = message(&to_topic(None), &options(Compression::Bzip2)).unwrap();
        plain.clear();
        bzip2::read::BzDecoder::new(&bzip2.body[..]).read_to_end(&mut plain).unwrap();
        assert_eq!((bzip2.compression, &plain[..]), (Some("application/x-bz2"), &b"body"[..]));
    }
}
