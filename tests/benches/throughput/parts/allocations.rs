//! What one operation allocates, counted by a program of its own.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use rpc_tests::bench::Table;
use serde_json::Value;
use tokio::process::Command;

use super::in_memory;
use crate::bench::{Bench, WARM_UP, stop, within};
use crate::load::{Kind, Load};
use crate::report::{Report, Section};
use crate::role::{Contender, Queue, Setting, Shape};

const PROGRAM: &str = "allocations";
/// How names of variables begin that cargo sets for the package that it runs.
const OF_PACKAGE: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];
/// Every operation allocates the same, so little time is enough; what a load allocates to begin with is
/// spread over some thousand operations.
const TIME: std::time::Duration = std::time::Duration::from_secs(1);
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

const LOADS: [Load; 2] = [Load { kind: Kind::Call, in_flight: 16 }, Load { kind: Kind::Cast, in_flight: 64 }];

pub(super) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let program = program().await?;
    let mut table = Table::new(["", "client", "server", "client, bytes", "server, bytes"]);
    for body in bench.options.bodies() {
        let setting = Setting { queue: Queue::Classic, body };
        for contender in [Contender::Ours, Contender::RawOwn].into_iter().chain(in_memory::CONTENDERS) {
            let role = bench.role(contender, setting, Shape::SMALL);
            let mut pair = bench.pair_of(&program, role).await?;
            let on_broker = !in_memory::CONTENDERS.contains(&contender);
            for load in LOADS.into_iter().filter(|load| load.kind == Kind::Call || on_broker) {
                let what = format!("{body} bytes, allocations, {load}, {}", contender.name());
                within(LIMIT, &what, pair.run(load, WARM_UP)).await?;
                let (client, server) = within(LIMIT, &what, pair.allocations(load, TIME)).await?;
                eprintln!("{what}: {:.1}", client.count);
                let title = format!("{body} bytes, {load}, {}", contender.title());
                let (count, bytes) = (format!("{:.1}", client.count), format!("{:.0}", client.bytes));
                match server {
                    Some(server) => table.row([
                        title,
                        count,
                        format!("{:.1}", server.count),
                        bytes,
                        format!("{:.0}", server.bytes),
                    ]),
                    None => table.row([
                        title,
                        format!("{count} in all"),
                        String::new(),
                        format!("{bytes} in all"),
                    ]),
                }
            }
            stop([pair]).await?;
        }
    }
    report.add(Section { title: "Allocations of one operation".to_owned(), text: table.to_string() });
    Ok(())
}

/// Builds the program that counts, which takes some time if it is not there yet, and returns its path.
async fn program() -> Result<PathBuf> {
    let mut command = Command::new(env!("CARGO"));
    // What cargo told this program about its own package. Build scripts of dependencies look at it too, and
    // would take each other's crates for out of date for ever.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| OF_PACKAGE.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["bench", "--package", env!("CARGO_PKG_NAME"), "--bench", PROGRAM, "--no-run"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo bench --no-run: {}", output.status);
    let messages = String::from_utf8(output.stdout)?;
    let mut messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let path = messages.find_map(|message| {
        let mine = message["target"]["name"] == PROGRAM;
        message["executable"].as_str().filter(|_| mine).map(PathBuf::from)
    });
    path.with_context(|| format!("cargo did not say where the program {PROGRAM} is"))
}
