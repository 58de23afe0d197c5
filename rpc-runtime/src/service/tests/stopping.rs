//! The end, and how long it may take.

use serde_json::json;

use super::*;
use crate::error::RemoteError;
use crate::interface::Method;
use crate::service::CutOff;
use crate::transport::driver::Settle;
use crate::transport::stub::{Book, delivery};

async fn started(diary: &Diary, set: impl FnOnce(ServiceBuilder) -> ServiceBuilder) -> Service {
    let service = set(Service::builder("s")).start().await.unwrap();
    // For its periodic tasks to begin.
    until_written(diary, "the task begins").await;
    service
}

/// How long the stop took in whole seconds, and what it came to.
async fn stop(service: Service) -> (u64, Result<(), ServiceError>) {
    let asked = Instant::now();
    let ended = service.shutdown().await;
    (asked.elapsed().as_secs(), ended)
}

fn cut_off(ended: Result<(), ServiceError>) -> CutOff {
    match ended {
        Err(ServiceError::CutOff(cut_off)) => cut_off,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_runs_is_waited_for_before_the_cleanup() {
    let diary = Diary::default();
    let service = started(&diary, |s| {
        s.manager(Scribe::new("a", &diary)).periodic_task(taking("t", 49 * SECOND, &diary))
    });
    let (seconds, ended) = stop(service.await).await;
    ended.unwrap();
    assert!((48..50).contains(&seconds), "{seconds}");
    let told = ["the task begins", "a graceful_shutdown", "the task ends", "a cleanup_host"];
    assert_eq!(written(&diary)[3..], told);
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_cut_off_and_named() {
    let diary = Diary::default();
    let service = started(&diary, |s| s.periodic_task(taking("update\nall", Duration::MAX, &diary))).await;
    let (seconds, ended) = stop(service).await;
    assert_eq!(seconds, 60);
    let cut_off = cut_off(ended);
    assert_eq!(cut_off.periodic_tasks, [r"update\nall"]);
    assert_eq!(cut_off.to_string(), r"cut off, as it had not finished in time: periodic tasks: update\nall");
    assert_eq!(written(&diary), ["the task begins"]);
}

#[tokio::test(start_paused = true)]
async fn a_cleanup_has_its_part_of_the_time() {
    let diary = Diary::default();
    let service = started(&diary, |s| {
        s.manager(Scribe::new("a", &diary).with(Hook::CleanupHost, Mishap::Hangs))
            .manager(Scribe::new("b", &diary).with(Hook::CleanupHost, Mishap::Fails))
            .periodic_task(taking("t", Duration::MAX, &diary))
    });
    let (seconds, ended) = stop(service.await).await;
    assert_eq!(seconds, 60);
    // The one that has failed is what is told; the log has the rest.
    let error = ended.unwrap_err().to_string();
    assert!(error.starts_with("cleanup_host of ") && error.ends_with("no disk"), "{error}");
    assert_eq!(written(&diary).last().unwrap(), "a cleanup_host");

    let diary = Diary::default();
    let hanging = Scribe::new("a", &diary).with(Hook::CleanupHost, Mishap::Hangs);
    let service = Service::builder("s").manager(hanging).graceful_shutdown_timeout(12 * SECOND).start().await;
    let (seconds, ended) = stop(service.unwrap()).await;
    assert_eq!(seconds, 12);
    assert_eq!(cut_off(ended), CutOff { hooks: 1, ..CutOff::default() });
}

struct Hanging;

static HANGING: Interface = Interface::new(
    "Hanging",
    "compute",
    Version::new(1, 0),
    &[Method::call::<Result<(), RemoteError>>("hang", &[Version::new(1, 0)], &[])],
);

impl Dispatch for Hanging {
    async fn dispatch(&self, _: Incoming) -> Outcome {
        pending().await
    }
}

/// With such a short time, they are longer than the part of a cleanup.
#[tokio::test(start_paused = true)]
async fn and_has_it_after_the_last_words_of_what_was_cut_off() {
    let (deliveries, receiver) = mpsc::channel(1);
    // A reply that the broker does not take.
    let stub = Stub::publishing(|_| pending()).delivering(receiver);
    let transport = Transport::for_tests(stub);
    let server = Server::builder(&transport, Target::new("compute").with_server("host1"));
    let diary = Diary::default();
    let service = Service::builder("s")
        .manager(Scribe::new("a", &diary).with(Hook::CleanupHost, Mishap::Hangs))
        .server(server.endpoint(Endpoint::new(&HANGING, Hanging)))
        .graceful_shutdown_timeout(6 * SECOND);
    let service = service.start().await.unwrap();
    let message = json!({"method": "hang", "args": {}, "_msg_id": "m", "_reply_q": "reply"});
    let body = json!({"oslo.version": "2.0", "oslo.message": message.to_string()});
    let settle = Settle::new(Arc::new(Arc::<Book>::default()), 1);
    deliveries.send(delivery(body.to_string(), settle)).await.unwrap();
    tokio::time::sleep(SECOND).await;
    let (seconds, ended) = stop(service).await;
    assert_eq!(seconds, 8, "5, and 2 for the last words, and 1 for the cleanup");
    assert_eq!(cut_off(ended), CutOff { handlers: 1, hooks: 1, ..CutOff::default() });
}

#[tokio::test(start_paused = true)]
async fn what_a_manager_does_beside_its_servers_comes_to_an_end_with_them() {
    let within = 50 * SECOND;
    for (mishap, seconds) in [(Mishap::Fails, 0), (Mishap::Panics, 0), (Mishap::Hangs, 50)] {
        let diary = Diary::default();
        let service = Service::builder("s")
            .manager(Scribe::new("a", &diary))
            .manager(Scribe::new("b", &diary).with(Hook::GracefulShutdown(within), mishap));
        let (took, ended) = stop(service.start().await.unwrap()).await;
        assert_eq!(took, seconds);
        match mishap {
            Mishap::Hangs => assert_eq!(cut_off(ended), CutOff { hooks: 1, ..CutOff::default() }),
            _ => assert!(ended.unwrap_err().to_string().starts_with("graceful_shutdown of ")),
        }
        let told = ["a graceful_shutdown", "b graceful_shutdown", "b cleanup_host", "a cleanup_host"];
        assert_eq!(written(&diary)[6..], told);
    }
}

#[tokio::test(start_paused = true)]
async fn zero_is_no_limit() {
    for limit in [Duration::ZERO, Duration::MAX] {
        let diary = Diary::default();
        let day = 86_400 * SECOND;
        let service = started(&diary, |s| {
            s.manager(Scribe::new("a", &diary))
                .periodic_task(taking("t", day, &diary))
                .graceful_shutdown_timeout(limit)
        });
        let (seconds, ended) = stop(service.await).await;
        ended.unwrap();
        assert!((86_390..86_410).contains(&seconds), "{seconds}");
    }
}

#[test]
fn all_that_was_cut_off_is_told() {
    let cut_off = CutOff { handlers: 3, periodic_tasks: vec!["a".to_owned(), "b".to_owned()], hooks: 1 };
    assert_eq!(
        cut_off.to_string(),
        "cut off, as it had not finished in time: handlers: 3, periodic tasks: a b, hooks of managers: 1"
    );
}
