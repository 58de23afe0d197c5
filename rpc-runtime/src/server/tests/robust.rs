//! What is promised while others misbehave: peers, handlers, and whoever waits for a shutdown.

use std::panic::panic_any;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::time::{sleep, timeout};

use super::stage::{Act, Stage, sealed, until};
use super::*;
use crate::lock::lock;
use crate::receiving::Acknowledge;
use crate::transport::driver::LIGHT;
use crate::wire::{Compression, EncodedValue};

fn done() -> Outcome {
    returned(&Value::Null)
}

fn returned(value: &Value) -> Outcome {
    Ok(EncodedValue::new(value).unwrap())
}

fn call(id: &str) -> Value {
    json!({"args": {}, "_msg_id": id, "_reply_q": "reply_probe", "_unique_id": id})
}

/// The ids of the calls that were answered, heartbeats left out.
fn answered(stage: &Stage) -> Vec<String> {
    let replies = stage.replies();
    let ended = replies.iter().filter(|reply| reply["ending"] == true);
    ended.map(|reply| reply["_msg_id"].as_str().unwrap().to_owned()).collect()
}

/// A request that was read holds memory while it waits for a worker; workers hold theirs until their replies have memory.
#[tokio::test]
async fn large_requests_and_large_replies_do_not_wait_for_each_other() {
    let (release, released) = tokio::sync::watch::channel(false);
    let act = move |_| {
        let mut released = released.clone();
        async move {
            drop(released.wait_for(|released| *released).await);
            returned(&"x".repeat(2 * LIGHT).into())
        }
    };
    let stage = Stage::acting(act, |builder| builder.workers(2).memory(8 * LIGHT)).await;
    let mut large = call("large");
    large["args"] = json!({"value": "x".repeat(64 * LIGHT)});
    stage.request(large).await;
    for id in ["small1", "small2", "small3"] {
        stage.request(call(id)).await;
    }
    until("both workers are busy", || stage.verdicts().len() >= 2).await;
    release.send(true).unwrap();
    until("all are answered", || answered(&stage).len() == 4).await;
}

#[tokio::test]
async fn what_takes_long_to_read_holds_up_nobody() {
    let (release, released) = tokio::sync::watch::channel(false);
    let large_ones = Arc::<AtomicUsize>::default();
    let begun = Arc::clone(&large_ones);
    let stage = Stage::acting(
        move |value| {
            let (mut released, begun) = (released.clone(), Arc::clone(&begun));
            async move {
                if value.is_string() {
                    begun.fetch_add(1, Ordering::SeqCst);
                    drop(released.wait_for(|released| *released).await);
                }
                done()
            }
        },
        // Room for one of the large ones.
        |builder| builder.memory(4 * LIGHT),
    )
    .await;
    for id in ["large1", "large2", "large3"] {
        let mut large = call(id);
        large["args"] = json!({"value": "x".repeat(2 * LIGHT)});
        stage.request(large).await;
    }
    let (bomb, bombs) = (Compression::Bzip2.compress(&vec![b' '; 16 << 20]).unwrap(), 20);
    for _ in 0..bombs {
        stage.deliver(bomb.clone(), Some("bzip2"), None).await;
    }
    for n in 0..200 {
        stage.request(call(&format!("small{n}"))).await;
    }
    until("the small ones are answered", || answered(&stage).len() == 200).await;
    assert!(answered(&stage).iter().all(|id| id.starts_with("small")));
    // What is small and compressed is read beside what is large.
    until("the bombs are refused", || stage.server.counters().rejected == bombs).await;
    until("one of the large ones runs", || large_ones.load(Ordering::SeqCst) > 0).await;
    assert_eq!(
        (answered(&stage).len(), large_ones.load(Ordering::SeqCst)),
        (200, 1),
        "others wait for memory"
    );
    release.send_replace(true);
    until("all is done", || answered(&stage).len() == 203).await;
    assert_eq!(answered(&stage)[200..], ["large1", "large2", "large3"]);
}

