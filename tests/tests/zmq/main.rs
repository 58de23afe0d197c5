//! Rust and Python over ZeroMQ without a broker, in all pairings: they find each other in a Redis of the test's own.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

/// A test of each of these pairings.
macro_rules! pairings {
    ($($module:ident: $($test:ident),+;)+) => {
        $(
            mod $module {
                $(
                    #[test]
                    fn $test() {
                        rpc_tests::run(async {
                            let (_redis, bus) = super::bus().await;
                            rpc_tests::pairing::$module::$test(&bus).await.unwrap();
                        });
                    }
                )+
            }
        )+
    };
}

mod entries;
mod first;

use rpc_tests::Redis;
use rpc_tests::pairing::Bus;

pairings! {
    calls:
        python_answers_rust,
        rust_answers_python,
        servers_of_both_languages_serve_a_topic,
        many_calls_at_once_have_each_their_own_answer;
    casts: a_cast_comes_to_the_other_language, a_fanout_comes_to_each_server_once;
    errors: rust_has_its_own_error_for_what_python_raises, python_raises_the_classes_that_rust_names;
    python: python_works_with_itself;
}

/// The bus of a Redis.
async fn bus() -> (Redis, Bus) {
    let redis = Redis::start().await.unwrap();
    let bus = Bus::over_zmq(redis.url());
    (redis, bus)
}
