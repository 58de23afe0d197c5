//! What is no Redis, or none that works: it costs a bounded time, and says why.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::super::client::PATIENCE;
use super::*;
use crate::logged::{Panicking, Warnings, forged};

/// A listener at a port of its own, and the options for who connects to it.
async fn listener() -> (TcpListener, RedisOptions) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = RedisOptions::new(at(listener.local_addr().unwrap().port()));
    (listener, options)
}

/// Waits until something is said.
async fn hears(stream: &mut TcpStream) {
    assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
}

/// Says the same to each who connects, once it has said something, and then reads what comes until the end.
async fn says(listener: TcpListener, what: &'static [u8]) {
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            hears(&mut stream).await;
            stream.write_all(what).await?;
            while stream.read(&mut [0; 4096]).await? > 0 {}
            io::Result::Ok(())
        });
    }
}

#[tokio::test]
async fn what_is_no_redis_is_called_by_its_name() {
    for (said, kind, why) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], FaultKind::NotConnected, "none of the signs"),
        (b"\x00\x00\x00\x08AMQP....\r\n", FaultKind::NotConnected, "none of the signs"),
        (b"-LOADING Redis is loading\r\n", FaultKind::Refused, "says LOADING"),
        (b"-NOAUTH Authentication required.\r\n", FaultKind::Forbidden, "says NOAUTH"),
        (b"-ERR a\x1b[2J\r\n", FaultKind::Refused, "a\\u{1b}[2J"),
        (b":1\r\n", FaultKind::NotConnected, "the reply of another one"),
        (b"*0\r\n", FaultKind::NotConnected, "the reply of another one"),
        (b"*2\r\n:1\r\n*0\r\n", FaultKind::NotConnected, "the reply of another one"),
        (b"*99999999999\r\n", FaultKind::NotConnected, "too long"),
        (b"$9223372036854775807\r\n", FaultKind::NoAnswer, "not answered within 2s"),
    ] {
        let (listener, options) = listener().await;
        let says = tokio::spawn(says(listener, said));
        let directory = directory(options);
        let outcome = match kind {
            FaultKind::NoAnswer => directory.resolve("t", None).await,
            _ => asked(&directory, "t", None).await,
        };
        let fault = outcome.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault}");
        assert!(fault.why.contains(why), "{fault}");
        assert!(fault.why.starts_with("Redis at 127.0.0.1:"), "{fault}");
        says.abort();
    }
}

#[tokio::test]
async fn what_does_not_answer_has_two_seconds_for_all_who_ask() {
    let (listener, options) = listener().await;
    let directory = directory(options);
    let began = Instant::now();
    let lease = directory.announce(&server("t", "a"), &at(1));
    let asking = (0..20).map(|_| directory.resolve("t", None));
    let asked = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        hears(&mut stream).await;
        // Nothing comes from outside any more, so that nothing else takes time.
        let passed = began.elapsed();
        tokio::time::pause();
        (stream, passed)
    };
    let (outcomes, (stream, passed)) = tokio::join!(futures::future::join_all(asking), asked);
    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().kind, FaultKind::NoAnswer);
    }
    assert!(began.elapsed() < 2 * PATIENCE + passed, "{:?}, {passed:?}", began.elapsed());
    let asked = Instant::now();
    lease.withdraw(after(Duration::from_secs(1))).await;
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
    drop((stream, listener));
}

#[tokio::test]
async fn what_closes_the_connection_is_asked_once_more() {
    let (listener, options) = listener().await;
    let answer = |mut stream: TcpStream| async move {
        hears(&mut stream).await;
        stream.write_all(b"*2\r\n$1\r\n0\r\n*0\r\n").await.unwrap();
        // It is idle, and closed for that.
    };
    let serving = tokio::spawn(async move {
        loop {
            answer(listener.accept().await.unwrap().0).await;
        }
    });
    let directory = directory(options);
    for _ in 0..3 {
        assert_eq!(found(&directory, "t", None).await, []);
    }
    serving.abort();
}

#[tokio::test]
async fn whoever_gives_up_leaves_no_reply_to_others() {
    let (listener, options) = listener().await;
    let directory = directory(options);
    {
        let asked = directory.resolve("t", None);
        let accepted = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            hears(&mut stream).await;
            stream
        };
        tokio::select! {
            biased;
            _ = asked => panic!("nobody has answered"),
            stream = accepted => {
                // Too late: nobody waits for it any more.
                let mut stream = stream;
                stream.write_all(b"*2\r\n$1\r\n0\r\n*1\r\n$3\r\na:1\r\n").await.unwrap();
            }
        }
    }
    let serving = tokio::spawn(says(listener, b"*2\r\n$1\r\n0\r\n*0\r\n"));
    assert_eq!(found(&directory, "t", None).await, []);
    serving.abort();
}

#[tokio::test]
async fn nobody_listens() {
    let (listener, options) = listener().await;
    drop(listener);
    let directory = directory(options);
    let fault = asked(&directory, "t", None).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotConnected);
    assert!(fault.why.contains("cannot be connected to"), "{fault}");
}

#[tokio::test]
async fn a_reason_is_logged_once() {
    let (warnings, _guard) = Warnings::collect();
    let (listener, options) = listener().await;
    drop(listener);
    let directory = directory(RedisOptions { update: Duration::from_millis(100), ..options });
    let lease = directory.announce(&server("t", "a"), &at(1));
    for _ in 0..100 {
        directory.resolve("t", None).await.unwrap_err();
    }
    let is_told = || lease.fault().is_some_and(|fault| fault.kind == FaultKind::NotConnected);
    until("it fails", async || is_told()).await;
    let said = warnings.with("Redis at 127.0.0.1:");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("cannot be connected to"), "{said:?}");
}

#[tokio::test]
async fn what_it_says_is_no_flood() {
    let (warnings, _guard) = Warnings::collect();
    let (listener, options) = listener().await;
    let line = format!("-ERR {}\r\n", &forged().replace('\n', "\r")[..3000]);
    let says = tokio::spawn(says(listener, line.repeat(1000).leak().as_bytes()));
    let directory = directory(options);
    for _ in 0..1000 {
        directory.resolve("a\nb", None).await.unwrap_err();
    }
    assert!((1..100).contains(&warnings.with("").len()), "{}", warnings.with("").len());
    warnings.check_lines();
    says.abort();
}

#[tokio::test]
async fn redis_beside_a_log_that_panics_does_no_harm() {
    let _guard = Panicking::set();
    let redis = Server::start().await;
    redis.ask("SET ROUTER/t x").await;
    let directory = directory(soon(&redis));
    let lease = directory.announce(&server("t", "a"), &at(1));
    until("it fails", async || lease.fault().is_some()).await;
    assert_eq!(asked(&directory, "t", None).await.unwrap_err().kind, FaultKind::Conflict);
    redis.ask("DEL ROUTER/t").await;
    tokio::time::timeout(LONG, lease.announced()).await.unwrap();
}
