//! The Python client in the book calls a service as the book has it.

use rpc_runtime::prelude::*;
use rpc_tests::limits::PATIENCE;
use rpc_tests::python;
use tokio::time::timeout;

use super::{connect, vhost};

const CHAPTER: &str = include_str!("../../../examples/book/src/python.md");

#[rpc_manager(topic = "greeter", version = "1.0")]
trait Greeter {
    #[rpc(call)]
    async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
}

struct Desk;

impl Greeter for Desk {
    async fn greet(&self, _: Context, name: String) -> Result<String, RemoteError> {
        Ok(format!("hello {name}"))
    }
}

#[tokio::test]
async fn its_python_client_is_answered() {
    let vhost = vhost("book").await;
    let server = GreeterApi::serve(&connect(&vhost).await, "host1", Desk).await.unwrap();
    let script = CHAPTER.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let url = "rabbit://guest:guest@localhost:5672/";
    assert!(script.contains(url), "{script}");
    let mut client = python().unwrap();
    client.arg("-c").arg(script.replace(url, &vhost.url())).kill_on_drop(true);
    let output = timeout(PATIENCE, client.output()).await.unwrap().unwrap();
    let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(out.trim(), "hello Alice", "{errors}");
    server.shutdown(PATIENCE).await.unwrap();
}
