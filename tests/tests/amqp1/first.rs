//! The first service of the book, whose URL says that it is AMQP 1.0.

use rpc_tests::amqp1::Mode;
use rpc_tests::{Program, run, until};
use serde_json::json;

use super::bus;

#[test]
fn it_answers_python_until_it_is_told_to_stop() {
    run(async {
        let (mut router, bus) = bus(Mode::Routable).await;
        let url = router.url();
        let environment = [("RPC_TRANSPORT_URL", url.as_str())];
        let service =
            Program::start_with(env!("CARGO_BIN_EXE_first_service"), [""; 0], &environment).unwrap();
        until("the service listens", async || {
            Ok((router.links("greeter").await?.consumers == 3).then_some(()))
        })
        .await
        .unwrap();
        let mut client = bus.python_client().await.unwrap();
        let call = json!({"topic": "greeter", "method": "greet", "args": {"name": "Alice"}});
        assert_eq!(client.call(call).await.unwrap().unwrap(), "hello Alice");
        client.stop().await.unwrap();
        service.listens_to_signals().await.unwrap();
        service.terminate().unwrap();
        let (log, _) = service.log_and_success().await.unwrap();
        assert_eq!(log, "");
        until("nothing of it is left", async || Ok((router.links("").await?.connections == 0).then_some(())))
            .await
            .unwrap();
    });
}
