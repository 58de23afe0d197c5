use std::collections::BTreeSet;

use tokio::sync::mpsc;

use super::super::backoff;
use super::super::fake::{Fake, FakeLink, Fate};
use super::super::library::Supervisor;
use super::super::names::BUS;
use super::super::topology::{Argument, Consume, Step};
use super::*;
use crate::logged::Warnings;
use crate::transport::amqp::options::AmqpOptions;
use crate::transport::connection::Connection;
use crate::transport::driver::{Delivery, ServerAddress};
use crate::transport::status::ConnectionStatus;
use crate::transport::status_watch::Board;
use crate::transport::url::TransportUrl;

const MINUTE: Duration = Duration::from_secs(60);

/// A server whose queues are `t`, `t.s` and `f`.
struct Scene {
    broker: Arc<Fake>,
    _supervisor: Supervisor,
    stops: Vec<Stop>,
    deliveries: mpsc::Receiver<Delivery>,
}

impl Scene {
    async fn new(options: AmqpOptions, declare: impl FnOnce(&FakeLink)) -> Self {
        Self::started(options, declare).await.unwrap()
    }

    async fn started(options: AmqpOptions, declare: impl FnOnce(&FakeLink)) -> Result<Self, Fault> {
        let broker = Fake::new(|_| Fate::Ack);
        let url: TransportUrl = "rabbit://host".parse().unwrap();
        let (hosts, handle) = (url.hosts().to_vec(), Handle::current());
        let reporter = Board::new(BUS, "listen", ConnectionStatus::Connecting).reporter("listen");
        let supervisor = Supervisor::start(broker.clone(), hosts, backoff(&options), BUS, reporter, &handle);
        supervisor.connected(Instant::now() + MINUTE).await.unwrap();
        declare(&broker.link(0));
        let address = ServerAddress { exchange: "x".into(), topic: "t".into(), server: "s".into() };
        let (sender, deliveries) = mpsc::channel(16);
        let mut stops = Vec::new();
        for topology in Topology::server(&address, &"f".into(), &options).parts() {
            let (pause, redeclare) = (options.kombu_reconnect_delay, options.redeclare_interval);
            let links = supervisor.view();
            let consumption = Consumption { links, topology, prefetch: 16, pause, redeclare, max_body: 8 };
            let starting = consumption.start(To::Server(sender.clone()), &handle);
            stops.push(starting.done(Instant::now() + MINUTE).await?);
        }
        Ok(Self { broker, _supervisor: supervisor, stops, deliveries })
    }

    fn link(&self) -> FakeLink {
        self.broker.link(0)
    }

    async fn next(&mut self) -> Delivery {
        timeout(10 * MINUTE, self.deliveries.recv()).await.expect("no delivery").unwrap()
    }
}

fn refused(why: &str) -> BrokerError {
    BrokerError::Refused(406, format!("PRECONDITION_FAILED - {why}"))
}

#[tokio::test(start_paused = true)]
async fn a_start_that_runs_out_of_time_says_what_went_wrong_last() {
    let lost = || Err(BrokerError::Lost("no answer to queue.declare".to_owned()));
    let started = Scene::started(AmqpOptions::default(), |link| link.on_declare(move |_| lost())).await;
    assert_eq!(started.err().unwrap().why, "not listening in time: no answer to queue.declare");
}

