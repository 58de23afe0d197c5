//! `boot_instance`: four services, one instance, and HTTP in front of them.
#![allow(clippy::panic, clippy::unwrap_used)]

use rpc_tests::{Broker, Program, run, until};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const BOOT: &str = env!("CARGO_BIN_EXE_boot_instance");

/// One request of HTTP/1.1; the status and the JSON body of its answer.
async fn http(address: &str, request: &str, body: &str) -> anyhow::Result<(u16, Value)> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
    Ok((status, serde_json::from_str(body)?))
}

/// Where the api listens, from the line in which it says how to use it.
async fn address(api: &mut Program) -> String {
    let line = api.line_with("curl -X POST http://").await.unwrap();
    line.split(['/', ' ']).find(|part| part.starts_with("127.0.0.1:")).unwrap().to_owned()
}

/// Creates an instance and waits until it is no longer being built.
async fn boot(address: &str, memory_mb: u64) -> Value {
    let body = json!({"name": "vm1", "memory_mb": memory_mb}).to_string();
    let (status, created) = http(address, "POST /servers", &body).await.unwrap();
    assert_eq!((status, &created["status"], &created["host"]), (202, &json!("BUILD"), &Value::Null));
    let path = format!("GET /servers/{}", created["id"].as_str().unwrap());
    until("the instance is built", async || match http(address, &path, "").await? {
        (200, instance) if instance["status"] != "BUILD" => Ok(Some(instance)),
        // The conductor may not have come to the cast yet.
        (200 | 404, _) => Ok(None),
        other => anyhow::bail!("{other:?}"),
    })
    .await
    .unwrap()
}

/// Boots instances until the scheduler has heard of the host.
async fn boot_somewhere(address: &str) -> Value {
    until("an instance is active", async || {
        let instance = boot(address, 512).await;
        Ok((instance["status"] == "ACTIVE").then_some(instance))
    })
    .await
    .unwrap()
}

async fn stop(program: Program) -> Vec<String> {
    program.terminate().unwrap();
    let lines = program.success().await.unwrap();
    assert_eq!(lines.last().map(String::as_str), Some("stopped"), "{lines:#?}");
    lines
}

#[test]
fn four_processes_boot_an_instance() {
    run(async {
        let vhost = Broker::shared().unwrap().vhost("boot").await.unwrap();
        let url = vhost.url();
        let start = |service: &str| {
            let args =
                ["--transport", &url, "--service", service, "--host", "host9", "--listen", "127.0.0.1:0"];
            Program::start(BOOT, args).unwrap()
        };
        let mut services = Vec::new();
        for service in ["conductor", "scheduler", "compute"] {
            let mut program = start(service);
            program.line_with(&format!("serving {service}.host9")).await.unwrap();
            services.push(program);
        }
        let mut api = start("api");
        let address = address(&mut api).await;

        let instance = boot_somewhere(&address).await;
        assert_eq!((&instance["name"], &instance["host"]), (&json!("vm1"), &json!("host9")));
        let too_large = boot(&address, 1 << 20).await;
        assert_eq!(too_large["status"], "ERROR");
        assert!(too_large["fault"].as_str().unwrap().contains("No valid host was found"), "{too_large}");
        let missing = "GET /servers/11111111-1111-4111-8111-111111111111";
        let (status, body) = http(&address, missing, "").await.unwrap();
        assert_eq!(status, 404);
        assert!(body["error"].as_str().unwrap().contains("could not be found"), "{body}");

        stop(api).await;
        let mut printed = Vec::new();
        for service in services.into_iter().rev() {
            printed.extend(stop(service).await);
        }
        for request in [
            "[conductor host9] cast build_instances ",
            "[scheduler host9] call select_destinations ",
            "[scheduler host9] cast update_service_capabilities ",
            "[compute host9] cast build_and_run_instance ",
            "[conductor host9] cast update_instance ",
            "[conductor host9] call get_instance ",
        ] {
            assert!(printed.iter().any(|line| line.starts_with(request)), "{request}: {printed:#?}");
        }
    });
}

#[test]
fn one_process_boots_an_instance() {
    run(async {
        let mut program = Program::start(BOOT, ["--listen", "127.0.0.1:0"]).unwrap();
        let address = address(&mut program).await;
        assert_eq!(boot_somewhere(&address).await["host"], "host1");
        stop(program).await;
    });
}

#[test]
fn services_apart_need_a_broker() {
    run(async {
        let error = Program::start(BOOT, ["--service", "api"]).unwrap().success().await.unwrap_err();
        assert!(error.to_string().contains("memory:// ends at this process"), "{error}");
    });
}
