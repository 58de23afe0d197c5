//! Casts and fanouts.

use rpc_runtime::{CallOptions, Context};
use rpc_tests::amqp1::Mode;
use rpc_tests::pairing::Bus;
use rpc_tests::run;

use super::bus;

in_both_modes!(casts: a_cast_comes_to_the_other_language, a_fanout_comes_to_each_server_once);

/// As Python sends them: nobody says what becomes of them.
#[test]
fn casts_may_be_settled_when_they_are_sent() {
    run(async {
        let (router, bus) = bus(Mode::Routable).await;
        let mut python = bus.python_server("python").await.unwrap();
        let mut rust = bus.rust_server("rust").await.unwrap();
        let settling = Bus::over_amqp1(format!("{}?pre_settled=rpc-cast", router.url()));
        let api = settling.client(&[]).await.unwrap();
        for server in ["python", "rust"] {
            let api = api.with(CallOptions::new().server(server));
            for n in 0..300 {
                api.note(&Context::new(), n).await.unwrap();
            }
        }
        for _ in 0..300 {
            python.note().await.unwrap();
            rust.note().await.unwrap();
        }
    });
}
