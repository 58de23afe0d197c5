//! What a side says to the broker, as short texts that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use amq_protocol::frame::{AMQPFrame, parse_frame};
use amq_protocol::protocol::{AMQPClass, basic, confirm, connection, exchange, queue};
use amq_protocol::types::{AMQPValue, FieldTable};

use super::session::Session;

/// What Python's client is able to. What another one is able to beside makes no difference to it.
const CAPABILITIES: [&str; 3] =
    ["authentication_failure_close", "connection.blocked", "consumer_cancel_notify"];

/// Each is there once, however often it is said.
pub(super) type Facts = BTreeSet<String>;

/// The facts of what some connections have said, in which the topic is called `topic` and the host `host`.
pub(super) fn facts(connections: &[Vec<u8>], session: &Session) -> Facts {
    let mut facts = Facts::new();
    for said in connections {
        of_connection(said, &mut facts);
    }
    facts.into_iter().map(|fact| without_chance(&fact, session)).collect()
}

fn of_connection(said: &[u8], facts: &mut Facts) {
    let mut rest = said;
    // By channel: its prefetch count, and a message whose properties are yet to come.
    let (mut prefetch, mut publishing) = (BTreeMap::new(), BTreeMap::new());
    // The last frame may be there in part.
    while let Ok((next, frame)) = parse_frame(rest) {
        rest = next;
        match frame {
            AMQPFrame::Method(channel, AMQPClass::Basic(basic::AMQPMethod::Qos(qos))) => {
                let shared = if qos.global { " of the channel" } else { "" };
                prefetch.insert(channel, format!("{}{shared}", qos.prefetch_count));
            }
            AMQPFrame::Method(channel, AMQPClass::Basic(basic::AMQPMethod::Consume(consume))) => {
                let prefetch = prefetch.get(&channel).map_or("none", String::as_str);
                facts.insert(format!(
                    "consume {}, prefetch {prefetch}{}",
                    consume.queue,
                    with(
                        &[("without acknowledgement", consume.no_ack), ("exclusive", consume.exclusive)],
                        &consume.arguments
                    ),
                ));
            }
            AMQPFrame::Method(channel, AMQPClass::Basic(basic::AMQPMethod::Publish(publish))) => {
                publishing.insert(channel, publish);
            }
            AMQPFrame::Header(channel, header) => {
                if let Some(publish) = publishing.remove(&channel) {
                    facts.insert(published(&publish, &header.properties));
                }
            }
            AMQPFrame::Method(_, method) => facts.extend(of_method(method)),
            AMQPFrame::ProtocolHeader(_) | AMQPFrame::Body(..) | AMQPFrame::Heartbeat => {}
            AMQPFrame::InvalidHeartbeat(_) => {
                facts.insert("a heartbeat on a channel".to_owned());
            }
        }
    }
}

fn of_method(method: AMQPClass) -> Vec<String> {
    match method {
        AMQPClass::Connection(connection::AMQPMethod::StartOk(start)) => {
            let mut login = vec![format!("log in by {}", start.mechanism)];
            if let Some(AMQPValue::FieldTable(able)) = start.client_properties.inner().get("capabilities") {
                let is_able = |name: &&&str| able.inner().get(**name) == Some(&AMQPValue::Boolean(true));
                login.extend(CAPABILITIES.iter().filter(is_able).map(|name| format!("know {name}")));
            }
            login
        }
        AMQPClass::Connection(connection::AMQPMethod::TuneOk(tune)) => vec![
            format!("heartbeats of {} s", tune.heartbeat),
            format!("frames of {} bytes, {} channels", tune.frame_max, tune.channel_max),
        ],
        AMQPClass::Exchange(exchange::AMQPMethod::Declare(exchange)) => vec![format!(
            "declare exchange {}, {}{}",
            exchange.exchange,
            exchange.kind,
            with(
                &[
                    ("only look", exchange.passive),
                    ("durable", exchange.durable),
                    ("auto_delete", exchange.auto_delete),
                    ("internal", exchange.internal),
                ],
                &exchange.arguments
            ),
        )],
        AMQPClass::Queue(queue::AMQPMethod::Declare(queue)) => vec![format!(
            "declare queue {}{}",
            queue.queue,
            with(
                &[
                    ("only look", queue.passive),
                    ("durable", queue.durable),
                    ("exclusive", queue.exclusive),
                    ("auto_delete", queue.auto_delete),
                ],
                &queue.arguments
            ),
        )],
        AMQPClass::Queue(queue::AMQPMethod::Bind(bind)) => vec![format!(
            "bind {} to {} by {:?}{}",
            bind.queue,
            bind.exchange,
            bind.routing_key.as_str(),
            with(&[], &bind.arguments)
        )],
        AMQPClass::Confirm(confirm::AMQPMethod::Select(_)) => vec!["have messages confirmed".to_owned()],
        _ => Vec::new(),
    }
}

