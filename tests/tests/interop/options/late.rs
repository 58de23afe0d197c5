//! Replies whose queue comes later.

use std::time::Duration;

use rpc_tests::proxy::Tap;
use rpc_tests::{Broker, PythonOptions, run, until};
use tempfile::TempDir;
use tokio::time::sleep;

use super::configuration::{Way, file};
use super::facts::facts;
use super::ours::Served;
use super::place;
use super::raw::Raw;
use super::session::{Act, Place, Session};
use super::table::RABBIT;
use super::verdict::same;
use crate::vhost;

/// For what must not happen: several times what either side waits before it tries again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the broker is given for a reply that it was sent and that has no queue: nobody hears what becomes of it, so
/// what came all the same is given more.
const GIVEN: [Duration; 3] = [Duration::ZERO, Duration::from_secs(2), Duration::from_secs(8)];

/// Has a reply of the server of `session` missed its queue, and then makes that: it comes, or it does not.
async fn check(session: &Session, tap: &Tap, comes: bool) {
    let (raw, topic) = (Raw::connect(&session.place.url).await, &session.topic);
    let exchange = format!("{topic}-exchange");
    for (n, given) in GIVEN.into_iter().enumerate() {
        let queue = format!("{topic}-late{n}");
        raw.call(&exchange, topic, "oslo_rpc_server_ping", &queue).await;
        until("the reply is sent", async || {
            let (facts, sent) = (facts(&tap.said(), session), format!("by \"topic-late{n}\""));
            Ok(facts.iter().any(|fact| fact.contains(&sent)).then_some(()))
        })
        .await
        .unwrap();
        sleep(given).await;
        raw.queue(&queue).await;
        if comes {
            return drop(raw.reply(&queue).await);
        }
        sleep(PAUSE).await;
        if !raw.has_reply(&queue).await {
            return;
        }
    }
    panic!("it comes every time: {}", session.file);
}

/// A session with this value of the option, and what hears it.
async fn session(place: Place, n: usize, value: &'static str) -> (Session, Tap) {
    let tap = Tap::start(Broker::shared().unwrap().port()).await.unwrap();
    let (topic, option) = (format!("probe{n}"), (RABBIT, "kombu_missing_consumer_retry_timeout"));
    let file = file(Some(option), &same(value), Way::Url, &place, &tap.through(&place.url), &topic);
    (Session { place, topic, file, act: Act::Serve, in_vain: false, left_out: false }, tap)
}

#[test]
fn a_reply_is_tried_for_as_long_as_the_option_says() {
    run(async {
        let (of_ours, of_theirs) = (vhost("late-rs").await, vhost("late-py").await);
        let locks = TempDir::new().unwrap();
        let mut python = PythonOptions::start().await.unwrap();
        for (n, (value, comes)) in [("0", false), ("60", true)].into_iter().enumerate() {
            let (ours, tap) = session(place(&of_ours, &locks), n, value).await;
            let served = Served::of(&ours).await.unwrap();
            check(&ours, &tap, comes).await;
            served.end().await;

            let (theirs, tap) = session(place(&of_theirs, &locks), n, value).await;
            python.begin(&theirs.question(n)).await.unwrap();
            assert_eq!(python.ended().await.unwrap(), (n, Ok(Vec::new())));
            check(&theirs, &tap, comes).await;
        }
        python.stop().await.unwrap();
    });
}
