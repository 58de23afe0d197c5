use serde_json::{Map, Value, json};

use super::*;
use crate::transport::driver::Source;
use crate::transport::url::TransportUrl;

/// The captured declarations of oslo.messaging under the options that the case names.
struct Vector {
    options: AmqpOptions,
    declares: Vec<Value>,
}

impl Vector {
    fn read(name: &str) -> Self {
        let path = format!("{}/../tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let vector: Value = serde_json::from_slice(&std::fs::read(&path).expect(&path)).unwrap();
        let options = vector["options"].as_object().cloned().unwrap_or_default();
        let query: Vec<_> = options.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let url: TransportUrl = format!("rabbit:///?{}", query.join("&")).parse().unwrap();
        Self {
            // What is yes by default here, and no in Python.
            options: AmqpOptions::default().enable_cancel_on_failover(false).with_url(&url).unwrap(),
            declares: vector["declares"].as_array().unwrap().clone(),
        }
    }

    /// What one side declared, in order; confirms and prefetch are not declarations.
    fn by(&self, side: &str) -> Vec<Value> {
        let declared = |value: &&Value| {
            value["by"] == side && value["op"] != "confirm.select" && value["op"] != "basic.qos"
        };
        self.declares.iter().filter(declared).cloned().collect()
    }

    fn queue(&self, prefix: &str) -> Arc<str> {
        let names = self.declares.iter().filter_map(|value| value["queue"].as_str());
        names.into_iter().find(|name| name.starts_with(prefix)).unwrap().into()
    }
}

fn with_arguments(mut value: Value, arguments: &Arguments) -> Value {
    let (mut values, mut types) = (Map::new(), Map::new());
    for (name, argument) in arguments {
        let (kind, value) = match argument {
            Argument::Text(text) => ("S", json!(text)),
            Argument::Number(number) => ("I", json!(number)),
            Argument::Long(number) => ("l", json!(number)),
            Argument::Flag(flag) => ("t", json!(flag)),
        };
        values.insert((*name).to_owned(), value);
        types.insert((*name).to_owned(), json!(kind));
    }
    if !types.is_empty() {
        value["arguments_types"] = types.into();
    }
    value["arguments"] = values.into();
    value
}

fn step(side: &str, step: &Step) -> Value {
    match step {
        Step::Exchange { name, kind, durable, auto_delete } => json!({
            "by": side, "op": "exchange.declare", "exchange": &**name, "passive": false, "durable": durable,
            "type": match kind { ExchangeKind::Topic => "topic", ExchangeKind::Fanout => "fanout" },
            "auto_delete": auto_delete, "internal": false, "nowait": false, "arguments": {},
        }),
        Step::Queue { name, durable, auto_delete, arguments } => {
            let value = json!({
                "by": side, "op": "queue.declare", "queue": &**name, "passive": false, "durable": durable,
                "exclusive": false, "auto_delete": auto_delete, "nowait": false,
            });
            with_arguments(value, arguments)
        }
        Step::Bind { queue, exchange, routing_key } => json!({
            "by": side, "op": "queue.bind", "queue": &**queue, "exchange": &**exchange,
            "routing_key": &**routing_key, "nowait": false, "arguments": {},
        }),
        Step::Find { .. } => panic!("{step:?} is for those who may not declare"),
    }
}

fn all(side: &str, topology: &Topology) -> Vec<Value> {
    let consume = |consume: &Consume| {
        let value = json!({
            "by": side, "op": "basic.consume", "queue": &*consume.queue, "consumer_tag": consume.tag,
            "no_local": false, "no_ack": false, "exclusive": false, "nowait": false,
        });
        with_arguments(value, &consume.arguments)
    };
    let steps = topology.steps.iter().map(|declared| step(side, declared));
    steps.chain(topology.consumers.iter().map(consume)).collect()
}

#[test]
fn declarations_are_those_of_oslo_messaging() {
    for name in [
        "defaults",
        "durable",
        "auto_delete",
        "quorum",
        "quorum_both",
        "quorum_limits",
        "transient_quorum",
        "no_ttl",
        "ha",
        "prefetch",
        "cancel_on_failover",
        "no_mandatory",
        "stream_fanout",
    ] {
        let vector = Vector::read(&format!("11_{name}"));
        let address =
            ServerAddress { exchange: "nova".into(), topic: "compute".into(), server: "host1".into() };
        let server = Topology::server(&address, &vector.queue("compute_fanout"), &vector.options);
        assert_eq!(all("server", &server), vector.by("server"), "{name}");

        let replies = Topology::replies(&vector.queue("reply_"), &vector.options);
        let to_topic = Route::Topic { exchange: "nova".into(), topic: "compute".into(), server: None };
        let fanout = Route::Fanout { exchange: "nova".into(), topic: "compute".into(), server: None };
        let mut client = all("client", &replies);
        for route in [to_topic, fanout] {
            client.extend(exchange_step(&route, &vector.options).map(|declared| step("client", &declared)));
        }
        assert_eq!(client, vector.by("client"), "{name}");
    }
}

/// Notifications of these priorities, by that exchange.
fn sources(exchange: &str, priorities: &[&str]) -> Vec<Source> {
    let source = |priority: &&str| Source {
        exchange: exchange.into(),
        queue: format!("notifications.{priority}").into(),
    };
    priorities.iter().map(source).collect()
}

#[test]
fn notifications_are_declared_as_oslo_messaging_does() {
    let vector = Vector::read("12_listener_pool");
    let listener = |pool| NotificationAddress { sources: sources("nova", &["info", "error"]), pool };
    for (side, pool) in [("listener", None), ("pooled", Some("audit-pool".into()))] {
        let topology = Topology::notifications(&listener(pool), &vector.options);
        assert_eq!(all(side, &topology), vector.by(side), "{side}");
    }
    for name in ["12_notify_durable", "12_notify_quorum", "12_notify_v2_info", "12_notify_two_topics"] {
        let vector = Vector::read(name);
        let bound = vector.declares.iter().filter(|value| value["op"] == "queue.bind");
        let queues = bound.map(|value| &value["queue"]);
        let steps = queues.flat_map(|queue| {
            let queue = queue.as_str().unwrap().into();
            own_steps(&Route::Notification { exchange: "nova".into(), queue }, &vector.options).unwrap()
        });
        let mut declared: Vec<_> = steps.map(|declared| step("notifier", &declared)).collect();
        // The exchange of a second topic is the same.
        let exchange = declared[0].clone();
        let mut first = true;
        declared.retain(|value| *value != exchange || std::mem::take(&mut first));
        assert_eq!(declared, vector.by("notifier"), "{name}");
    }
}

#[test]
fn a_queue_is_bound_to_each_of_its_exchanges() {
    let sources = [sources("nova", &["info"]), sources("openstack", &["info"])].concat();
    let plain = NotificationAddress { sources, pool: None };
    let topology = Topology::notifications(&plain, &AmqpOptions::default());
    assert_eq!(
        (topology.steps.len(), topology.consumers.len()),
        (5, 1),
        "two exchanges, a queue, two bindings"
    );
    assert_eq!(topology.parts(), vec![topology]);
}

#[test]
fn the_prefetch_vector_has_the_option() {
    let vector = Vector::read("11_prefetch");
    let qos = vector.declares.iter().find(|value| value["op"] == "basic.qos").unwrap();
    assert_eq!(qos["prefetch_count"], vector.options.rabbit_qos_prefetch_count);
}

fn durable_server(options: AmqpOptions) -> Vec<Step> {
    let address = ServerAddress { exchange: "x".into(), topic: "t".into(), server: "s".into() };
    Topology::server(&address, &"t_fanout_1".into(), &options).steps
}

fn durable(steps: &[Step]) -> Vec<bool> {
    let durable = |step: &Step| match step {
        Step::Exchange { durable, .. } | Step::Queue { durable, .. } => Some(*durable),
        Step::Bind { .. } | Step::Find { .. } => None,
    };
    steps.iter().filter_map(durable).collect()
}

#[test]
fn queues_follow_their_exchange() {
    let mut steps = durable_server(AmqpOptions::default().amqp_durable_queues(true));
    assert_eq!(durable(&steps), [true, true, true, false, false]);
    assert!(give_up_durability(&mut steps, 0));
    assert_eq!(durable(&steps), [false; 5]);
    assert!(!give_up_durability(&mut steps, 0), "it cannot be given up twice");
}

#[test]
fn a_queue_alone() {
    let mut steps = durable_server(AmqpOptions::default().amqp_durable_queues(true));
    assert!(give_up_durability(&mut steps, 1));
    assert_eq!(durable(&steps), [true, false, true, false, false]);
    assert!(!give_up_durability(&mut steps, 2), "a binding is not durable");
}

fn streaming() -> AmqpOptions {
    AmqpOptions::default().rabbit_stream_fanout(true).rabbit_transient_quorum_queue(true)
}

/// The seconds are written out, and a part of one keeps messages for longer rather than not at all.
#[test]
fn a_stream_keeps_its_messages_in_whole_seconds() {
    for (ttl, expected) in [(0, None), (1, Some("1s")), (60_000, Some("60s")), (60_001, Some("61s"))] {
        let options = streaming().rabbit_transient_queues_ttl(Duration::from_millis(ttl));
        let steps = durable_server(options);
        let Step::Queue { arguments, .. } = &steps[6] else { panic!("{steps:?}") };
        let found = arguments.iter().find(|(name, _)| *name == "x-max-age").map(|(_, value)| value.clone());
        assert_eq!(found, expected.map(|age| Argument::Text(age.into())));
    }
}

/// Servers that have joined an exchange that is not durable share the stream all the same.
#[test]
fn a_stream_is_durable_whatever_its_exchange_is() {
    let mut steps = durable_server(streaming());
    assert!(!give_up_durability(&mut steps, 6), "it is a stream or nothing");
    assert!(give_up_durability(&mut steps, 5));
    assert_eq!(durable(&steps), [false, false, false, false, true]);
}

#[test]
fn a_stream_outlives_its_listeners_and_is_read_from_any_place() {
    let address = ServerAddress { exchange: "x".into(), topic: "t".into(), server: "s".into() };
    let topology = Topology::server(&address, &"t_fanout".into(), &streaming());
    assert_eq!(topology.own_queue, None);
    let [topic, server, fanout] = &topology.consumers[..] else { panic!("{topology:?}") };
    assert!(fanout.is_of_stream() && !topic.is_of_stream() && !server.is_of_stream());
    let place = Argument::Number(7);
    assert_eq!(fanout.clone().starting_at(place.clone()).arguments, [(STREAM_OFFSET, place.clone())]);
    assert_eq!(topic.clone().starting_at(place), *topic);
}

#[test]
fn quorum_queues_are_durable_or_nothing() {
    let mut steps = durable_server(AmqpOptions::default().rabbit_quorum_queue(true));
    assert!(!give_up_durability(&mut steps, 1));
    assert!(give_up_durability(&mut steps, 0));
    assert_eq!(durable(&steps), [false, true, true, false, false]);
}

#[test]
fn a_quorum_queue_may_deliver_without_end() {
    let options = AmqpOptions::default().rabbit_quorum_queue(true);
    for (limit, expected) in [(-1, Some(-1)), (0, None), (3, Some(3))] {
        let steps = durable_server(options.clone().rabbit_quorum_delivery_limit(limit));
        let Step::Queue { arguments, .. } = &steps[1] else { panic!("{steps:?}") };
        let found = arguments.iter().find(|(name, _)| *name == "x-delivery-limit").map(|(_, value)| value);
        assert_eq!(found, expected.map(Argument::Number).as_ref());
    }
}

#[test]
fn how_often_a_quorum_queue_delivers_again() {
    for (set, limit) in [(0, Some(20)), (1, Some(1)), (5, Some(5)), (-1, None)] {
        assert_eq!(delivery_limit(&AmqpOptions::default().rabbit_quorum_delivery_limit(set)), limit);
    }
}

#[test]
fn a_made_up_name_is_one_of_many() {
    let id = "0123456789abcdef".repeat(2);
    for (name, pattern_of_it) in [
        (format!("reply_{id}"), "reply_.*".to_owned()),
        (format!("t_fanout_{id}"), "t_fanout_.*".to_owned()),
        ("t_fanout".to_owned(), "t_fanout".to_owned()),
        (format!("reply_{}", &id[1..]), format!("reply_{}", &id[1..])),
    ] {
        assert_eq!(pattern(&name), pattern_of_it);
    }
}

#[test]
fn each_queue_has_a_part_with_what_it_needs() {
    let address = ServerAddress { exchange: "x".into(), topic: "t".into(), server: "s".into() };
    let mut topology = Topology::server(&address, &"f".into(), &AmqpOptions::default());
    // Declared, and consumed from by others.
    topology.steps.push(topic_queue(&"dead".into(), &AmqpOptions::default()));
    let parts = topology.parts();
    let steps = |part: &Topology| -> Vec<String> {
        let name = |step: &Step| match step {
            Step::Exchange { name, .. } => format!("exchange {name}"),
            Step::Queue { name, .. } => format!("queue {name}"),
            Step::Bind { queue, exchange, .. } => format!("bind {queue} to {exchange}"),
            Step::Find { what, name } => format!("find {what} {name}"),
        };
        part.steps.iter().map(name).collect()
    };
    let expected = [
        vec!["exchange x", "queue t", "bind t to x", "queue dead"],
        vec!["exchange x", "queue t.s", "bind t.s to x"],
        vec!["exchange t_fanout", "queue f", "bind f to t_fanout"],
    ];
    assert_eq!(parts.iter().map(steps).collect::<Vec<_>>(), expected);
    let consumed: Vec<_> = parts.iter().map(|part| part.consumers.clone()).collect();
    assert_eq!(consumed.concat(), topology.consumers);
    let own: Vec<_> = parts.iter().map(|part| part.own_queue.as_deref()).collect();
    assert_eq!(own, [None, None, Some("f")]);
}

/// Whether each consumer is to end with its queue: of the topic, of the server, of all servers, and that of replies.
fn ends(options: AmqpOptions) -> Vec<bool> {
    let address = ServerAddress { exchange: "x".into(), topic: "t".into(), server: "s".into() };
    let server = Topology::server(&address, &"f".into(), &options);
    let replies = Topology::replies(&"r".into(), &options);
    let consumers = server.consumers.iter().chain(&replies.consumers);
    consumers.map(|consumer| consumer.arguments.contains(&(CANCEL, Argument::Flag(true)))).collect()
}

#[test]
fn consumers_end_with_classic_queues() {
    assert_eq!(ends(AmqpOptions::default()), [true; 4]);
    assert_eq!(ends(AmqpOptions::default().enable_cancel_on_failover(false)), [false; 4]);
    assert_eq!(ends(AmqpOptions::default().rabbit_quorum_queue(true)), [false, false, true, true]);
    let transient = AmqpOptions::default().rabbit_transient_quorum_queue(true);
    assert_eq!(ends(transient), [true, true, false, false]);
}