#[tokio::test]
async fn what_is_over_once_it_is_read_is_not_executed() {
    let (release, released) = tokio::sync::watch::channel(false);
    let act = move |_| {
        let mut released = released.clone();
        async move {
            drop(released.wait_for(|released| *released).await);
            done()
        }
    };
    let stage = Stage::acting(act, |builder| builder.memory(4 * LIGHT)).await;
    let mut large = call("large");
    (large["method"], large["args"]) = ("echo".into(), json!({"value": "x".repeat(2 * LIGHT)}));
    stage.deliver(sealed(&large), None, None).await;
    until("it is executed", || stage.verdicts().len() == 1).await;
    // It waits for memory until its time is over.
    let expires = Instant::now() + Duration::from_millis(100);
    stage.deliver(sealed(&large), None, Some(expires)).await;
    tokio::time::sleep_until(expires).await;
    release.send_replace(true);
    until("it is left out", || stage.server.counters().expired == 1).await;
    until("the first is answered", || answered(&stage).len() == 1).await;
}

#[tokio::test]
async fn one_worker_is_given_requests_in_their_order() {
    let order = Arc::<Mutex<Vec<Value>>>::default();
    let book = Arc::clone(&order);
    let stage = Stage::acting(
        move |value| {
            lock(&book).push(value);
            std::future::ready(done())
        },
        |builder| builder.workers(1),
    )
    .await;
    for n in 0..20 {
        let body = sealed(&json!({"method": "echo", "args": {"value": n}}));
        match n % 2 {
            0 => {
                stage.deliver(Compression::Gzip.compress(body.as_bytes()).unwrap(), Some("gzip"), None).await
            }
            _ => stage.deliver(body, None, None).await,
        };
    }
    until("all are executed", || lock(&order).len() == 20).await;
    assert_eq!(*lock(&order), (0..20).map(Value::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_waits_for_its_reading_goes_back_when_a_late_server_stops() {
    let (release, released) = tokio::sync::watch::channel(false);
    let stage = Stage::acting(
        move |_| {
            let mut released = released.clone();
            async move {
                drop(released.wait_for(|released| *released).await);
                done()
            }
        },
        |builder| builder.acknowledge(Acknowledge::Late).memory(4 * LIGHT),
    )
    .await;
    for id in ["1", "2", "3", "4"] {
        let mut large = call(id);
        large["args"] = json!({"value": "x".repeat(2 * LIGHT)});
        stage.request(large).await;
    }
    until("one is at work", || stage.server.counters().taken == 1).await;
    let Stage { server, book, .. } = stage;
    let stopping = tokio::spawn(server.shutdown(Duration::from_secs(120)));
    let back = Verdict::Reject { requeue: true };
    until("the others go back", || lock(&book.verdicts).len() == 3).await;
    release.send_replace(true);
    stopping.await.unwrap().unwrap();
    let mut verdicts = lock(&book.verdicts).clone();
    verdicts.sort_by_key(|(tag, _)| *tag);
    assert_eq!(verdicts, [(1, Verdict::Ack), (2, back), (3, back), (4, back)]);
}

/// Panics when it is dropped, with something that does the same.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic_any(Bomb);
        }
    }
}