/// What is sent. Ours has a message id, by which it knows it again if it comes back.
fn published(publish: &basic::Publish, properties: &basic::AMQPProperties) -> String {
    let text = |name: &str, value: Option<&str>| value.map(|value| format!(", {name} {value}"));
    let number = |name: &str, value: &Option<u8>| value.map(|value| format!(", {name} {value}"));
    let short = |value: &Option<amq_protocol::types::ShortString>| value.as_ref().map(ToString::to_string);
    let parts = [
        text("type", short(properties.content_type()).as_deref()),
        text("encoding", short(properties.content_encoding()).as_deref()),
        number("delivery mode", properties.delivery_mode()),
        number("priority", properties.priority()),
        short(properties.expiration()).map(|time| format!(", expiration {}", minutes(&time))),
        text("correlation", short(properties.correlation_id()).as_deref()),
        text("reply to", short(properties.reply_to()).as_deref()),
        text("kind", short(properties.kind()).as_deref()),
        text("user", short(properties.user_id()).as_deref()),
        text("application", short(properties.app_id()).as_deref()),
        properties.timestamp().map(|time| format!(", timestamp {time}")),
        properties.headers().as_ref().map(|headers| format!(", headers {}", table(headers))),
    ];
    let (exchange, key) = (publish.exchange.as_str(), publish.routing_key.as_str());
    // Whether a request is mandatory is said by who sends it; an option says it of replies.
    let mandatory = publish.mandatory && exchange.is_empty();
    let flags = [("mandatory", mandatory), ("immediate", publish.immediate)];
    let flags = with(&flags, &FieldTable::default());
    format!("publish to {exchange:?} by {key:?}{flags}{}", parts.into_iter().flatten().collect::<String>())
}

/// A time in milliseconds. Ours is what is left of a timeout, Python's all of it.
fn minutes(time: &str) -> String {
    match time.parse::<u32>() {
        Ok(time) => format!("within {} min", time.div_ceil(60_000)),
        Err(_) => time.to_owned(),
    }
}

/// The flags that are set, and arguments if there are such.
fn with(flags: &[(&str, bool)], arguments: &FieldTable) -> String {
    let mut text: String =
        flags.iter().filter(|(_, set)| *set).map(|(name, _)| format!(", {name}")).collect();
    if !arguments.inner().is_empty() {
        text.push_str(&format!(", {}", table(arguments)));
    }
    text
}

fn table(table: &FieldTable) -> String {
    let fields = table.inner().iter().map(|(name, value)| format!("{name}: {}", value_text(value)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// Numbers are the same to the broker, whatever integers they are.
fn value_text(value: &AMQPValue) -> String {
    match value {
        AMQPValue::Boolean(flag) => flag.to_string(),
        AMQPValue::ShortShortInt(number) => number.to_string(),
        AMQPValue::ShortShortUInt(number) => number.to_string(),
        AMQPValue::ShortInt(number) => number.to_string(),
        AMQPValue::ShortUInt(number) => number.to_string(),
        AMQPValue::LongInt(number) => number.to_string(),
        AMQPValue::LongUInt(number) => number.to_string(),
        AMQPValue::LongLongInt(number) => number.to_string(),
        AMQPValue::ShortString(text) => format!("{:?}", text.as_str()),
        AMQPValue::LongString(text) => format!("{:?}", text.to_string()),
        AMQPValue::FieldTable(fields) => table(fields),
        other => format!("{other:?}"),
    }
}

/// Without what differs from session to session: the topic, and the 32 digits or the number of unique names.
fn without_chance(fact: &str, session: &Session) -> String {
    const DIGITS: usize = 32;
    let hex = |text: &str| {
        let unique = text.get(..DIGITS).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if unique { DIGITS } else { 0 }
    };
    let fact = starred(fact, |before| before.ends_with('_'), hex);
    let fact = fact.replace(&session.topic, "topic").replace(&session.place.host, "host");
    let number = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after_process = |before: &str| {
        let process = before.strip_suffix(':').and_then(|before| before.rsplit_once("_host:"));
        process.is_some_and(|(_, process)| !process.contains([':', ' ']))
    };
    starred(&fact, after_process, number)
}

/// With a `*` in place of what stands behind `before`, and is so many bytes long.
fn starred(text: &str, before: impl Fn(&str) -> bool, length: impl Fn(&str) -> usize) -> String {
    let mut starred = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if before(&starred) { length(rest) } else { 0 };
        if skipped > 0 {
            starred.push('*');
            rest = &rest[skipped..];
        } else {
            starred.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    starred
}
