//! When, where and of what a run was.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use rpc_tests::bench::Machine;

use super::bench::Bench;
use super::process::interpreter;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const LOCK: &str = include_str!("../../../Cargo.lock");
const PYTHON: &str = "import importlib.metadata as m, platform as p; \
    print(f\"oslo.messaging {m.version('oslo.messaging')} on Python {p.python_version()}\")";

/// The lines above the tables.
pub(crate) async fn header(bench: &Bench) -> Result<String> {
    let options = &bench.options;
    let broker = match &bench.broker {
        Some(broker) => {
            let node = broker.node();
            let version: String = node.ask("list_to_binary(rabbit_misc:version())").await?;
            let erlang: String = node.ask("list_to_binary(erlang:system_info(otp_release))").await?;
            format!("RabbitMQ {version} on Erlang/OTP {erlang}")
        }
        None => "the broker of `--url`".to_owned(),
    };
    // Its first argument is the path of the program, and `--bench` is cargo's.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").map(without_url).collect();
    Ok(format!(
        "`cargo bench -p rpc-tests --bench throughput{}{}` on {}: {} rounds of {} s; clients, servers and \
         broker on {}. {broker}; lapin {}; {}; tarpc {}; {}; this project at {}.\n",
        if arguments.is_empty() { "" } else { " -- " },
        arguments.join(" "),
        output("date", &["-u", "+%F"])?,
        options.rounds(),
        options.time().as_secs_f64(),
        Machine::this()?,
        locked("lapin")?,
        output(interpreter(), &["-c", PYTHON]).unwrap_or_else(|_| "no oslo.messaging".to_owned()),
        locked("tarpc")?,
        output("rustc", &["--version"])?,
        output("git", &["-C", PROJECT, "describe", "--always", "--dirty"])
            .unwrap_or_else(|_| "no commit".to_owned()),
    ))
}

/// The URL of a broker has a password.
fn without_url(argument: String) -> String {
    match argument.contains("://") {
        true => "URL".to_owned(),
        false => argument,
    }
}

/// The version of a dependency.
fn locked(dependency: &str) -> Result<&'static str> {
    let entry = format!("\nname = \"{dependency}\"\nversion = \"");
    let (_, rest) = LOCK.split_once(&entry).with_context(|| format!("{dependency} is not locked"))?;
    Ok(rest.split('"').next().unwrap_or_default())
}

/// What a program prints.
fn output(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Result<String> {
    let program = program.as_ref();
    let output = Command::new(program).args(arguments).output().with_context(|| format!("{program:?}"))?;
    ensure!(output.status.success(), "{program:?} ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
