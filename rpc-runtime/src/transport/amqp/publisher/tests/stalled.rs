//! Routes on which nothing is confirmed.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;

use super::*;

/// As a quorum queue without a majority has it: the route is stuck, and with it whatever fills the window.
#[tokio::test(start_paused = true)]
async fn a_route_on_which_nothing_is_confirmed_holds_up_no_other() {
    let back = Arc::new(AtomicBool::new(false));
    let majority = back.clone();
    let scene = Scene::new(move |message, _| match &*message.exchange {
        "stuck" if !majority.load(Ordering::Relaxed) => Fate::Silence,
        _ => Fate::Ack,
    })
    .await;
    const MANY: usize = 2 * IN_FLIGHT;
    let stuck = join_all((0..MANY).map(|n| {
        let (scene, body) = (&scene, format!("stuck {n}"));
        async move { scene.send_to("stuck", &body, 1000).await }
    }));
    let free = async {
        let began = Instant::now();
        for n in 0..100 {
            scene.send_to("free", &format!("free {n}"), 1000).await.unwrap();
        }
        // The one time that it takes to notice.
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        // One at a time is tried meanwhile, on the same connection.
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert_eq!(scene.broker.hosts().len(), 2);
        let again: usize = (0..MANY).map(|n| scene.times(&format!("stuck {n}")).saturating_sub(1)).sum();
        assert!((2..10).contains(&again), "{again} were sent again");
        scene.send_to("free", "last", 5).await.unwrap();
        back.store(true, Ordering::Relaxed);
    };
    let (stuck, ()) = tokio::join!(stuck, free);
    for outcome in stuck {
        outcome.unwrap();
    }
}

/// And the others go straight.
#[tokio::test(start_paused = true)]
async fn one_message_after_the_other_to_a_stalled_route_costs_one_connection() {
    for seconds in [10, 60] {
        let scene = Scene::new(|message, _| match &*message.routing_key {
            "stuck" => Fate::Silence,
            _ => Fate::Ack,
        })
        .await;
        for _ in 0..10 {
            expired(scene.publish(reply("stuck", seconds), seconds).await);
        }
        assert_eq!(scene.broker.hosts().len(), 2);
        scene.publish(reply("free", 5), 5).await.unwrap();
        // Until the task has seen that nothing waits any more.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let passes = |queue| {
            let Prepared { job, ticket: _waits } = scene.publisher.prepare(reply(queue, 5)).unwrap();
            scene.publisher.0.gate.pass(job).is_ok()
        };
        assert!(passes("free") && !passes("stuck"));
        let closing = Instant::now();
        scene.publisher.close(closing + Duration::from_secs(60)).await;
        assert!(closing.elapsed() < Duration::from_secs(1), "{:?}", closing.elapsed());
    }
}

/// Also while it is tried, and the connection is lost and comes back without a channel, or does not come back.
#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_told_at_its_deadline_whatever_happens() {
    for comes_back in [true, false] {
        let refuses = Arc::new(AtomicBool::new(false));
        let refused = refuses.clone();
        let connect = move |_: &Host| match refused.load(Ordering::Relaxed) {
            true => Err(ConnectFailure { kind: FailureKind::Network, why: "gone".to_owned() }),
            false => Ok(()),
        };
        let scene = Scene::connecting(connect, |_, _| Fate::Silence).await;
        let (told, outcome) = tokio::sync::oneshot::channel();
        let posted = Instant::now();
        scene.publisher.post(reply("stuck", 60), Box::new(move |outcome| told.send(outcome).unwrap()));
        // After 15 s the connection is given up. Another one has it tried for as long, and again a second later.
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(scene.broker.hosts().len(), 2);
        scene.broker.link(1).opens_take(Duration::from_secs(10));
        tokio::time::sleep(Duration::from_secs(15)).await;
        refuses.store(!comes_back, Ordering::Relaxed);
        scene.broker.on_link(|link| link.opens_take(Duration::from_secs(1000)));
        scene.broker.link(1).kill();
        let outcome = timeout(Duration::from_secs(100), outcome).await.unwrap();
        assert_eq!(expired(outcome.unwrap()).0, Reached::Sent);
        assert!(posted.elapsed() < Duration::from_secs(65), "{:?}", posted.elapsed());
    }
}

/// Who gives up what waits aside leaves nothing behind, and all is as it was.
#[tokio::test(start_paused = true)]
async fn a_stalled_route_that_nobody_uses_any_more_is_forgotten() {
    let scene = Scene::new(|message, times| match &*message.exchange {
        "stuck" if times < 3 => Fate::Silence,
        _ => Fate::Ack,
    })
    .await;
    let many = join_all((0..10).map(|_| scene.send_to("stuck", "stuck", 8)));
    for outcome in many.await {
        assert!(outcome.is_ok() || expired(outcome).0 >= Reached::NotSent);
    }
    scene.send_to("stuck", "again", 30).await.unwrap();
    scene.send_to("free", "free", 1).await.unwrap();
    let links = scene.broker.hosts().len();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(scene.broker.hosts().len(), links, "no connection is tried for nothing");
}

/// Also where nothing was confirmed before, and so one at a time is tried.
#[tokio::test(start_paused = true)]
async fn what_costs_the_connection_on_a_stalled_route_is_given_up() {
    for code in [541, 320] {
        let scene = Scene::new(move |_, times| match times {
            1 => Fate::Silence,
            2..10 => Fate::ConnectionError(code),
            _ => Fate::Ack,
        })
        .await;
        let outcome = scene.send("1", 600).await;
        match code {
            320 => assert!(outcome.is_ok() && scene.times("1") == 10, "{outcome:?}"),
            _ => assert!(costs_the_connection(&outcome) && scene.times("1") == 5, "{outcome:?}"),
        }
    }
}
