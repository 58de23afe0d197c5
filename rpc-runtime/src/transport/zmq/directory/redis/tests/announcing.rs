//! What is announced is in Redis for as long as somebody wants it.

use super::super::reply::Reply;
use super::*;

/// What a Python server at that address has in Redis, which it leaves when it is killed.
async fn python(redis: &Server, topic: &str, address: &str) {
    for command in [
        format!("SADD ROUTER/{topic} {address}"),
        format!("EXPIRE ROUTER/{topic} 300"),
        format!("EXPIRE {address} 300"),
    ] {
        redis.ask_words(&[b"SADD", address.as_bytes(), b" "]).await;
        redis.ask(&command).await;
    }
}

/// Waits until entries have been renewed once more.
async fn renewed(redis: &Server, address: &str) {
    assert_eq!(redis.number(&format!("EXPIRE {address} 30")).await, 1);
    until("it is renewed", async || redis.number(&format!("TTL {address}")).await > 30).await;
}

#[tokio::test]
async fn redis_has_the_keys_of_python() {
    let redis = Server::start().await;
    let directory = directory(redis.options());
    let lease = directory.announce(&server("volume", "host1@lvm"), &at(5701));
    lease.announced().await;
    for (key, members) in [
        ("ROUTER/volume", ["127.0.0.1:5701"]),
        ("ROUTER/volume/host1", ["127.0.0.1:5701"]),
        ("127.0.0.1:5701", [" "]),
    ] {
        assert_eq!(redis.members(key).await, members, "{key}");
        let left = redis.number(&format!("TTL {key}")).await;
        assert!((1..=60).contains(&left), "{key}: {left}");
    }
    assert_eq!(redis.number("DBSIZE").await, 3);
    lease.withdraw(after(LONG)).await;
    assert_eq!(redis.number("DBSIZE").await, 0);
}

#[tokio::test]
async fn redis_has_an_entry_until_its_lease_is_dropped() {
    let redis = Server::start().await;
    let directory = directory(redis.options());
    let lease = directory.announce(&server("t", "a"), &at(1));
    lease.announced().await;
    drop(lease);
    until("it is gone", async || redis.number("DBSIZE").await == 0).await;
    // One that is dropped at once leaves nothing either.
    drop(directory.announce(&server("t", "a"), &at(1)));
    let lease = directory.announce(&server("u", "a"), &at(2));
    lease.announced().await;
    assert_eq!(redis.number("DBSIZE").await, 3);
    // It outlives the directory.
    drop(directory);
    drop(lease);
    until("all is gone", async || redis.number("DBSIZE").await == 0).await;
}

#[tokio::test]
async fn redis_keeps_what_servers_of_one_process_share() {
    let redis = Server::start().await;
    let directory = directory(redis.options());
    let first = directory.announce(&server("t", "a"), &at(1));
    let second = directory.announce(&server("t", "b"), &at(1));
    let python_at = "127.0.0.1:2";
    python(&redis, "t", python_at).await;
    first.announced().await;
    second.announced().await;
    first.withdraw(after(LONG)).await;
    assert_eq!(found(&directory, "t", Some("a")).await, []);
    assert_eq!(found(&directory, "t", Some("b")).await, [at(1)]);
    second.withdraw(after(LONG)).await;
    assert_eq!(found(&directory, "t", None).await, [at(2)]);
    assert_eq!(redis.members("ROUTER/t").await, [python_at]);
}

#[tokio::test]
async fn redis_entries_are_renewed() {
    let redis = Server::start().await;
    let directory = directory(soon(&redis));
    let lease = directory.announce(&server("t", "a"), &at(1));
    lease.announced().await;
    renewed(&redis, "127.0.0.1:1").await;
    // What others have said of a set that is theirs too is not made shorter.
    python(&redis, "t", "127.0.0.1:2").await;
    renewed(&redis, "127.0.0.1:1").await;
    renewed(&redis, "127.0.0.1:1").await;
    assert!(redis.number("TTL ROUTER/t").await > 60);
    assert!(redis.number("TTL ROUTER/t/a").await <= 60);
    drop(lease);
}

