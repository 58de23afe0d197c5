//! What is found, and what is passed over.

use super::*;

async fn add(redis: &Server, key: &str, member: &[u8]) {
    redis.ask_words(&[b"SADD", key.as_bytes(), member]).await;
}

#[tokio::test]
async fn redis_without_entries_is_an_empty_directory() {
    let redis = Server::start().await;
    let directory = directory(redis.options());
    assert_eq!(found(&directory, "t", None).await, []);
    assert_eq!(found(&directory, "t", Some("a")).await, []);
}

#[tokio::test]
async fn redis_has_members_whose_own_keys_are_gone() {
    let redis = Server::start().await;
    for port in 1..=7_u16 {
        add(&redis, "ROUTER/t", at(port).to_string().as_bytes()).await;
    }
    for port in [2, 5] {
        add(&redis, &at(port).to_string(), b" ").await;
    }
    assert_eq!(found(&directory(redis.options()), "t", None).await, [at(2), at(5)]);
}

#[tokio::test]
async fn redis_has_members_that_are_no_addresses() {
    let redis = Server::start().await;
    let long = vec![b'a'; 8 << 20];
    let odd: [&[u8]; 9] =
        [b"", b" ", b"host", b"host:", b":1", b"host:99999", b"\xff\xfe:1", b"a b:1", &long];
    for member in odd {
        add(&redis, "ROUTER/t", member).await;
        // Each of them is there.
        redis.ask_words(&[b"SET", member, b"x"]).await;
    }
    add(&redis, "ROUTER/t", b"127.0.0.1:7").await;
    add(&redis, "127.0.0.1:7", b" ").await;
    // As Python writes it, and as we do.
    for six in ["::1:7", "[::1]:7"] {
        add(&redis, "ROUTER/t", six.as_bytes()).await;
        add(&redis, six, b" ").await;
    }
    let six = PeerAddress::new("::1", 7).unwrap();
    assert_eq!(found(&directory(redis.options()), "t", None).await, [at(7), six]);
}

#[tokio::test]
async fn redis_has_many_members_of_which_few_are_there() {
    let redis = Server::start().await;
    // As a script, for the time that it takes.
    let fill = "for n = 1, ARGV[1] do redis.call('SADD', KEYS[1], '10.0.' .. n .. ':7') end return 0";
    redis.ask_words(&[b"EVAL", fill.as_bytes(), b"1", b"ROUTER/t", b"20000"]).await;
    for port in [1, 2, 3] {
        add(&redis, "ROUTER/t", at(port).to_string().as_bytes()).await;
        add(&redis, &at(port).to_string(), b" ").await;
    }
    assert_eq!(found(&directory(redis.options()), "t", None).await, [at(1), at(2), at(3)]);
}

#[tokio::test]
async fn redis_has_more_that_are_there_than_anybody_wants() {
    let redis = Server::start().await;
    let fill = "for n = 1, 3000 do local at = '127.0.0.1:' .. n
        redis.call('SADD', KEYS[1], at) redis.call('SADD', at, ' ') end return 0";
    redis.ask_words(&[b"EVAL", fill.as_bytes(), b"1", b"ROUTER/t"]).await;
    let found = found(&directory(redis.options()), "t", None).await;
    assert_eq!(found.len(), 1024);
    assert!(found.iter().all(|address| address.host() == "127.0.0.1" && address.port() <= 3000));
}
