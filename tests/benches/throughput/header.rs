//! When, where and of what a run was.

use std::fs::read_to_string;
use std::thread::available_parallelism;

use anyhow::{Context, Result, ensure};
use procfs::{CpuInfo, Current, Meminfo};
use rpc_tests::bench::locked;
use rpc_tests::python;
use tokio::process::Command;

use super::bench::Bench;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const LOCK: &str = include_str!("../../../Cargo.lock");
const OSLO: &str = "import importlib.metadata as m, platform as p; \
    print(f\"oslo.messaging {m.version('oslo.messaging')} on Python {p.python_version()}\")";

/// The line above the tables.
pub(crate) async fn header(bench: &Bench) -> Result<String> {
    // Its first argument is the path of the program, and `--bench` is cargo's.
    let arguments = std::env::args().skip(1).filter(|argument| argument != "--bench").map(without_url);
    let arguments = arguments.map(|argument| format!(" {argument}")).collect::<String>();
    let broker = match &bench.broker {
        Some(broker) => {
            let node = broker.node();
            let version: String = node.ask("list_to_binary(rabbit_misc:version())").await?;
            let erlang: String = node.ask("list_to_binary(erlang:system_info(otp_release))").await?;
            format!("RabbitMQ {version} on Erlang/OTP {erlang}")
        }
        None => "the broker of `--url`".to_owned(),
    };
    let oslo = match python() {
        Ok(mut python) => output(python.args(["-c", OSLO])).await,
        Err(why) => Err(why),
    };
    Ok(format!(
        "`cargo bench -p rpc-benches --bench throughput{}{arguments}` on {}: {} rounds of {} s; clients, servers \
         and broker on {}. {broker}; lapin {}; fe2o3-amqp {}; zeromq {}; {}; tarpc {}; tonic {}; {}; this project at {}.",
        if arguments.is_empty() { "" } else { " --" },
        output(Command::new("date").args(["-u", "+%F"])).await?,
        bench.options.rounds,
        bench.options.time().as_secs_f64(),
        machine()?,
        locked(LOCK, "lapin")?,
        locked(LOCK, "fe2o3-amqp")?,
        locked(LOCK, "zeromq")?,
        oslo.unwrap_or_else(|_| "no oslo.messaging".to_owned()),
        locked(LOCK, "tarpc")?,
        locked(LOCK, "tonic")?,
        output(Command::new("rustc").arg("--version")).await?,
        output(Command::new("git").args(["-C", PROJECT, "describe", "--always", "--dirty"]))
            .await
            .unwrap_or_else(|_| "no commit".to_owned()),
    ))
}

/// The URL of a broker has a password.
fn without_url(argument: String) -> String {
    if argument.contains("://") { "URL".to_owned() } else { argument }
}

fn machine() -> Result<String> {
    let processors = CpuInfo::current()?;
    // Not every architecture names its processors.
    let processor = processors.model_name(0).unwrap_or("unknown make");
    let gibibytes = Meminfo::current()?.mem_total as f64 / f64::from(1 << 30);
    let (cores, kernel) = (available_parallelism()?, read_to_string("/proc/sys/kernel/osrelease")?);
    Ok(format!("{cores} cores of {processor}, {gibibytes:.0} GiB of memory, Linux {}", kernel.trim()))
}

/// What a program prints.
async fn output(command: &mut Command) -> Result<String> {
    let output = command.output().await.with_context(|| format!("{:?}", command.as_std()))?;
    ensure!(output.status.success(), "{:?} ended with {}", command.as_std(), output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