/// A handler that panics in its destructor, after its end or when it is cut off.
struct Armed(BoxFuture<'static, Outcome>, Bomb);

impl Future for Armed {
    type Output = Outcome;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Outcome> {
        self.0.as_mut().poll(context)
    }
}

#[tokio::test(start_paused = true)]
async fn panics_of_destructors_are_answered_and_come_again_never() {
    for late in [Acknowledge::Early, Acknowledge::Late] {
        let act: Act = Arc::new(|value| match value.as_u64() {
            Some(1) => async { panic_any(Bomb) }.boxed(),
            _ => Armed(std::future::ready(done()).boxed(), Bomb).boxed(),
        });
        let stage = Stage::new(act, Box::new(|_| Ok(())), None, |builder| builder.acknowledge(late)).await;
        for value in [1, 2] {
            let mut request = call(&value.to_string());
            request["args"] = json!({"value": value});
            stage.request(request).await;
        }
        sleep(Duration::from_secs(1)).await;
        let mut answered = answered(&stage);
        answered.sort();
        assert_eq!(answered, ["1", "2"]);
        let mut verdicts = stage.verdicts();
        verdicts.sort_by_key(|(tag, _)| *tag);
        assert_eq!(verdicts, [(1, Verdict::Ack), (2, Verdict::Ack)]);
        let replies = stage.replies();
        let failed = replies.iter().find(|reply| reply["_msg_id"] == "1").unwrap();
        assert_eq!(failed["failure"]["message"], "echo() panicked");
    }
}

/// A handler may be cut off by its own runtime, or by a fault of ours: what is redelivered at once comes at a bounded
/// rate.
#[tokio::test(start_paused = true)]
async fn what_is_given_back_without_reason_is_given_back_after_a_pause() {
    let claims = crate::receiving::Claims::new(16);
    let book = Arc::<super::stage::Book>::default();
    let settle = Settle::new(Arc::new(Arc::clone(&book)), 1);
    drop(claims.claim(Some("u".to_owned()), settle));
    tokio::task::yield_now().await;
    assert!(lock(&book.verdicts).is_empty());
    sleep(Duration::from_millis(1001)).await;
    assert_eq!(*lock(&book.verdicts), [(1, Verdict::Reject { requeue: true })]);
}

#[tokio::test(start_paused = true)]
async fn what_is_over_when_a_worker_takes_it_is_not_executed() {
    for late in [Acknowledge::Early, Acknowledge::Late] {
        let executed = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&executed);
        let stage = Stage::acting(
            move |_| {
                counter.fetch_add(1, Ordering::SeqCst);
                async {
                    sleep(Duration::from_secs(1)).await;
                    done()
                }
            },
            |builder| builder.workers(1).acknowledge(late),
        )
        .await;
        let expires = Some(Instant::now() + Duration::from_millis(500));
        for n in 0..8 {
            let mut call = call(&n.to_string());
            call["method"] = "echo".into();
            stage.deliver(sealed(&call), None, expires).await;
        }
        sleep(Duration::from_secs(5)).await;
        assert_eq!(executed.load(Ordering::SeqCst), 1);
        let counters = stage.server.counters();
        assert_eq!((counters.taken, counters.executed, counters.expired), (8, 1, 7));
        // The broker would have dropped them as well.
        assert!(stage.verdicts().iter().all(|(_, verdict)| *verdict == Verdict::Ack));
        assert_eq!(stage.verdicts().len(), 8);
    }
}

#[tokio::test(start_paused = true)]
async fn heartbeats_outlast_a_reply_queue_that_is_away_for_a_while() {
    let began = Instant::now();
    // Away from the fifth second to the twentieth, of the minute that replies are tried for.
    let away = Duration::from_secs(5)..Duration::from_secs(20);
    let answer = move |_: &Outgoing| match away.contains(&began.elapsed()) {
        true => Err(PublishFault::Unroutable("no queue".to_owned()).into()),
        false => Ok(()),
    };
    let act: Act = Arc::new(|_| {
        async {
            sleep(Duration::from_secs(30)).await;
            done()
        }
        .boxed()
    });
    let stage = Stage::new(act, Box::new(answer), None, |builder| builder).await;
    let mut request = call("m");
    request["_timeout"] = 4.into();
    stage.request(request).await;
    sleep(Duration::from_secs(31)).await;
    let beats = stage.replies().iter().filter(|reply| reply["ending"] == false).count();
    assert!((14..=15).contains(&beats), "{beats} in 30 s, one every 2 s, whatever became of them");
}

#[tokio::test(start_paused = true)]
async fn and_end_when_nobody_is_there_for_as_long_as_replies_are_tried() {
    let gone = |_: &Outgoing| Err(PublishFault::Unroutable("no queue".to_owned()).into());
    let act: Act = Arc::new(|_| {
        async {
            sleep(Duration::from_secs(3600)).await;
            done()
        }
        .boxed()
    });
    let stage = Stage::new(act, Box::new(gone), None, |builder| builder).await;
    let mut request = call("m");
    request["_timeout"] = 4.into();
    stage.request(request).await;
    sleep(Duration::from_secs(1800)).await;
    let beats = stage.replies().len();
    assert_eq!(beats, 31, "a minute of them, from the first that was missed on");
}

