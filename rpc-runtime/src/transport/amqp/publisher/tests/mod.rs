mod stalled;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::super::backoff;
use super::super::fake::{Fake, Fate};
use super::super::library::{Message, Supervisor};
use super::super::names::BUS;
use super::*;
use crate::error::{FaultKind, Reached};
use crate::lock::lock;
use crate::transport::connection::{ConnectFailure, Connection, Event};
use crate::transport::driver::Route;
use crate::transport::failure::FailureKind;
use crate::transport::status::ConnectionStatus;
use crate::transport::status_watch::Board;
use crate::transport::url::{Host, TransportUrl};

struct Scene {
    broker: Arc<Fake>,
    supervisor: Supervisor,
    publisher: Publisher,
    /// How often each body was published.
    published: Arc<Mutex<BTreeMap<Bytes, usize>>>,
}

impl Scene {
    /// `fate` is told how often the body was published, this time included.
    async fn new(fate: impl Fn(&Message, usize) -> Fate + Send + Sync + 'static) -> Self {
        Self::connecting(|_| Ok(()), fate).await
    }

    async fn connecting(
        connect: impl Fn(&Host) -> Result<(), ConnectFailure> + Send + Sync + 'static,
        fate: impl Fn(&Message, usize) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let published = Arc::new(Mutex::new(BTreeMap::new()));
        let counted = published.clone();
        let publish = move |message: &Message| {
            let times = {
                let mut counted = counted.lock().unwrap();
                let times = counted.entry(message.body.clone()).or_insert(0);
                *times += 1;
                *times
            };
            fate(message, times)
        };
        let broker = Fake::with_connect(publish, connect);
        let url: TransportUrl = "rabbit://host".parse().unwrap();
        let options = Arc::new(AmqpOptions::default());
        let handle = Handle::current();
        let reporter = Board::new(BUS, "send", ConnectionStatus::Connecting).reporter("send");
        let hosts = url.hosts().to_vec();
        let pauses = backoff(&options);
        let supervisor = Supervisor::start(broker.clone(), hosts, pauses, BUS, reporter, &handle);
        let publisher = Publisher::start(supervisor.view(), options, &handle);
        supervisor.connected(Instant::now() + Duration::from_secs(120)).await.unwrap();
        Self { broker, supervisor, publisher, published }
    }

    async fn send(&self, body: &str, seconds: u64) -> Result<(), PublishError> {
        self.send_wanting(body, seconds, Wanted::AtOnce).await
    }

    async fn send_wanting(&self, body: &str, seconds: u64, wanted: Wanted) -> Result<(), PublishError> {
        self.publish(outgoing(body, seconds, wanted), seconds).await
    }

    async fn send_to(&self, exchange: &str, body: &str, seconds: u64) -> Result<(), PublishError> {
        self.publish(outgoing_to(exchange, body, seconds, Wanted::AtOnce), seconds).await
    }

    async fn publish(&self, message: Outgoing, seconds: u64) -> Result<(), PublishError> {
        let began = Instant::now();
        let prepared = self.publisher.prepare(message)?;
        let outcome = self.publisher.clone().send(prepared, None).await;
        if let Err(PublishError { fault: PublishFault::Expired(_), .. }) = &outcome {
            let late = began.elapsed() - Duration::from_secs(seconds);
            // The resolution of tokio's timers.
            assert!(late <= Duration::from_millis(1), "{late:?} after its deadline");
        }
        outcome
    }

    fn times(&self, body: &str) -> usize {
        self.published.lock().unwrap().get(body.as_bytes()).copied().unwrap_or(0)
    }
}

fn outgoing(body: &str, seconds: u64, wanted: Wanted) -> Outgoing {
    outgoing_to("x", body, seconds, wanted)
}

fn outgoing_to(exchange: &str, body: &str, seconds: u64, wanted: Wanted) -> Outgoing {
    Outgoing {
        route: Route::Topic { exchange: exchange.into(), topic: "t".into(), server: None },
        body: Bytes::copy_from_slice(body.as_bytes()),
        ask: None,
        mandatory: true,
        expiration: None,
        deadline: Instant::now() + Duration::from_secs(seconds),
        wanted,
    }
}

/// To a queue, for which nothing is declared.
fn reply(queue: &str, seconds: u64) -> Outgoing {
    Outgoing { route: Route::Reply { queue: queue.into() }, ..outgoing("reply", seconds, Wanted::AtOnce) }
}

