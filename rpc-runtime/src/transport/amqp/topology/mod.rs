//! What is declared on the broker, as data: the same exchanges, queues and arguments as oslo.messaging, so
//! that Rust and Python services share them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::transport::amqp::options::AmqpOptions;
use crate::transport::driver::{NotificationAddress, Route, ServerAddress};

/// Names travel with a length of one byte.
const MAX_NAME: usize = 255;

/// The argument of a consumer that the broker is to end when its queue is gone.
const CANCEL: &str = "x-cancel-on-ha-failover";
/// The argument of a consumer that says where in a stream it begins.
const STREAM_OFFSET: &str = "x-stream-offset";
/// What makes a queue a quorum queue, and a stream.
const QUORUM: (&str, Argument) = ("x-queue-type", Argument::Text(Cow::Borrowed("quorum")));
const STREAM: (&str, Argument) = ("x-queue-type", Argument::Text(Cow::Borrowed("stream")));
/// How often RabbitMQ from 4 on delivers a message of a quorum queue again, unless the queue says otherwise.
const DELIVERY_LIMIT: u32 = 20;

/// The prefix of the names of reply queues.
pub(super) const REPLIES: &str = "reply";

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Exchange {
        name: Arc<str>,
        kind: ExchangeKind,
        durable: bool,
        auto_delete: bool,
    },
    Queue {
        name: Arc<str>,
        durable: bool,
        auto_delete: bool,
        arguments: Arguments,
    },
    Bind {
        queue: Arc<str>,
        exchange: Arc<str>,
        routing_key: Arc<str>,
    },
    /// What is there already is only looked for, which takes no rights.
    Find {
        what: Thing,
        name: Arc<str>,
    },
}

/// What has a name on the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Exchange,
    Queue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExchangeKind {
    Topic,
    Fanout,
}

/// Arguments of a queue or a consumer, in the order of the wire.
pub(super) type Arguments = Vec<(&'static str, Argument)>;

/// A value with the type that it has on the wire: the broker compares both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// A long string, `S`.
    Text(Cow<'static, str>),
    /// A signed number of 32 bits, `I`.
    Number(i32),
    /// The same of 64 bits.
    Long(i64),
    /// A boolean, `t`.
    Flag(bool),
}

/// One consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Consume {
    pub(super) queue: Arc<str>,
    pub(super) tag: String,
    pub(super) arguments: Arguments,
}

/// What one listener declares, and then consumes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Topology {
    pub(super) steps: Vec<Step>,
    pub(super) consumers: Vec<Consume>,
    /// The queue that belongs to this listener alone and goes with it. Others have it next that have a name by the queue
    /// manager.
    pub(super) own_queue: Option<Arc<str>>,
}

impl Topology {
    /// A server: its topic's queue, its own queue, and `fanout_queue` for messages to all servers, which is a stream that
    /// all of them share if the options say so.
    pub(super) fn server(address: &ServerAddress, fanout_queue: &Arc<str>, options: &AmqpOptions) -> Self {
        let ServerAddress { exchange, topic, server } = address;
        let named: Arc<str> = format!("{topic}.{server}").into();
        let fanout = fanout_exchange(topic);
        let steps = vec![
            topic_step(exchange, options),
            topic_queue(topic, options),
            bind(topic, exchange, topic),
            topic_queue(&named, options),
            bind(&named, exchange, &named),
            fanout_step(&fanout, options),
            match options.rabbit_stream_fanout {
                true => stream(fanout_queue, options),
                false => transient_queue(fanout_queue, options),
            },
            bind(fanout_queue, &fanout, topic),
        ];
        Self {
            consumers: consumers(&[topic, &named, fanout_queue], &steps, options),
            steps,
            own_queue: (!options.rabbit_stream_fanout && !options.use_queue_manager)
                .then(|| fanout_queue.clone()),
        }
    }

    /// A listener of notifications: the queues of its sources, or the one of its pool.
    pub(super) fn notifications(address: &NotificationAddress, options: &AmqpOptions) -> Self {
        let (mut steps, mut queues) = (Vec::new(), Vec::new());
        for source in &address.sources {
            let queue = address.queue_of(source);
            let new = [topic_step(&source.exchange, options), topic_queue(queue, options)];
            steps.extend(new.into_iter().filter(|step| !steps.contains(step)).collect::<Vec<_>>());
            steps.push(bind(queue, &source.exchange, &source.queue));
            if !queues.contains(&queue) {
                queues.push(queue);
            }
        }
        Self { consumers: consumers(&queues, &steps, options), steps, own_queue: None }
    }

