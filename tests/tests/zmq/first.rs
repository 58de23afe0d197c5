//! The first service of the book, whose URL says that it is ZeroMQ.

use rpc_runtime::{CallOptions, Context, RemoteError, Transport, rpc_manager};
use rpc_tests::{Program, Reservation, run, until};
use serde_json::json;

use super::bus;

/// What the service has, as another program would write it.
#[rpc_manager(topic = "greeter", version = "1.0")]
pub(super) trait Greeter {
    /// Says hello.
    #[rpc(call)]
    async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
}

fn start(url: &str) -> Program {
    let environment = [("RPC_TRANSPORT_URL", url)];
    Program::start_with(env!("CARGO_BIN_EXE_first_service"), [""; 0], &environment).unwrap()
}

async fn answers(url: &str) {
    let api = GreeterApi::new(&Transport::connect(url).await.unwrap());
    let greeting = until("the service listens", async || {
        Ok(api.with(CallOptions::new().server("host1")).greet(&Context::new(), "Alice").await.ok())
    });
    assert_eq!(greeting.await.unwrap(), "hello Alice");
}

async fn stop(service: Program) {
    service.listens_to_signals().await.unwrap();
    service.terminate().unwrap();
    let (log, _) = service.log_and_success().await.unwrap();
    assert_eq!(log, "");
}

#[test]
fn it_is_found_by_a_list() {
    run(async {
        let places = Reservation::<1>::new().unwrap();
        let [port] = places.ports();
        let url = format!("zmq://127.0.0.1:{port}/");
        let service = start(&url);
        answers(&url).await;
        stop(service).await;
    });
}

#[test]
fn it_is_found_by_redis_and_answers_python() {
    run(async {
        let (redis, bus) = bus().await;
        let service = start(&redis.url());
        answers(&redis.url()).await;
        let mut client = bus.python_client().await.unwrap();
        let call = json!({"topic": "greeter", "method": "greet", "args": {"name": "Alice"}});
        assert_eq!(client.call(call).await.unwrap().unwrap(), "hello Alice");
        client.stop().await.unwrap();
        stop(service).await;
    });
}
