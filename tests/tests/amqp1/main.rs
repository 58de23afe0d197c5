//! Rust and Python over AMQP 1.0, in all pairings: over a router in both forms of addresses, over the example broker of
//! Proton, and what RabbitMQ 4 can do of it.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

/// A test of each of these pairings, with this form of addresses.
macro_rules! in_one_mode {
    ($mode:ident $module:ident: $($test:ident),+) => {
        $(
            #[test]
            fn $test() {
                rpc_tests::run(async {
                    let (_router, bus) = $crate::bus(rpc_tests::amqp1::Mode::$mode).await;
                    rpc_tests::pairing::$module::$test(&bus).await.unwrap();
                });
            }
        )+
    };
}

/// The same with each form of addresses.
macro_rules! in_both_modes {
    ($module:ident: $($test:ident),+) => {
        mod legacy {
            in_one_mode!(Legacy $module: $($test),+);
        }
        mod routable {
            in_one_mode!(Routable $module: $($test),+);
        }
    };
}

mod broker;
mod calls;
mod casts;
mod first;
mod links;
mod options;
mod rabbitmq4;
mod tls;

use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::pairing::Bus;

mod errors {
    in_one_mode!(Routable errors: rust_has_its_own_error_for_what_python_raises);
    in_one_mode!(Legacy errors: python_raises_the_classes_that_rust_names);
}

mod python {
    in_both_modes!(python: python_works_with_itself);
}

/// The bus of a router.
async fn bus(mode: Mode) -> (Router, Bus) {
    let router = Router::start(mode).await.unwrap();
    let bus = Bus::over_amqp1(router.url());
    (router, bus)
}