#[tokio::test]
async fn redis_that_has_lost_all_is_told_again() {
    let mut redis = Server::start().await;
    let directory = directory(soon(&redis));
    let lease = directory.announce(&server("t", "a"), &at(1));
    lease.announced().await;
    redis.ask("FLUSHALL").await;
    until("it is there again", async || redis.number("DBSIZE").await == 3).await;
    redis.kill().await;
    let is_noticed = || lease.fault().is_some_and(|fault| fault.kind == FaultKind::NotConnected);
    until("it is noticed", async || is_noticed()).await;
    assert_eq!(asked(&directory, "t", None).await.unwrap_err().kind, FaultKind::NotConnected);
    redis.run().await;
    until("it is there after a restart", async || redis.number("DBSIZE").await == 3).await;
    lease.announced().await;
    assert_eq!(found(&directory, "t", Some("a")).await, [at(1)]);
}

#[tokio::test]
async fn redis_that_comes_late_is_told_all_the_same() {
    let mut redis = Server::start().await;
    redis.kill().await;
    let directory = directory(soon(&redis));
    let lease = directory.announce(&server("t", "a"), &at(1));
    until("it fails", async || lease.fault().is_some()).await;
    redis.run().await;
    tokio::time::timeout(LONG, lease.announced()).await.unwrap();
    assert!(lease.fault().is_none());
    // What is withdrawn while it is away is not waited for in vain.
    redis.kill().await;
    let began = Instant::now();
    lease.withdraw(after(LONG)).await;
    assert!(began.elapsed() < LONG / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn redis_with_a_key_of_another_kind_takes_the_others() {
    let redis = Server::start().await;
    redis.ask("SET ROUTER/odd x").await;
    let directory = directory(soon(&redis));
    let odd = directory.announce(&server("odd", "a"), &at(1));
    let even = directory.announce(&server("even", "a"), &at(1));
    even.announced().await;
    let is_told = || odd.fault().is_some_and(|fault| fault.kind == FaultKind::Conflict);
    until("it fails", async || is_told()).await;
    let fault = odd.fault().unwrap();
    assert!(fault.why.contains("WRONGTYPE"), "{fault}");
    assert_eq!(asked(&directory, "odd", None).await.unwrap_err().kind, FaultKind::Conflict);
    assert_eq!(found(&directory, "odd", Some("a")).await, [at(1)]);
    redis.ask("DEL ROUTER/odd").await;
    tokio::time::timeout(LONG, odd.announced()).await.unwrap();
    assert_eq!(found(&directory, "odd", None).await, [at(1)]);
}

#[tokio::test]
async fn redis_wants_to_know_who_it_is() {
    let nova = ["--user", "nova", "on", ">mine", "~*", "+@all"];
    let redis = Server::with(&[&["--requirepass", "s ecret"], &nova[..]].concat()).await;
    let login = |user: &str, password: &str| RedisOptions {
        login: Login { user: user.to_owned(), password: password.to_owned() },
        ..redis.options()
    };
    for (user, password, kind) in [
        ("", "s ecret", None),
        ("default", "s ecret", None),
        ("nova", "mine", None),
        ("", "", Some(FaultKind::Forbidden)),
        ("", "mine", Some(FaultKind::Forbidden)),
        ("nova", "s ecret", Some(FaultKind::Forbidden)),
        ("cinder", "mine", Some(FaultKind::Forbidden)),
    ] {
        let directory = directory(login(user, password));
        let failed = asked(&directory, "t", None).await.err();
        assert_eq!(failed.as_ref().map(|fault| fault.kind), kind, "{user} {password}: {failed:?}");
        let said = failed.map_or_else(String::new, |fault| fault.why);
        assert!(!said.contains("s ecret") && !said.contains("mine"), "{said}");
        assert!(!format!("{directory:?}").contains("s ecret"));
    }
}

#[tokio::test]
async fn redis_has_several_databases() {
    let redis = Server::start().await;
    let of = |database| directory(RedisOptions { database, ..redis.options() });
    let lease = of(3).announce(&server("t", "a"), &at(1));
    lease.announced().await;
    assert_eq!(found(&of(3), "t", None).await, [at(1)]);
    assert_eq!(found(&of(0), "t", None).await, []);
    assert_eq!(redis.ask("GET ROUTER/t").await, Reply::Nothing);
    let fault = asked(&of(99), "t", None).await.unwrap_err();
    assert!(fault.why.contains("out of range"), "{fault}");
}
