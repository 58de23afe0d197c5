//! Services in one process: what their managers and their callers see.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint, Notifier};
use rpc_runtime::prelude::*;
use rpc_runtime::service::{HookError, Hooks, PeriodicTask, Service, ServiceError};
use tokio::sync::mpsc;

#[rpc_manager(topic = "night", version = "1.0")]
pub trait WatchManager {
    /// Comes back at once, or never.
    #[rpc(call)]
    async fn call_out(&self, ctx: Context, ends: bool) -> Result<String, RemoteError>;
}

/// A manager that asks itself, by its client, in each of its hooks.
struct Guard {
    api: WatchApi,
    began: mpsc::UnboundedSender<()>,
    answers: Mutex<Vec<bool>>,
}

impl Guard {
    fn new(transport: &Transport) -> (Arc<Self>, mpsc::UnboundedReceiver<()>) {
        let (began, begins) = mpsc::unbounded_channel();
        (Arc::new(Self { api: WatchApi::new(transport), began, answers: Mutex::default() }), begins)
    }

    async fn ask(&self) -> Result<(), HookError> {
        let answered = self.api.call_out(&Context::request(), true).await.is_ok();
        self.answers.lock().unwrap().push(answered);
        Ok(())
    }
}

impl WatchManager for Guard {
    async fn call_out(&self, _: Context, ends: bool) -> Result<String, RemoteError> {
        self.began.send(()).unwrap();
        if ends { Ok("all is well".to_owned()) } else { pending().await }
    }
}

impl Hooks for Guard {
    async fn init_host(&self) -> Result<(), HookError> {
        self.ask().await
    }

    async fn pre_start_hook(&self) -> Result<(), HookError> {
        self.ask().await
    }

    async fn post_start_hook(&self) -> Result<(), HookError> {
        self.ask().await
    }
}

#[tokio::test]
async fn a_manager_is_served_between_its_hooks() {
    let transport = Transport::connect("memory://").await.unwrap();
    let (guard, _begins) = Guard::new(&transport);
    let server = WatchApi::serve(&transport, "host1", Arc::clone(&guard));
    let service = Service::builder("night").manager(Arc::clone(&guard)).server(server).await.unwrap();
    assert_eq!(*guard.answers.lock().unwrap(), [false, false, true]);
    service.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_is_told_why() {
    let transport = Transport::connect("memory://").await.unwrap();
    let (guard, mut begins) = Guard::new(&transport);
    let server = WatchApi::serve(&transport, "host1", guard).shutdown_within(Duration::ZERO);
    let service = Service::builder("night").server(server).graceful_shutdown_timeout(Duration::from_secs(9));
    let service = service.await.unwrap();
    let api = WatchApi::new(&transport).with(CallOptions::new().timeout(Duration::from_secs(3600)));
    let call = tokio::spawn(async move { api.call_out(&Context::request(), false).await });
    begins.recv().await.unwrap();
    let asked = tokio::time::Instant::now();
    let ServiceError::CutOff(cut_off) = service.shutdown().await.unwrap_err() else { panic!() };
    assert_eq!((cut_off.handlers, cut_off.hooks, cut_off.periodic_tasks.len()), (1, 0, 0));
    // What the server has for itself is not what counts, and the answer has two seconds more.
    assert!((9..12).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
    let error = call.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("was stopped before call_out() finished"), "{error}");
}

#[tokio::test]
async fn servers_listeners_and_tasks_are_one_service() {
    let transport = Transport::connect("memory://").await.unwrap();
    let (guard, _begins) = Guard::new(&transport);
    let (told, mut hears) = mpsc::unbounded_channel();
    let heard = NotificationEndpoint::new(move |_: Context, event: Notification, _: Meta| {
        told.send(event.event_type().to_owned()).unwrap();
        async {}
    });
    let notifier = Notifier::builder(&transport).publisher_id("night.host1").build().unwrap();
    let notifying = PeriodicTask::new("notify", Duration::from_millis(1), move |ctx| {
        let notifier = notifier.clone();
        async move { notifier.info(&ctx, "night.falls", &()).await }
    });
    let service = Service::builder("night")
        .server(WatchApi::serve(&transport, "host1", Arc::clone(&guard)))
        .server(WatchApi::serve(&transport, "host2", guard))
        .listener(Listener::builder(&transport).topic("notifications").endpoint(heard))
        .periodic_task(notifying)
        .await
        .unwrap();
    let api = WatchApi::new(&transport);
    for host in ["host1", "host2"] {
        let one = api.with(CallOptions::new().server(host));
        assert_eq!(one.call_out(&Context::request(), true).await.unwrap(), "all is well");
    }
    assert_eq!(hears.recv().await.unwrap(), "night.falls");
    assert_eq!(hears.recv().await.unwrap(), "night.falls");

    let stopped = service.stopped();
    transport.close(Duration::from_secs(1)).await;
    let stopped = stopped.await;
    assert_eq!(stopped.reason, rpc_runtime::StopReason::TransportClosed);
    assert!(
        ["night.host1", "night.host2", "notifications"].iter().any(|who| stopped.who.contains(who)),
        "{stopped}"
    );
    service.shutdown().await.unwrap();
}