/// What the message itself asks for.
fn by_body(message: &Message, _: usize) -> Fate {
    match &message.body[..] {
        b"silence" => Fate::Silence,
        b"return" => Fate::Return,
        b"nack" => Fate::Nack,
        _ => Fate::Ack,
    }
}

fn expired(outcome: Result<(), PublishError>) -> (Reached, String) {
    match outcome {
        Err(PublishError { fault: PublishFault::Expired(why), reached }) => (reached, why),
        outcome => panic!("{outcome:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn outcomes() {
    let scene = Scene::new(by_body).await;
    scene.send("ack", 5).await.unwrap();
    let returned = scene.send("return", 5).await.unwrap_err();
    assert!(matches!(returned.fault, PublishFault::Unroutable(why) if why == "312 NO_ROUTE"));
    assert_eq!(returned.reached, Reached::Refused);
    let nacked = scene.send("nack", 5).await.unwrap_err();
    assert!(matches!(nacked.fault, PublishFault::Refused(fault) if fault.kind == FaultKind::Nacked));
    assert_eq!(nacked.reached, Reached::Sent);
    assert!(scene.times("nack") > 3, "{}", scene.times("nack"));
}

#[tokio::test(start_paused = true)]
async fn a_nack_is_not_the_end() {
    let scene = Scene::new(|_, times| if times < 3 { Fate::Nack } else { Fate::Ack }).await;
    scene.send("1", 5).await.unwrap();
    assert_eq!(scene.times("1"), 3);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_not_sent() {
    let scene = Scene::new(|_, times| if times == 1 { Fate::Nack } else { Fate::Ack }).await;
    let soon = Duration::from_millis(20);
    assert!(tokio::time::timeout(soon, scene.send("nacked", 30)).await.is_err());
    scene.broker.link(0).kill();
    scene.broker.link(0).happen(Event::Lost("gone".to_owned()));
    tokio::task::yield_now().await;
    assert!(tokio::time::timeout(soon, scene.send("waiting", 30)).await.is_err());
    scene.send("next", 30).await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!((scene.times("nacked"), scene.times("waiting")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_nacks_everything_is_replaced() {
    let scene = Scene::new(|_, _| Fate::NackByFirst).await;
    scene.send("1", 15).await.unwrap();
    assert!(scene.times("1") > 5, "{}", scene.times("1"));
    assert!(!scene.broker.link(0).dead());
}

#[tokio::test(start_paused = true)]
async fn an_earlier_attempt_that_is_uncertain_is_not_forgotten() {
    let scene = Scene::new(|_, times| if times == 1 { Fate::Silence } else { Fate::Return }).await;
    let (sent, ()) = tokio::join!(scene.send("1", 5), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        scene.broker.link(0).kill();
    });
    let error = sent.unwrap_err();
    assert!(matches!(error.fault, PublishFault::Unroutable(_)), "{error}");
    assert_eq!(error.reached, Reached::Sent);
}

#[tokio::test(start_paused = true)]
async fn sent_and_never_confirmed() {
    let scene = Scene::new(|_, _| Fate::Silence).await;
    let sent = (Reached::Sent, "sent, not confirmed in time".to_owned());
    assert_eq!(expired(scene.send("1", 5).await), sent);
}

/// Whatever is wanted, and both by the task and straight.
#[tokio::test(start_paused = true)]
async fn an_outcome_is_there_for_who_asks_at_the_deadline() {
    let scene = Scene::new(by_body).await;
    for wanted in [Wanted::AtOnce, Wanted::Trouble] {
        for _ in 0..2 {
            scene.send_wanting("ack", 5, wanted).await.unwrap();
            let error = scene.send_wanting("return", 5, wanted).await.unwrap_err();
            assert!(matches!(error.fault, PublishFault::Unroutable(_)), "{error}");
            let asking = timeout(Duration::from_secs(5), scene.send_wanting("silence", 5, wanted));
            let sent = (Reached::Sent, "sent, not confirmed in time".to_owned());
            assert_eq!(expired(asking.await.unwrap()), sent);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_that_confirms_nothing_is_replaced() {
    let scene = Scene::new(|_, times| if times == 1 { Fate::Silence } else { Fate::Ack }).await;
    scene.send("1", 30).await.unwrap();
    assert_eq!(scene.times("1"), 2);
}

/// The caller's clock has a resolution of a millisecond, so the task may find before it that there is no time left.
#[tokio::test(start_paused = true)]
async fn what_comes_too_late_to_be_sent_is_late_and_nothing_else() {
    let scene = Scene::new(|_, _| Fate::Ack).await;
    for micros in [0, 100, 500, 900] {
        tokio::time::advance(Duration::from_micros(micros)).await;
        let (reached, why) = expired(scene.send("1", 0).await);
        assert!(reached == Reached::NotSent && why.starts_with("not sent: "), "{why}");
    }
    assert_eq!(scene.times("1"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_full_window() {
    let scene = Scene::new(|_, _| Fate::Silence).await;
    let many = (0..IN_FLIGHT).map(|_| scene.send("early", 6));
    let late = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        scene.send("late", 5).await
    };
    let (_, late) = tokio::join!(futures::future::join_all(many), late);
    let (reached, why) = expired(late);
    assert!(reached == Reached::NotSent && why.starts_with("not sent: the broker is slow"), "{why}");
    assert_eq!(scene.times("late"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_link_holds_messages_back() {
    let scene = Scene::new(|_, _| Fate::Ack).await;
    let mut links = scene.supervisor.view();
    scene.broker.link(0).happen(Event::Blocked("memory".to_owned()));
    links.changed().await;
    let (reached, why) = expired(scene.send("1", 5).await);
    assert_eq!(why, "not sent: the broker blocks the connection: memory");
    assert_eq!(reached, Reached::NotSent);
    let (second, ()) = tokio::join!(scene.send("2", 5), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        scene.broker.link(0).happen(Event::Unblocked);
    });
    second.unwrap();
    assert_eq!((scene.times("1"), scene.times("2")), (0, 1));
}

/// Or a server would execute what its caller has given up.
#[tokio::test(start_paused = true)]
async fn what_goes_out_late_expires_with_its_deadline() {
    let expirations = Arc::new(Mutex::new(Vec::new()));
    let seen = expirations.clone();
    let scene = Scene::new(move |message, _| {
        lock(&seen).push(message.expiration);
        Fate::Ack
    })
    .await;
    let message =
        || Outgoing { expiration: Some(Duration::from_secs(5)), ..outgoing("1", 5, Wanted::AtOnce) };
    scene.publish(message(), 30).await.unwrap();
    scene.broker.link(0).happen(Event::Blocked("memory".to_owned()));
    tokio::time::sleep(Duration::from_millis(1)).await;
    let (late, ()) = tokio::join!(scene.publish(message(), 30), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        scene.broker.link(0).happen(Event::Unblocked);
    });
    late.unwrap();
    assert_eq!(*lock(&expirations), [Some(5000), Some(3000)]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_link_repeats_what_is_uncertain() {
    let scene = Scene::new(|_, times| if times == 1 { Fate::Silence } else { Fate::Ack }).await;
    let bodies: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let sending = futures::future::join_all(bodies.iter().map(|body| scene.send(body, 5)));
    let cutting = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        scene.broker.link(0).kill();
    };
    let (outcomes, ()) = tokio::join!(sending, cutting);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert!(bodies.iter().all(|body| scene.times(body) == 2));
}

#[tokio::test(start_paused = true)]
async fn a_silent_link_is_given_up() {
    let scene = Scene::new(|_, times| if times == 1 { Fate::Silence } else { Fate::Ack }).await;
    scene.send("1", 600).await.unwrap();
    assert!(scene.broker.link(0).dead());
    assert_eq!(scene.times("1"), 2);
}

/// One message closes the channel whenever it is sent; the others must not suffer for it.
#[tokio::test(start_paused = true)]
async fn only_the_poisonous_one_fails() {
    let scene = Scene::new(|message, times| match &message.body[..] {
        b"7" => Fate::ChannelError(540),
        b"after" => Fate::Ack,
        _ if times == 1 => Fate::Silence,
        _ => Fate::Ack,
    })
    .await;
    let bodies: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let outcomes = futures::future::join_all(bodies.iter().map(|body| scene.send(body, 60))).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Err(PublishError { fault: PublishFault::Refused(fault), .. }) if n == 7 => {
                assert_eq!((fault.kind, &*fault.why), (FaultKind::Refused, "error 540"))
            }
            outcome => assert!(n != 7 && outcome.is_ok(), "{n}: {outcome:?}"),
        }
    }
    assert_eq!(scene.times("7"), 2);
    scene.send("after", 5).await.unwrap();
}

/// The words of the broker, if it was given up for them.
fn costs_the_connection(outcome: &Result<(), PublishError>) -> bool {
    matches!(outcome, Err(PublishError { fault: PublishFault::Refused(fault), reached: Reached::Sent })
        if fault.kind == FaultKind::Refused && fault.why.contains("closed the connection: error 541"))
}

#[tokio::test(start_paused = true)]
async fn what_costs_the_connection_each_time_is_given_up_and_nothing_else() {
    let scene = Scene::new(|message, times| match &message.body[..] {
        b"7" => Fate::ConnectionError(541),
        // Under way with the cause, and with it alone the next time.
        b"8" if times < 3 => Fate::Silence,
        _ if times == 1 => Fate::Silence,
        _ => Fate::Ack,
    })
    .await;
    let bodies: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let outcomes = futures::future::join_all(bodies.iter().map(|body| scene.send(body, 60))).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        let as_it_should = if n == 7 { costs_the_connection(outcome) } else { outcome.is_ok() };
        assert!(as_it_should, "{n}: {outcome:?}");
    }
    assert_eq!(scene.times("7"), 4);
    let links = scene.broker.hosts().len();
    assert!(links <= 6, "{links} connections");
    assert_eq!(scene.times("0"), 2, "it was confirmed before the cause was tried again");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_an_operator_closes_is_no_messages_fault() {
    let scene = Scene::new(|_, times| if times < 10 { Fate::ConnectionError(320) } else { Fate::Ack }).await;
    scene.send("1", 600).await.unwrap();
    assert_eq!(scene.times("1"), 10);
}

fn forbidden(outcome: Result<(), PublishError>) -> Reached {
    match outcome {
        Err(PublishError { fault: PublishFault::Refused(fault), reached }) => {
            assert_eq!((fault.kind, &*fault.why), (FaultKind::Forbidden, "error 403"));
            reached
        }
        outcome => panic!("{outcome:?}"),
    }
}

fn may_not_write(message: &Message) -> bool {
    &*message.exchange == "forbidden"
}

/// Each costs the channel, so it is tried once; and then for a while not at all, whoever sends.
#[tokio::test(start_paused = true)]
async fn what_is_forbidden_is_refused_and_remembered() {
    let scene =
        Scene::new(|message, _| if may_not_write(message) { Fate::ChannelError(403) } else { Fate::Ack })
            .await;
    let send = |body| scene.send_to("forbidden", body, 60);
    assert_eq!((forbidden(send("first").await), scene.times("first")), (Reached::Refused, 1));
    for _ in 0..100 {
        assert_eq!(forbidden(send("later").await), Reached::NotSent);
        scene.send("good", 5).await.unwrap();
    }
    let (done, told) = tokio::sync::oneshot::channel();
    let posted = outgoing_to("forbidden", "later", 60, Wanted::AtOnce);
    scene.publisher.post(posted, Box::new(move |outcome| done.send(outcome).unwrap()));
    assert_eq!(forbidden(told.await.unwrap()), Reached::NotSent);
    assert_eq!((scene.times("later"), scene.times("good")), (0, 100), "nothing is sent twice");

    tokio::time::sleep(Duration::from_secs(31)).await;
    assert_eq!(forbidden(send("later").await), Reached::Refused, "it is tried again");
}

/// With others under way it has to be found out which one it is; that it was refused both times is certain then.
#[tokio::test(start_paused = true)]
async fn what_is_forbidden_among_others_was_not_sent() {
    let scene = Scene::new(|message, times| match times {
        _ if may_not_write(message) => Fate::ChannelError(403),
        1 => Fate::Silence,
        _ => Fate::Ack,
    })
    .await;
    let bodies: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let good = futures::future::join_all(bodies.iter().map(|body| scene.send(body, 60)));
    let bad = futures::future::join_all((0..3).map(|_| scene.send_to("forbidden", "bad", 60)));
    let (good, bad) = tokio::join!(good, bad);
    assert!(good.iter().all(Result::is_ok), "{good:?}");
    for bad in bad {
        assert!(forbidden(bad) < Reached::Sent);
    }
    assert!(scene.times("bad") <= 4, "one is enough the second time");
}

/// Unless it may have been taken the time before.
#[tokio::test(start_paused = true)]
async fn what_is_forbidden_after_an_uncertain_attempt_may_have_been_sent() {
    let scene = Scene::new(|_, times| if times == 1 { Fate::Silence } else { Fate::ChannelError(403) }).await;
    let (bad, ()) = tokio::join!(scene.send_to("forbidden", "bad", 60), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        scene.broker.link(0).kill();
    });
    assert_eq!((forbidden(bad), scene.times("bad")), (Reached::Sent, 2));
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_is_declared_slowly_holds_up_nobody_else() {
    let scene = Scene::new(|_, _| Fate::Ack).await;
    let ten = Duration::from_secs(10);
    scene.broker.link(0).declares_take(ten);
    let began = Instant::now();
    let slow = scene.send_to("slow", "slow", 60);
    let others = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        scene.broker.link(0).declares_take(Duration::ZERO);
        for _ in 0..100 {
            scene.send("other", 60).await.unwrap();
        }
        assert!(began.elapsed() < ten / 2, "{:?}", began.elapsed());
    };
    let (slow, ()) = tokio::join!(slow, others);
    slow.unwrap();
    assert_eq!((began.elapsed() >= ten, scene.times("slow")), (true, 1));
}

/// A connection that has no channel left says so, instead of nothing.
/// In threads that really run beside each other, as nothing else can come between two steps of the task.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_its_exchange_is_not_overtaken() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&order);
    let scene = Scene::new(move |message, _| {
        lock(&noted).push(message.body.clone());
        Fate::Ack
    })
    .await;
    let mut expected = Vec::new();
    for round in 0..500 {
        let exchange = format!("x{round}");
        for n in 0..20 {
            let body = format!("{round} {n}");
            let (told, outcome) = tokio::sync::oneshot::channel();
            let done: Done = Box::new(move |outcome| drop(told.send(outcome)));
            scene.publisher.post(outgoing_to(&exchange, &body, 60, Wanted::AtOnce), done);
            expected.push(Bytes::from(body));
            if n == 19 {
                outcome.await.unwrap().unwrap();
            }
        }
    }
    assert_eq!(*lock(&order), expected);
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_a_channel_is_the_reason() {
    let closes =
        |message: &Message, _| if message.body == "bad" { Fate::ChannelError(540) } else { Fate::Ack };
    let scene = Scene::new(closes).await;
    scene.send("1", 5).await.unwrap();
    scene.broker.link(0).refuse_channels("no channel is free");
    // Another one is needed.
    let (reached, why) = expired(scene.send("bad", 5).await);
    assert_eq!((reached, &*why), (Reached::Sent, "sent, not confirmed: no channel is free"));
    let (reached, why) = expired(scene.send("2", 5).await);
    assert_eq!((reached, &*why), (Reached::NotSent, "not sent: no channel is free"));
}

/// It is told so, and the next one is none the worse for it.
#[tokio::test(start_paused = true)]
async fn an_exchange_without_a_channel_to_declare_it_is_not_refused_for_long() {
    let scene = Scene::new(|_, _| Fate::Ack).await;
    scene.send("1", 5).await.unwrap();
    scene.broker.link(0).refuse_channels("no channel is free");
    let error = scene.send_to("other", "2", 5).await.unwrap_err();
    assert!(error.to_string().contains("no channel is free"), "{error}");
    scene.broker.link(0).allow_channels();
    scene.send_to("other", "3", 5).await.unwrap();
    assert_eq!((scene.times("2"), scene.times("3")), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_what_was_sent() {
    let scene = Scene::new(|_, times| if times < 3 { Fate::Nack } else { Fate::Ack }).await;
    let closing = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        scene.publisher.close(Instant::now() + Duration::from_secs(5)).await;
    };
    let (sent, ()) = tokio::join!(scene.send("1", 5), closing);
    sent.unwrap();
    assert!(matches!(scene.send("2", 5).await, Err(PublishError { fault: PublishFault::Closed, .. })));
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_for_the_end_leaves_it_to_the_next() {
    let scene = Scene::new(|_, times| if times < 3 { Fate::Nack } else { Fate::Ack }).await;
    let by = Instant::now() + Duration::from_secs(5);
    let closing = async {
        let given_up = timeout(Duration::from_millis(10), scene.publisher.close(by)).await;
        assert!(given_up.is_err());
        // Both at once.
        tokio::join!(scene.publisher.close(by), scene.publisher.close(by));
        // As it is closed after that with all that is under way on it.
        scene.supervisor.close(by).await;
    };
    let (sent, ()) = tokio::join!(scene.send("1", 5), closing);
    sent.unwrap();
    scene.publisher.close(by).await;
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_for_ever() {
    let scene = Scene::new(|_, _| Fate::Silence).await;
    let closing = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        scene.publisher.close(Instant::now() + Duration::from_secs(5)).await;
    };
    let (sent, ()) = tokio::join!(scene.send("1", 60), closing);
    assert!(matches!(sent, Err(PublishError { fault: PublishFault::Closed, .. })), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_closed_transport_takes_nothing() {
    let scene = Scene::new(|_, _| Fate::Ack).await;
    scene.supervisor.close(Instant::now() + Duration::from_secs(1)).await;
    assert!(matches!(scene.send("1", 5).await, Err(PublishError { fault: PublishFault::Closed, .. })));
}
