//! The Python clients in the book call services as the book has them.

use std::ffi::OsStr;

use rpc_runtime::config::Config;
use rpc_runtime::prelude::*;
use rpc_tests::limits::PATIENCE;
use rpc_tests::python;
use tokio::time::timeout;

use super::{connect, vhost};

const WITH_PYTHON: &str = include_str!("../../../examples/book/src/python.md");
const JOINING: &str = include_str!("../../../examples/book/src/joining.md");
/// The broker that the book has.
const URL: &str = "rabbit://guest:guest@localhost:5672/";

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

/// The first block of a language, with another broker.
fn block(chapter: &str, language: &str, url: &str) -> String {
    let block = chapter.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap();
    block.replace(URL, url)
}

/// What a script prints.
async fn printed(script: &str, arguments: &[&OsStr]) -> String {
    let mut client = python().unwrap();
    client.arg("-c").arg(script).args(arguments).kill_on_drop(true);
    let output = timeout(PATIENCE, client.output()).await.unwrap().unwrap();
    let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}{}", if output.status.success() { "" } else { &errors })
}

#[tokio::test]
async fn its_python_client_is_answered() {
    let vhost = vhost("book").await;
    let server = GreeterApi::serve(&connect(&vhost).await, "host1", Desk).await.unwrap();
    let script = block(WITH_PYTHON, "python", &vhost.url());
    assert!(script.contains(&vhost.url()), "{script}");
    assert_eq!(printed(&script, &[]).await.trim(), "hello Alice");
    server.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test]
async fn a_service_of_a_nova_conf_answers_the_ping_of_oslo_messaging() {
    let vhost = vhost("book-joining").await;
    let nova_conf = tempfile::NamedTempFile::new().unwrap();
    let text = block(JOINING, "ini", &vhost.url());
    assert!(text.contains(&vhost.url()), "{text}");
    std::fs::write(nova_conf.path(), text).unwrap();
    let config = Config::builder().file(nova_conf.path()).read().unwrap();
    let transport = Transport::from_config(&config).await.unwrap();
    let server = GreeterApi::serve(&transport, "host1", Desk).config(&config).await.unwrap();
    let arguments = ["--config-file".as_ref(), nova_conf.path().as_os_str()];
    assert_eq!(printed(&block(JOINING, "python", &vhost.url()), &arguments).await.trim(), "pong");
    server.shutdown(PATIENCE).await.unwrap();
}
