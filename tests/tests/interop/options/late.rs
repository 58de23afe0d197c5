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

/// Has a reply of the server of `session` missed its queue, and then makes that: it comes, or it does not.
async fn check(session: &Session, tap: &Tap, comes: bool) {
    let (raw, topic) = (Raw::connect(&session.place.url).await, &session.topic);
    let (exchange, queue) = (format!("{topic}-exchange"), format!("{topic}-late"));
    raw.call(&exchange, topic, "oslo_rpc_server_ping", &queue).await;
    until("the reply is sent", async || {
        let facts = facts(&tap.said(), session);
        Ok(facts.iter().any(|fact| fact.contains("by \"topic-late\"")).then_some(()))
    })
    .await
    .unwrap();
    raw.queue(&queue).await;
    if comes {
        raw.reply(&queue).await;
    } else {
        sleep(PAUSE).await;
        assert!(!raw.has_reply(&queue).await, "{}", session.file);
    }
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
