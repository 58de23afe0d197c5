//! What holds for every bus: each test is written once and run over all of them.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

/// A test for each bus of each of these functions.
macro_rules! everywhere {
    ($($test:ident),+ $(,)?) => {
        everywhere!(@ memory Memory $($test)+);
        everywhere!(@ rabbit Rabbit $($test)+);
        everywhere!(@ zmq Zmq $($test)+);
        everywhere!(@ zmqs Zmqs $($test)+);
        everywhere!(@ zmq_redis ZmqRedis $($test)+);
        everywhere!(@ amqp1 Amqp1 $($test)+);
        everywhere!(@ amqp1s Amqp1s $($test)+);
    };
    (@ $module:ident $bus:ident $($test:ident)+) => {
        mod $module {
            $(
                #[test]
                fn $test() {
                    rpc_tests::run(async {
                        super::$test($crate::bus::Bus::new($crate::bus::Kind::$bus).await).await
                    });
                }
            )+
        }
    };
}

mod bus;
mod calls;
mod deadlines;
mod servers;
mod shop;
