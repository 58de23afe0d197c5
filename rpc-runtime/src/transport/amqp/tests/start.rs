//! Connecting and closing.

use tokio::net::TcpListener;

use super::*;

async fn refused(url: &str, limit: Duration) -> String {
    let options = AmqpOptions::default().connect_timeout(Duration::from_millis(300));
    let deadline = Instant::now() + limit;
    let error = AmqpDriver::connect(&url.parse().unwrap(), options, deadline).await.unwrap_err();
    error.to_string()
}

#[tokio::test]
async fn every_host_and_why() {
    let _threads = THREADS.read().await;
    // One port where nobody listens, one where somebody listens and says nothing.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_address = silent.local_addr().unwrap();
    let url = format!("rabbit://u:hidden@{gone},u:hidden@{silent_address}/v");
    let error = refused(&url, Duration::from_secs(2)).await;
    assert!(error.contains(&format!("{gone}: ")), "{error}");
    assert!(error.contains(&format!("{silent_address}: not connected within 300ms")), "{error}");
    assert!(!error.contains("hidden"), "{error}");
}

#[tokio::test]
async fn files_that_cannot_be_read() {
    let _threads = THREADS.read().await;
    let options = AmqpOptions::default().ssl(true).ssl_ca_file(Some("/nowhere/ca.pem".into()));
    let url = "amqps://localhost".parse().unwrap();
    let error = AmqpDriver::connect(&url, options, Instant::now()).await.unwrap_err().to_string();
    assert!(error.contains("ssl_ca_file /nowhere/ca.pem: "), "{error}");
}

#[tokio::test]
async fn broker_a_wrong_password_is_named_as_such() {
    let _threads = THREADS.read().await;
    let address = url().hosts()[0].address();
    let error = refused(&format!("rabbit://nobody:hidden@{address}"), Duration::from_secs(2)).await;
    assert!(error.contains("ACCESS_REFUSED") && !error.contains("hidden"), "{error}");
}

#[tokio::test]
async fn broker_closing_sends_what_is_queued() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    raw.declare_queue(&names.topic, Default::default(), Default::default()).await;
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    let to_queue = Route::Reply { queue: names.topic.as_str().into() };
    let sending = futures::future::join_all((0..100).map(|_| send(&driver, to_queue.clone(), "1")));
    let closing = driver.close(Instant::now() + PATIENCE);
    let (sent, ()) = tokio::join!(sending, closing);
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert!(matches!(send(&driver, to_queue, "late").await, Err(PublishError::Closed)));
    while listener.deliveries.recv().await.is_some() {}
    assert!(driver.listen(names.address("s"), ListenOptions { prefetch: 0 }).await.is_err());
    assert_eq!(raw.drain(&names.topic).await.len(), 100);
}

/// The names of the threads that a driver starts.
#[cfg(target_os = "linux")]
fn threads() -> usize {
    let names = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("lapin") || name.starts_with("rpc-amqp")).count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn broker_dropping_leaves_no_thread() {
    let _threads = THREADS.write().await;
    // Nor do all the tests before this one.
    no_threads().await;
    let driver = connect(quick()).await;
    let names = Names::new();
    let listener = listen(&driver, &names, "s").await;
    send(&driver, names.route(None), "1").await.unwrap();
    assert!(threads() >= 3, "{}", threads());
    drop(driver);
    no_threads().await;
    drop(listener);
}

#[cfg(target_os = "linux")]
async fn no_threads() {
    let deadline = Instant::now() + PATIENCE;
    while threads() > 0 {
        assert!(Instant::now() < deadline, "{} threads are left", threads());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