    /// The reply queue of a caller; it is bound to nothing, for replies go to it by name.
    pub(super) fn replies(queue: &Arc<str>, options: &AmqpOptions) -> Self {
        let steps = vec![transient_queue(queue, options)];
        Self {
            consumers: consumers(&[queue], &steps, options),
            steps,
            // Left to expire: replies may be under way.
            own_queue: None,
        }
    }

    /// The same in parts, one for each queue that is consumed from, with all that this queue needs. What no
    /// queue needs is in the first part.
    pub(super) fn parts(&self) -> Vec<Self> {
        let belongs = |step: &Step, queue: &Arc<str>| {
            match step {
            Step::Queue { name, .. } => name == queue,
            Step::Bind { queue: bound, .. } => bound == queue,
            Step::Exchange { name, .. } => self.steps.iter().any(|step| {
                matches!(step, Step::Bind { queue: bound, exchange, .. } if bound == queue && exchange == name)
            }),
            Step::Find { .. } => false,
        }
        };
        let part = |(n, consumer): (usize, &Consume)| {
            let taken = |step: &&Step| {
                let nobodys = || !self.consumers.iter().any(|other| belongs(step, &other.queue));
                belongs(step, &consumer.queue) || (n == 0 && nobodys())
            };
            Self {
                steps: self.steps.iter().filter(taken).cloned().collect(),
                consumers: vec![consumer.clone()],
                own_queue: self.own_queue.clone().filter(|own| *own == consumer.queue),
            }
        };
        self.consumers.iter().enumerate().map(part).collect()
    }
}

/// A queue that is bound to an exchange by its own name.
pub(super) fn queue_steps(exchange: &Arc<str>, queue: &Arc<str>, options: &AmqpOptions) -> [Step; 3] {
    [topic_step(exchange, options), topic_queue(queue, options), bind(queue, exchange, queue)]
}

/// What a route has that is there for it alone.
pub(super) fn own_steps(route: &Route, options: &AmqpOptions) -> Option<[Step; 3]> {
    match route {
        Route::DeadLetters { exchange, topic: queue } | Route::Notification { exchange, queue } => {
            Some(queue_steps(exchange, queue, options))
        }
        Route::Topic { .. } | Route::Fanout { .. } | Route::Reply { .. } | Route::Queue { .. } => None,
    }
}

/// The exchange that has to exist before something is sent along `route`; none for replies.
pub(super) fn exchange_step(route: &Route, options: &AmqpOptions) -> Option<Step> {
    match route {
        Route::Topic { exchange, .. }
        | Route::DeadLetters { exchange, .. }
        | Route::Notification { exchange, .. } => Some(topic_step(exchange, options)),
        Route::Fanout { topic, .. } => Some(fanout_step(&fanout_exchange(topic), options)),
        Route::Reply { .. } | Route::Queue { .. } => None,
    }
}

/// Exchange and routing key of a route.
pub(super) fn address(route: &Route) -> (Arc<str>, Arc<str>) {
    match route {
        Route::Topic { exchange, topic, server: None }
        | Route::DeadLetters { exchange, topic }
        | Route::Notification { exchange, queue: topic } => (exchange.clone(), topic.clone()),
        Route::Topic { exchange, topic, server: Some(server) } => {
            (exchange.clone(), format!("{topic}.{server}").into())
        }
        Route::Fanout { topic, .. } => (fanout_exchange(topic), "".into()),
        Route::Reply { queue: name } | Route::Queue { name } => ("".into(), name.clone()),
    }
}

/// What matches a name, and all that could be made in its place if it is a random one: a pattern of
/// RabbitMQ's rights.
pub(super) fn pattern(name: &str) -> String {
    match name.rsplit_once('_') {
        Some((prefix, id)) if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{prefix}_.*")
        }
        _ => name.to_owned(),
    }
}

/// The prefix of the names of a topic's fanout queues; with streams the name of the only one.
pub(super) fn fanout_prefix(topic: &str) -> String {
    format!("{topic}_fanout")
}

/// Refuses a name that does not fit on the wire.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), String> {
    if name.len() > MAX_NAME {
        return Err(format!("the {what} has {} bytes, more than {MAX_NAME}: {name:.40}...", name.len()));
    }
    Ok(())
}

