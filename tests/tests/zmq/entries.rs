//! What is in Redis, and who is not there any more.

use std::net::TcpListener;
use std::time::Duration;

use rpc_runtime::{CallOptions, Context, RpcError};
use rpc_tests::limits::PATIENCE;
use rpc_tests::pairing::Bus;
use rpc_tests::sample::{SampleApi, SampleFanoutApi, request};
use rpc_tests::{Redis, run, until};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::bus;

/// An address that nobody listens at.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// How many servers of the topic are in Redis, as it writes a number.
async fn entries(redis: &Redis) -> anyhow::Result<String> {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", redis.port())).await?);
    stream.write_all(b"SCARD ROUTER/topic\r\n").await?;
    let mut reply = String::new();
    stream.read_line(&mut reply).await?;
    Ok(reply)
}

#[test]
fn stale_entries_are_in_nobodys_way() {
    run(async {
        let (redis, bus) = bus().await;
        // Of servers that were killed, some of them so long ago that their own keys have expired.
        for n in 0..6 {
            let address = nobody();
            redis.add("ROUTER/topic", &address).await.unwrap();
            if n % 2 == 0 {
                redis.add(&address, " ").await.unwrap();
            }
        }
        for odd in ["nowhere", "127.0.0.1:0", "\u{e9}:1", ""] {
            redis.add("ROUTER/topic", odd).await.unwrap();
            redis.add(odd, " ").await.unwrap();
        }
        let _python = bus.python_server("python").await.unwrap();
        let api = bus.client(&[]).await.unwrap();
        let ctx = Context::request();
        for n in 0..20 {
            assert_eq!(api.echo(&ctx, json!(n)).await.unwrap(), n);
        }
    });
}

#[test]
fn calls_to_a_server_that_is_killed_end_at_once() {
    run(async {
        let (_redis, bus) = bus().await;
        let mut python = bus.python_server("python").await.unwrap();
        let options = CallOptions::new().timeout(PATIENCE * 2);
        let api = bus.client(&[]).await.unwrap().with(options);
        let ctx = Context::request();
        let call = api.slow(&ctx, 600.0);
        let killed = async {
            python.note().await.unwrap();
            python.kill().await.unwrap();
        };
        let (outcome, ()) = timeout(PATIENCE, async { tokio::join!(call, killed) }).await.unwrap();
        let error = outcome.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::Connection { .. })), "{error:?}");
        // Nobody is left, and the next call does not wait to find that out.
        let began = Instant::now();
        api.echo(&ctx, json!(1)).await.unwrap_err();
        assert!(began.elapsed() < PATIENCE / 4, "{:?}", began.elapsed());
    });
}

#[test]
fn a_server_that_comes_back_is_found() {
    run(async {
        let (_redis, bus) = bus().await;
        let python = bus.python_server("python").await.unwrap();
        let api = bus.client(&[]).await.unwrap();
        let ctx = Context::request();
        python.kill().await.unwrap();
        let _python = bus.python_server("python").await.unwrap();
        until("it answers", async || Ok(api.whoami(&ctx).await.ok())).await.unwrap();
    });
}

#[test]
fn a_server_that_stops_is_no_longer_found() {
    run(async {
        let (redis, bus) = bus().await;
        let leaving = bus.rust_server("leaving").await.unwrap();
        let _staying = bus.rust_server("staying").await.unwrap();
        leaving.stop().await.unwrap();
        // It waits two seconds for Redis to forget it, and this client asks that once.
        let forgotten = async || Ok((entries(&redis).await? == ":1\r\n").then_some(()));
        until("Redis has forgotten it", forgotten).await.unwrap();
        let mut client = bus.python_client().await.unwrap();
        for _ in 0..5 {
            let whoami = client.call(request("whoami", json!({}), json!({}))).await.unwrap();
            assert_eq!(whoami.unwrap()["server"], "staying");
        }
    });
}

#[test]
fn what_redis_has_lost_is_announced_again() {
    run(async {
        let (mut redis, bus) = bus().await;
        let updating = Bus::over_zmq(format!("{}?zmq_target_update=1", redis.url()));
        let _rust = updating.rust_server("rust").await.unwrap();
        redis.kill().await.unwrap();
        redis.restart().await.unwrap();
        let api = SampleApi::new(&bus.connect().await.unwrap());
        until("it is found", async || Ok(api.whoami(&Context::new()).await.ok())).await.unwrap();
    });
}

/// For longer than what it has said is believed.
#[test]
fn known_servers_go_on_without_redis() {
    run(async {
        let (mut redis, bus) = bus().await;
        let forgetting = Bus::over_zmq(format!("{}?zmq_target_update=1&zmq_target_expire=2", redis.url()));
        let mut server = forgetting.rust_server("rust").await.unwrap();
        let transport = forgetting.connect_to(&[]).await.unwrap();
        let (api, ctx) = (SampleApi::new(&transport), Context::new());
        redis.kill().await.unwrap();
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(3) {
            api.whoami(&ctx).await.unwrap();
        }
        SampleFanoutApi::new(&transport).note(&ctx, 1).await.unwrap();
        server.next_note().await.unwrap();
        let unknown = api.with(CallOptions::new().server("unknown"));
        let error = unknown.whoami(&ctx).await.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error:?}");
        let said = ["the directory does not tell: Redis", "the directory does not answer"];
        assert!(said.iter().any(|said| error.to_string().contains(said)), "{error}");
        redis.restart().await.unwrap();
        let other = SampleApi::new(&bus.connect().await.unwrap());
        until("it is announced again", async || Ok(other.whoami(&ctx).await.ok())).await.unwrap();
    });
}