/// The handler keeps the one thread of its runtime until a heartbeat has been sent.
#[test]
fn heartbeats_come_from_where_no_handler_is() {
    let transports =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (sent, beats): (Sender<()>, Receiver<()>) = channel();
    let answer = move |_: &Outgoing| {
        // Nobody receives any more once the handler has ended.
        let _ = sent.send(());
        Ok(())
    };
    let beats = Mutex::new(beats);
    let act: Act = Arc::new(move |_| {
        let beat = lock(&beats).recv_timeout(Duration::from_secs(120));
        std::future::ready(returned(&Value::from(beat.is_ok()))).boxed()
    });
    let servers = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    servers.block_on(async {
        let runtime = Some(transports.handle().clone());
        let stage = Stage::new(act, Box::new(answer), runtime, |builder| builder).await;
        let mut request = call("m");
        request["_timeout"] = 2.into();
        stage.request(request).await;
        until("the call is answered", || answered(&stage).len() == 1).await;
        let replies = stage.replies();
        let reply = replies.iter().find(|reply| reply["ending"] == true).unwrap();
        assert_eq!(reply["result"], true, "no heartbeat came while it blocked");
    });
    transports.shutdown_background();
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_counts_what_it_cuts_off() {
    for late in [Acknowledge::Early, Acknowledge::Late] {
        let stage =
            Stage::acting(|_| std::future::pending::<Outcome>(), |builder| builder.acknowledge(late)).await;
        for id in ["1", "2", "3"] {
            stage.request(call(id)).await;
        }
        sleep(Duration::from_secs(1)).await;
        let (began, within) = (Instant::now(), Duration::from_secs(5));
        assert_eq!(stage.server.shutdown(within).await.unwrap_err().cut_off, 3);
        assert!(began.elapsed() <= within + Duration::from_secs(3));
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_cut_off_has_time_for_its_last_words() {
    let told = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&told);
    let broker = move |_: &Outgoing| {
        let told = Arc::clone(&counter);
        let slow = async move {
            sleep(Duration::from_secs(1)).await;
            told.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        slow.boxed()
    };
    let act: Act = Arc::new(|_| std::future::pending().boxed());
    let stage = Stage::with_broker(act, Box::new(broker), None, |builder| builder).await;
    stage.request(call("1")).await;
    sleep(Duration::from_secs(1)).await;
    stage.server.shutdown(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(told.load(Ordering::SeqCst), 1, "its caller has been told when the shutdown ends");
}

/// One reply has all the memory that there is for them, and the broker does not confirm it.
#[tokio::test]
async fn a_shutdown_waits_for_no_memory_of_replies() {
    let act: Act = Arc::new(|_| std::future::ready(returned(&"x".repeat(4 * LIGHT).into())).boxed());
    let broker = |_: &Outgoing| std::future::pending().boxed();
    let set = |builder: ServerBuilder| builder.workers(2).memory(8 * LIGHT);
    let stage = Stage::with_broker(act, Box::new(broker), None, set).await;
    for id in ["1", "2"] {
        stage.request(call(id)).await;
    }
    until("both are taken", || stage.verdicts().len() == 2).await;
    until("one has the memory", || lock(&stage.published).len() == 1).await;
    let (published, finished) = (Arc::clone(&stage.published), stage.server.counters().executed);
    tokio::select! {
        ended = stage.server.shutdown(Duration::from_secs(3600)) => drop(ended),
        () = until("the other goes without", || lock(&published).len() == 2) => {}
    }
    assert_eq!((lock(&published).len(), finished), (2, 2));
}

/// How much a request takes is known once it is read, and it takes that until its handler is done.
#[tokio::test]
async fn what_is_executed_holds_its_memory() {
    let started = Arc::<AtomicUsize>::default();
    let (release, released) = tokio::sync::watch::channel(false);
    let counter = Arc::clone(&started);
    let act = move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        let mut released = released.clone();
        async move {
            drop(released.wait_for(|released| *released).await);
            done()
        }
    };
    let stage = Stage::acting(act, |builder| builder.workers(4).memory(8 * LIGHT)).await;
    let run = |expected: usize| {
        let started = Arc::clone(&started);
        async move { until("they run", || started.load(Ordering::SeqCst) == expected).await }
    };
    // A quarter is for requests: the other half of what is with the server is with the driver, and half of this for replies.
    for id in ["1", "2", "3"] {
        let mut large = call(id);
        large["args"] = json!({"value": "x".repeat(5 * LIGHT / 4)});
        stage.request(large).await;
    }
    run(1).await;
    stage.request(call("small")).await;
    run(2).await;
    // Were there memory for another large one, it would run by now.
    let waited = std::time::Instant::now();
    until("it had time", || waited.elapsed() > Duration::from_millis(500)).await;
    run(2).await;
    release.send(true).unwrap();
    run(4).await;
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_that_is_dropped_is_like_a_server_that_is_dropped() {
    let transport = Transport::connect("memory://").await.unwrap();
    let executed = Arc::<AtomicUsize>::default();
    let serve = async || {
        let target = Target::new("compute").with_server("host1");
        let slow = Slow(Arc::clone(&executed));
        let builder = Server::builder(&transport, target).endpoint(Endpoint::new(&ECHO, slow));
        builder.acknowledge(Acknowledge::Late).start().await.unwrap()
    };
    let server = serve().await;
    for n in 0..4 {
        let body = sealed(&json!({"method": "echo", "args": {}, "_unique_id": n.to_string()}));
        let route = Route::Topic { exchange: "openstack".into(), topic: "compute".into(), server: None };
        let (deadline, wanted) =
            (Instant::now() + Duration::from_secs(60), crate::transport::driver::Wanted::AtOnce);
        let message = Outgoing {
            route,
            body: body.into(),
            ask: None,
            mandatory: true,
            expiration: None,
            deadline,
            wanted,
        };
        transport.driver().publish(message).await.unwrap();
    }
    sleep(Duration::from_millis(100)).await;
    let stopped = server.stopped();
    let shutdown = timeout(Duration::from_millis(300), server.shutdown(Duration::from_secs(30)));
    assert!(shutdown.await.is_err(), "the handlers take longer");
    // What is done is known only to the first server: were anything delivered to this one, it would run it again.
    let next = serve().await;
    sleep(Duration::from_secs(30)).await;
    assert_eq!(executed.load(Ordering::SeqCst), 4);
    // It was told so before the shutdown was given up.
    assert_eq!((next.counters().taken, stopped.await), (0, crate::receiving::StopReason::ShutDown));
}

/// Takes a second for whatever it is asked.
#[derive(Clone)]
struct Slow(Arc<AtomicUsize>);

impl Dispatch for Slow {
    async fn dispatch(&self, _: Incoming) -> Outcome {
        self.0.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_secs(1)).await;
        done()
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_back_in_its_queue_is_not_executed_before_it_comes_again() {
    let executed = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&executed);
    let stage = Stage::acting(
        move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            std::future::ready(done())
        },
        |builder| builder,
    )
    .await;
    stage.book.held_back.store(true, Ordering::SeqCst);
    stage.request(call("1")).await;
    stage.request(call("2")).await;
    sleep(Duration::from_secs(10)).await;
    assert_eq!((stage.server.counters().taken, executed.load(Ordering::SeqCst)), (2, 0));
    // The connection is lost before: they are back in their queue, and no repeats when they come again.
    stage.book.lost.store(true, Ordering::SeqCst);
    stage.book.held_back.store(false, Ordering::SeqCst);
    stage.book.released.notify_waiters();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(executed.load(Ordering::SeqCst), 0);
    stage.book.lost.store(false, Ordering::SeqCst);
    stage.request(call("1")).await;
    stage.request(call("1")).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!((executed.load(Ordering::SeqCst), stage.server.counters().duplicates), (1, 1));
}

/// It keeps the stream of its deliveries until it is shut down, and says before that it takes no more.
#[tokio::test]
async fn a_late_server_tells_that_its_transport_was_closed() {
    let transport = Transport::connect("memory://").await.unwrap();
    let target = Target::new("compute").with_server("host1");
    let builder = Server::builder(&transport, target).endpoint(Endpoint::new(&ECHO, Recording::default()));
    let server = builder.acknowledge(Acknowledge::Late).start().await.unwrap();
    let stopped = server.stopped();
    transport.close(Duration::from_secs(1)).await;
    let told = timeout(Duration::from_secs(120), stopped).await.expect("it has stopped");
    assert_eq!(told, crate::receiving::StopReason::TransportClosed);
    server.shutdown(Duration::from_secs(1)).await.unwrap();
}