/// Refuses declarations with such a name.
pub(super) fn check_names(steps: &[Step]) -> Result<(), String> {
    steps.iter().try_for_each(|step| match step {
        Step::Exchange { name, .. } => check_name("exchange", name),
        Step::Queue { name, .. } => check_name("queue", name),
        Step::Bind { .. } | Step::Find { .. } => Ok(()),
    })
}

fn fanout_exchange(topic: &str) -> Arc<str> {
    fanout_prefix(topic).into()
}

fn bind(queue: &Arc<str>, exchange: &Arc<str>, routing_key: &Arc<str>) -> Step {
    Step::Bind { queue: queue.clone(), exchange: exchange.clone(), routing_key: routing_key.clone() }
}

fn topic_step(name: &Arc<str>, options: &AmqpOptions) -> Step {
    Step::Exchange {
        name: name.clone(),
        kind: ExchangeKind::Topic,
        durable: topic_durable(options),
        auto_delete: options.amqp_auto_delete,
    }
}

fn fanout_step(name: &Arc<str>, options: &AmqpOptions) -> Step {
    Step::Exchange {
        name: name.clone(),
        kind: ExchangeKind::Fanout,
        durable: options.rabbit_transient_quorum_queue,
        auto_delete: true,
    }
}

fn topic_durable(options: &AmqpOptions) -> bool {
    options.amqp_durable_queues || options.rabbit_quorum_queue
}

fn topic_queue(name: &Arc<str>, options: &AmqpOptions) -> Step {
    Step::Queue {
        name: name.clone(),
        durable: topic_durable(options),
        auto_delete: options.amqp_auto_delete,
        arguments: queue_arguments(options.rabbit_quorum_queue, options),
    }
}

fn transient_queue(name: &Arc<str>, options: &AmqpOptions) -> Step {
    let mut arguments = queue_arguments(options.rabbit_transient_quorum_queue, options);
    // `AmqpOptions::check` keeps it within 32 bits.
    match i32::try_from(options.rabbit_transient_queues_ttl.as_millis()) {
        Ok(ttl) if ttl > 0 => arguments.push(("x-expires", Argument::Number(ttl))),
        _ => {}
    }
    Step::Queue {
        name: name.clone(),
        durable: options.rabbit_transient_quorum_queue,
        auto_delete: false,
        arguments,
    }
}

/// The log of all messages to the servers of a topic, which each of them reads for itself.
fn stream(name: &Arc<str>, options: &AmqpOptions) -> Step {
    let mut arguments = vec![STREAM];
    let ttl = options.rabbit_transient_queues_ttl;
    if ttl > Duration::ZERO {
        // In whole seconds; a message is rather kept for longer.
        let seconds = ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0);
        arguments.push(("x-max-age", Argument::Text(format!("{seconds}s").into())));
    }
    Step::Queue { name: name.clone(), durable: true, auto_delete: false, arguments }
}

fn queue_arguments(quorum: bool, options: &AmqpOptions) -> Arguments {
    let mut arguments = Arguments::new();
    if options.rabbit_ha_queues {
        arguments.push(("x-ha-policy", Argument::Text("all".into())));
    }
    if quorum {
        arguments.push(QUORUM);
        // 0 is the broker's own, and -1 is none.
        if options.rabbit_quorum_delivery_limit != 0 {
            arguments.push(("x-delivery-limit", Argument::Number(options.rabbit_quorum_delivery_limit)));
        }
        for (name, limit) in [
            ("x-max-in-memory-length", options.rabbit_quorum_max_memory_length),
            ("x-max-in-memory-bytes", options.rabbit_quorum_max_memory_bytes),
        ] {
            match i32::try_from(limit) {
                Ok(limit) if limit > 0 => arguments.push((name, Argument::Number(limit))),
                _ => {}
            }
        }
    }
    arguments
}

/// How often a quorum queue delivers a message again before it drops it; `None` is for ever. Which version the broker has
/// is not known: one before 4 drops nothing unless it is told to.
pub(super) fn delivery_limit(options: &AmqpOptions) -> Option<u32> {
    match options.rabbit_quorum_delivery_limit {
        0 => Some(DELIVERY_LIMIT),
        // It is -1.
        limit => u32::try_from(limit).ok(),
    }
}

