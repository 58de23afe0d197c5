//! A broker of one's own: stopped, killed, frozen and started again.

use std::time::Duration;

use rpc_tests::limits::{PATIENCE, PEERS_PATIENCE};
use rpc_tests::{Broker, PythonClient, PythonServer, until_within};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn stops_dies_and_comes_back() {
    let mut broker = Broker::start().await.unwrap();
    let port = broker.node().port();
    let vhost = broker.node().vhost("survives").await.unwrap();
    let _server = PythonServer::builder(&vhost.url(), "topic", "host1")
        .option("amqp_durable_queues=true")
        .start()
        .await
        .unwrap();
    assert!(broker.restart().await.is_err(), "it runs already");

    broker.stop().await.unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    assert!(broker.freeze().await.is_err(), "there is nothing to freeze");
    broker.restart().await.unwrap();
    broker.kill().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    broker.restart().await.unwrap();
    assert_eq!(broker.node().port(), port);

    until_within(PEERS_PATIENCE, "the Python server consumes again", async || {
        let queues = vhost.queues().await?;
        Ok((queues.iter().map(|queue| queue.consumers).sum::<u64>() == 3).then_some(()))
    })
    .await
    .unwrap();
    let names: Vec<_> = vhost.queues().await.unwrap().into_iter().map(|queue| queue.name).collect();
    assert_eq!(names[..2], ["topic", "topic.host1"]);
}

#[tokio::test]
async fn freezes_and_thaws() {
    let broker = Broker::start().await.unwrap();
    let url = broker.node().url();
    let _server = PythonServer::builder(&url, "topic", "host1").start().await.unwrap();
    let mut client = PythonClient::builder(&url).start().await.unwrap();
    let request = json!({"topic": "topic", "method": "echo", "args": {"value": 1}});
    assert_eq!(client.call(request.clone()).await.unwrap().unwrap(), 1);

    broker.freeze().await.unwrap();
    // The kernel still takes the connection; the node says nothing on it.
    let mut socket = TcpStream::connect(("127.0.0.1", broker.node().port())).await.unwrap();
    socket.write_all(b"AMQP\0\0\x09\x01").await.unwrap();
    let mut call = Box::pin(client.call(request));
    tokio::select! {
        answer = socket.read_u8() => panic!("a frozen broker answers: {answer:?}"),
        end = &mut call => panic!("a call came to an end without its broker: {end:?}"),
        () = sleep(Duration::from_secs(2)) => {}
    }
    broker.thaw().unwrap();
    assert_eq!(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap(), 1, "a frame of a method");
    assert_eq!(call.await.unwrap().unwrap(), 1);
}