/// What was declared since `from`, without the numbers of the channels.
fn declared(link: &FakeLink, from: usize) -> BTreeSet<String> {
    let log = link.log.lock().unwrap();
    log[from..].iter().filter_map(|line| Some(line.split_once(' ')?.1.to_owned())).collect()
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_fails_costs_the_channel_alone() {
    let mut scene = Scene::new(AmqpOptions::default(), |_| {}).await;
    let link = scene.link();
    for error in [BrokerError::Lost("no answer to basic.ack".to_owned()), refused("unknown delivery tag")] {
        for body in ["1", "2"] {
            link.put("t", body);
        }
        link.put("f", "other");
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(scene.next().await);
        }
        link.on_ack(Err(error));
        let other = held.iter().position(|delivery| &*delivery.queue == "f").unwrap();
        let other = held.swap_remove(other);
        assert!(held.remove(0).settle.ack(), "nobody knows yet");
        for body in ["1", "2"] {
            let again = scene.next().await;
            assert_eq!((&*again.body, again.redelivered), (body.as_bytes(), true));
            assert!(again.settle.ack());
        }
        assert!(!held.remove(0).settle.counts(), "it is delivered again");
        assert!(other.settle.ack(), "it came by another channel");
        tokio::time::sleep(MINUTE).await;
        assert_eq!((link.unsettled(), link.dead()), (0, false));
    }
    for stop in &scene.stops {
        stop.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_fails_costs_a_full_or_resting_one_too() {
    let mut scene = Scene::new(AmqpOptions::default(), |_| {}).await;
    let link = scene.link();
    // As many as there is room for, and one that is handed on last.
    (0..17).for_each(|_| link.put("t", "1"));
    tokio::time::sleep(MINUTE).await;
    let first = scene.next().await;
    link.put("t", "1");
    tokio::time::sleep(MINUTE).await;
    link.on_ack(Err(refused("unknown delivery tag")));
    assert!(first.settle.ack());
    tokio::time::sleep(MINUTE).await;
    // The one that found no room is not handed on any more.
    for _ in 0..16 {
        assert!(!scene.next().await.settle.ack(), "its channel is gone");
    }
    let again = scene.next().await;
    assert!(again.redelivered);

    link.on_ack(Err(refused("unknown delivery tag")));
    for stop in &scene.stops {
        stop.pause().await;
    }
    assert!(again.settle.ack());
    tokio::time::sleep(MINUTE).await;
    assert_eq!(link.unsettled(), 0, "its channel is closed");
}

#[tokio::test(start_paused = true)]
async fn a_listener_ends_with_what_would_stop_it() {
    let mut scene = Scene::new(AmqpOptions::default(), |_| {}).await;
    let link = scene.link();
    scene.stops.clear();
    tokio::time::sleep(MINUTE).await;
    assert!(link.log.lock().unwrap().iter().any(|line| line.ends_with("delete f")));
    link.put("t", "1");
    assert!(scene.deliveries.recv().await.is_none(), "all have ended");
}

#[tokio::test(start_paused = true)]
async fn what_was_joined_is_joined_at_once_the_next_time() {
    let (warnings, _guard) = Warnings::collect();
    let durable = |step: &Step| match step {
        Step::Exchange { name, durable, .. } | Step::Queue { name, durable, .. } => {
            *durable && ["x", "t", "t.s"].contains(&&**name)
        }
        Step::Bind { .. } | Step::Find { .. } => false,
    };
    let transient = move |step: &Step| match durable(step) {
        true => Err(refused("inequivalent arg 'durable' for exchange 'x'")),
        false => Ok(()),
    };
    let scene = Scene::new(AmqpOptions::default().amqp_durable_queues(true), |link| {
        link.on_declare(transient);
    })
    .await;
    let link = scene.link();
    tokio::time::sleep(MINUTE * 10).await;
    assert_eq!(link.errors(), 2, "one for each of the two queues");
    assert_eq!(warnings.with("joining what is not durable").len(), 2);
    link.delete("t");
    tokio::time::sleep(MINUTE).await;
    assert_eq!(link.errors(), 2);

    // Deleted, and made again as it was asked for: that is found out, too.
    let until = link.log.lock().unwrap().len();
    link.on_declare(move |step| match (durable(step), step) {
        (false, Step::Exchange { name, .. }) if &**name == "x" => {
            Err(refused("inequivalent arg 'durable' for exchange 'x'"))
        }
        _ => Ok(()),
    });
    tokio::time::sleep(MINUTE).await;
    let declared = declared(&link, until);
    assert!(
        declared.contains("exchange x durable") && declared.contains("queue t.s durable"),
        "{declared:?}"
    );
    assert_eq!(link.errors(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_cannot_be_declared_is_tried_for_ever_and_harms_nobody() {
    for delay in [Duration::ZERO, Duration::from_secs(1)] {
        let (warnings, _guard) = Warnings::collect();
        let mut scene = Scene::new(AmqpOptions::default().kombu_reconnect_delay(delay), |_| {}).await;
        let link = scene.link();
        link.put("f", "held");
        let held = scene.next().await;

        link.on_declare(|step| match step {
            Step::Queue { name, .. } if &**name == "t.s" => Err(refused("inequivalent arg 'x-expires'")),
            _ => Ok(()),
        });
        link.delete("t.s");
        for _ in 0..600 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            link.put("t", "1");
            let delivery = scene.next().await;
            assert_eq!((&*delivery.queue, delivery.redelivered), ("t", false));
            assert!(delivery.settle.ack());
        }
        assert!(!link.dead() && scene.broker.hosts().len() == 1);
        assert!((20..=30).contains(&link.errors()), "{} errors", link.errors());
        let lines = warnings.with("not consuming from t.s");
        assert_eq!(lines.len(), 2, "that it is gone, and why it can't be had: {lines:?}");
        assert!(held.settle.ack(), "its channel is still the same");

        link.on_declare(|_| Ok(()));
        link.put("t.s", "2");
        let since = Instant::now();
        assert_eq!(&*scene.next().await.queue, "t.s");
        assert!(since.elapsed() <= Duration::from_secs(30), "{:?}", since.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_over_when_a_listener_is_to_end() {
    for asked in [Asked::Pause, Asked::Stop] {
        let scene = Scene::new(AmqpOptions::default(), |_| {}).await;
        let link = scene.link();
        link.on_declare(|_| Err(refused("inequivalent arg 'x-expires'")));
        for queue in ["t", "t.s", "f"] {
            link.delete(queue);
        }
        tokio::time::sleep(MINUTE * 5).await;
        let since = Instant::now();
        for stop in &scene.stops {
            match asked {
                Asked::Pause => stop.pause().await,
                _ => stop.stop().await,
            }
        }
        assert!(since.elapsed() < Duration::from_secs(1), "{asked:?}: {:?}", since.elapsed());
    }
}

/// A broker that takes no transient queues any more closes the connection each time that it is asked for one.
#[tokio::test(start_paused = true)]
async fn what_costs_the_connection_is_rarely_tried() {
    let (warnings, _guard) = Warnings::collect();
    let scene = Scene::new(AmqpOptions::default(), |_| {}).await;
    let broker = scene.broker.clone();
    let deny = move |link: &FakeLink| {
        let cut = link.clone();
        link.on_declare(move |step| match step {
            Step::Queue { .. } => {
                cut.kill();
                let why = "INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\nIts use";
                Err(BrokerError::Closed(541, why.to_owned()))
            }
            _ => Ok(()),
        });
    };
    broker.on_link(deny);
    scene.link().kill();
    tokio::time::sleep(MINUTE * 10).await;
    // Three listeners, each of which waits for 30 seconds in the end.
    let connections = broker.hosts().len();
    assert!((20..=90).contains(&connections), "{connections} connections");
    let lines = warnings.with("rabbit_transient_quorum_queue=true");
    assert_eq!(lines.len(), 3, "{lines:?}");
}

/// An exchange that conflicts does not keep from consuming, and is declared again and again.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_declared_again_is_not_tried_every_time() {
    let scene = Scene::new(AmqpOptions::default(), |_| {}).await;
    let link = scene.link();
    link.on_declare(|step| match step {
        Step::Exchange { name, .. } if &**name == "t_fanout" => Err(refused("inequivalent arg 'type'")),
        _ => Ok(()),
    });
    tokio::time::sleep(MINUTE * 45).await;
    assert_eq!((link.dead(), scene.broker.hosts().len()), (false, 1));
    assert!((80..=91).contains(&link.errors()), "{} errors", link.errors());
}

/// As many as the prefetch lets in may wait for the server.
#[tokio::test(start_paused = true)]
async fn of_huge_messages_nothing_waits_but_their_size() {
    let mut scene = Scene::new(AmqpOptions::default(), |_| {}).await;
    let link = scene.link();
    for body in ["more than eight", "less"] {
        link.put("t", body);
        let delivery = scene.next().await;
        let excess = delivery.excess.as_ref().map(|excess| excess.bytes);
        let expected = if body == "less" { (None, body) } else { (Some(15), "") };
        assert_eq!((excess, &delivery.body[..]), (expected.0, expected.1.as_bytes()));
        assert!(delivery.settle.ack());
    }
}

/// For example because a message was not acknowledged in the time that the broker gives.
#[tokio::test(start_paused = true)]
async fn why_the_broker_has_ended_a_consumer_is_logged() {
    let (warnings, _guard) = Warnings::collect();
    let mut scene = Scene::new(AmqpOptions::default(), |_| {}).await;
    let link = scene.link();
    let why = "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out";
    link.ends_for(BrokerError::Refused(406, why.to_owned()));
    link.delete("t");
    tokio::time::sleep(MINUTE).await;
    assert_eq!(warnings.with(&format!("not consuming from t: {why}")).len(), 1);
    link.put("t", "again");
    assert!(scene.next().await.settle.ack());
}

/// A virtual host may make quorum queues of all that are declared without a type.
#[tokio::test(start_paused = true)]
async fn a_quorum_queue_that_nobody_asked_for_is_consumed_from() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let book = asked.clone();
    let quorum = move |consume: &Consume| {
        let plain = consume.arguments.is_empty();
        lock(&book).push((consume.queue.to_string(), plain));
        match plain || &*consume.queue != "t" {
            true => Ok(()),
            false => Err(refused("invalid arg 'x-cancel-on-ha-failover' for queue 't' of queue type quorum")),
        }
    };
    let asked = move || std::mem::take(&mut *lock(&asked));
    let mut scene = Scene::new(AmqpOptions::default(), |link| link.on_consume(quorum.clone())).await;
    let of = |queue: &str, plain| (queue.to_owned(), plain);
    let at_first = [of("t", false), of("t", true), of("t.s", false), of("f", false)];
    assert_eq!(asked(), at_first);
    let link = scene.link();
    link.put("t", "1");
    assert!(scene.next().await.settle.ack());

    // It is known from then on, until there is another connection: maybe to another broker.
    link.delete("t");
    tokio::time::sleep(MINUTE).await;
    assert_eq!((asked(), link.errors()), (vec![of("t", true)], 1));
    scene.broker.on_link(move |link| link.on_consume(quorum.clone()));
    link.kill();
    tokio::time::sleep(MINUTE).await;
    assert_eq!(BTreeSet::from_iter(asked()), BTreeSet::from(at_first));
    assert_eq!(scene.broker.link(1).errors(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_refused_in_any_way_is_an_error() {
    let always = |_: &Consume| Err(refused("invalid arg 'x-cancel-on-ha-failover'"));
    let started = Scene::started(AmqpOptions::default(), |link| link.on_consume(always)).await;
    assert!(started.err().unwrap().why.contains("x-cancel-on-ha-failover"));
}

fn streaming() -> AmqpOptions {
    AmqpOptions::default().rabbit_stream_fanout(true).rabbit_transient_quorum_queue(true)
}

async fn bodies(scene: &mut Scene, count: usize) -> Vec<String> {
    let mut bodies = Vec::new();
    for _ in 0..count {
        let delivery = scene.next().await;
        bodies.push(String::from_utf8(delivery.body.to_vec()).unwrap());
        delivery.settle.reject(true);
    }
    bodies
}

async fn nothing_more(scene: &mut Scene) {
    let more = timeout(MINUTE * 10, scene.deliveries.recv()).await;
    assert!(more.is_err(), "{:?}", more.map(|delivery| delivery.map(|delivery| delivery.body)));
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_read_from_its_last_chunk_and_on_after_what_was_handed_on() {
    let mut scene = Scene::new(streaming(), |link| link.stream("f", &["0", "1"])).await;
    let link = scene.link();
    assert_eq!(bodies(&mut scene, 1).await, ["1"]);
    link.put("f", "2");
    // As many as there is room for; those that found none come by the next connection.
    for n in 0..20 {
        link.put("f", &format!("more {n}"));
    }
    tokio::time::sleep(MINUTE).await;
    scene.broker.on_link(|link| {
        let log: Vec<_> = (0..3).map(|n| n.to_string()).chain((0..22).map(|n| format!("more {n}"))).collect();
        link.stream("f", &log.iter().map(String::as_str).collect::<Vec<_>>());
    });
    link.kill();
    tokio::time::sleep(MINUTE).await;
    let expected: Vec<_> = ["2".to_owned()].into_iter().chain((0..22).map(|n| format!("more {n}"))).collect();
    assert_eq!(bodies(&mut scene, 23).await, expected);
    nothing_more(&mut scene).await;
    let log = [&link, &scene.broker.link(1)].map(|link| link.log.lock().unwrap().join("\n")).join("\n");
    assert!(
        !log.contains("requeue") && !log.contains("drop"),
        "the broker would close the connection: {log}"
    );
}

/// Its offsets begin anew, and the broker would keep back all below the place where this one was.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_made_again_is_read_from_its_beginning() {
    let before = ["0", "1", "2", "3"];
    let scene = || Scene::new(streaming(), move |link| link.stream("f", &before));
    // While there was no connection, and nobody has made it again.
    let mut gone = scene().await;
    assert_eq!(bodies(&mut gone, 1).await, ["3"]);
    let made = |link: &FakeLink| {
        let link_of = link.clone();
        link.on_declare(move |step| {
            if matches!(step, Step::Queue { name, .. } if &**name == "f") && link_of.count("f") == 0 {
                link_of.stream("f", &["new 0", "new 1"]);
            }
            Ok(())
        });
    };
    gone.broker.on_link(made);
    gone.link().kill();
    assert_eq!(bodies(&mut gone, 2).await, ["new 0", "new 1"]);
    nothing_more(&mut gone).await;

    // Somebody was faster.
    let mut replaced = scene().await;
    assert_eq!(bodies(&mut replaced, 1).await, ["3"]);
    replaced.broker.on_link(|link| link.stream("f", &["new 0", "new 1"]));
    replaced.link().kill();
    tokio::time::sleep(Duration::from_secs(10)).await;
    replaced.broker.link(1).put("f", "new 2");
    assert_eq!(bodies(&mut replaced, 3).await, ["new 0", "new 1", "new 2"]);
    nothing_more(&mut replaced).await;

    // While it was consumed from.
    let mut deleted = scene().await;
    assert_eq!(bodies(&mut deleted, 1).await, ["3"]);
    let link = deleted.link();
    made(&link);
    link.delete("f");
    assert_eq!(bodies(&mut deleted, 2).await, ["new 0", "new 1"]);
    link.delete("f");
    link.stream("f", &["newer 0", "newer 1"]);
    assert_eq!(bodies(&mut deleted, 1).await, ["newer 1"], "as Python does");
    nothing_more(&mut deleted).await;
}

/// A broker may be slow. Only what it says is believed.
#[tokio::test(start_paused = true)]
async fn a_stream_that_says_nothing_is_not_another_one_as_long_as_it_has_messages() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut scene = Scene::new(streaming(), |link| link.stream("f", &["0", "1", "2", "3"])).await;
    assert_eq!(bodies(&mut scene, 1).await, ["3"]);
    let book = asked.clone();
    scene.broker.on_link(move |link| {
        link.stream("f", &[]);
        link.counts("f", 2);
        let book = book.clone();
        link.on_consume(move |consume| {
            lock(&book).extend(consume.arguments.first().map(|(_, place)| place.clone()));
            Ok(())
        });
    });
    let asked = |place: &str| {
        let place = Argument::Text(place.to_owned().into());
        lock(&asked).iter().filter(|other| **other == place).count()
    };
    scene.link().kill();
    tokio::time::sleep(MINUTE * 10).await;
    assert!(asked("last") > 1, "it is asked again");
    assert_eq!(asked("first"), 0);

    scene.broker.link(1).counts("f", 0);
    tokio::time::sleep(MINUTE * 10).await;
    assert_eq!(asked("first"), 1);
    scene.broker.link(1).put("f", "new");
    assert_eq!(bodies(&mut scene, 1).await, ["new"]);
    nothing_more(&mut scene).await;
}

/// Its oldest messages are gone, so it has fewer than its offsets say.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_short_is_still_the_same() {
    let mut scene = Scene::new(streaming(), |link| link.stream("f", &["0", "1", "2", "3"])).await;
    assert_eq!(bodies(&mut scene, 1).await, ["3"]);
    scene.broker.on_link(|link| {
        link.stream("f", &["0", "1", "2", "3"]);
        link.counts("f", 2);
    });
    scene.link().kill();
    tokio::time::sleep(MINUTE * 10).await;
    scene.broker.link(1).put("f", "4");
    assert_eq!(bodies(&mut scene, 1).await, ["4"]);
    nothing_more(&mut scene).await;
}