/// One consumer for each queue of `steps`, with the tags `1`, `2`, ...
fn consumers(queues: &[&Arc<str>], steps: &[Step], options: &AmqpOptions) -> Vec<Consume> {
    let has_type = |queue: &Arc<str>, kind| {
        let is_it = |step: &Step| matches!(step, Step::Queue { name, .. } if name == queue);
        steps.iter().any(|step| is_it(step) && step.has_argument(kind))
    };
    let arguments = |queue: &Arc<str>| match options.enable_cancel_on_failover {
        _ if has_type(queue, &STREAM) => vec![(STREAM_OFFSET, Argument::Text("last".into()))],
        // RabbitMQ refuses it for a quorum queue.
        true if !has_type(queue, &QUORUM) => vec![(CANCEL, Argument::Flag(true))],
        _ => Arguments::new(),
    };
    let consume = |(n, queue): (usize, &&Arc<str>)| Consume {
        queue: (*queue).clone(),
        tag: (n + 1).to_string(),
        arguments: arguments(queue),
    };
    queues.iter().enumerate().map(consume).collect()
}

impl Consume {
    /// Whether it is of a stream, which it then reads from where it begins.
    pub(super) fn is_of_stream(&self) -> bool {
        self.arguments.iter().any(|(name, _)| *name == STREAM_OFFSET)
    }

    /// The same from another place in its stream.
    pub(super) fn starting_at(mut self, place: Argument) -> Self {
        if let Some((_, argument)) = self.arguments.iter_mut().find(|(name, _)| *name == STREAM_OFFSET) {
            *argument = place;
        }
        self
    }
}

/// Whether this is about the argument by which consumers end with their queues: so the broker refuses it for a queue that
/// has another type than was asked for, as it may make all queues of a virtual host quorum queues.
pub(super) fn refuses_cancelling(why: &str) -> bool {
    why.contains(CANCEL)
}

/// Has consumers do without that; false if they did.
pub(super) fn give_up_cancelling(consumers: &mut [Consume]) -> bool {
    let mut given_up = false;
    for Consume { arguments, .. } in consumers {
        let before = arguments.len();
        arguments.retain(|(name, _)| *name != CANCEL);
        given_up |= arguments.len() < before;
    }
    given_up
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Thing::Exchange => "exchange",
            Thing::Queue => "queue",
        })
    }
}

impl Step {
    /// Whether the broker could have it as not durable instead.
    fn durable(&self) -> bool {
        match self {
            Step::Exchange { durable, .. } => *durable,
            // A quorum queue is durable or nothing, and so is a stream.
            Step::Queue { durable, .. } => {
                *durable && !self.has_argument(&QUORUM) && !self.has_argument(&STREAM)
            }
            Step::Bind { .. } | Step::Find { .. } => false,
        }
    }

    /// What a user who may not do it can look for in its place. Whether a queue is bound cannot be asked.
    pub(super) fn thing(&self) -> (Thing, &Arc<str>) {
        match self {
            Step::Exchange { name, .. } => (Thing::Exchange, name),
            Step::Queue { name, .. } | Step::Bind { queue: name, .. } => (Thing::Queue, name),
            Step::Find { what, name } => (*what, name),
        }
    }

    fn has_argument(&self, argument: &(&'static str, Argument)) -> bool {
        matches!(self, Step::Queue { arguments, .. } if arguments.contains(argument))
    }

    /// Whether it is a queue that does not outlive its broker.
    pub(super) fn is_transient_queue(&self) -> bool {
        matches!(self, Step::Queue { durable: false, .. })
    }

    fn set_not_durable(&mut self) {
        if let Step::Exchange { durable, .. } | Step::Queue { durable, .. } = self {
            *durable = false;
        }
    }
}

/// Makes `steps[n]` not durable, and with an exchange its queues; false if it was not durable to begin with.
///
/// This is how a durable service joins one that is not: oslo.messaging does the same.
pub(super) fn give_up_durability(steps: &mut [Step], n: usize) -> bool {
    if !steps[n].durable() {
        return false;
    }
    steps[n].set_not_durable();
    if let Step::Exchange { name, .. } = &steps[n] {
        let bound: Vec<Arc<str>> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Bind { queue, exchange, .. } if exchange == name => Some(queue.clone()),
                _ => None,
            })
            .collect();
        for step in steps.iter_mut().filter(|step| step.durable()) {
            if matches!(step, Step::Queue { name, .. } if bound.contains(name)) {
                step.set_not_durable();
            }
        }
    }
    true
}

#[cfg(test)]
mod tests;
