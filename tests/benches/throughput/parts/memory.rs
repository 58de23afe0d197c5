//! The most memory that a client and a server have had with many calls in flight.

use std::time::Duration;

use anyhow::Result;
use rpc_tests::bench::{Series, Table};

use crate::bench::{Bench, stop, within};
use crate::load::{Kind, Load};
use crate::report::{Report, Section};
use crate::role::{Contender, Setting, Shape};

const FEW: usize = 1;
const MANY: usize = 10_000;
const CONTENDERS: [Contender; 2] = [Contender::Ours, Contender::RawOwn];
/// Long enough for every call to have been in flight.
const TIME: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(120);

const NOTE: &str = "In MiB, of processes of their own for each line and round. Python is not measured: \
    it would need 10,000 threads.";

pub(super) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut table = Table::new(["", "client", "server"]);
    let cases =
        CONTENDERS.into_iter().flat_map(|contender| [FEW, MANY].map(|in_flight| (contender, in_flight)));
    let mut rows: Vec<_> = cases.map(|case| (case, Series::default(), Series::default())).collect();
    for round in 1..=bench.options.rounds() {
        for ((contender, in_flight), client, server) in &mut rows {
            let what = format!("memory, {in_flight} calls in flight, {}", contender.name());
            let mut pair = bench.pair(*contender, Setting::MAIN, Shape::SMALL).await?;
            let load = Load { kind: Kind::Call, in_flight: *in_flight };
            within(LIMIT, &what, pair.run(load, TIME)).await?;
            let (of_client, of_server) = pair.peak_memory()?;
            stop([pair]).await?;
            let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
            eprintln!("round {round}/{}: {what}: {:.1} MiB", bench.options.rounds(), mebibytes(of_client));
            client.push(Some(mebibytes(of_client)));
            server.push(of_server.map(mebibytes));
        }
    }
    for ((contender, in_flight), client, server) in rows {
        let calls = if in_flight == 1 { "call" } else { "calls" };
        table.row([
            format!("{}, {in_flight} {calls} in flight", contender.title()),
            client.cell(1),
            server.cell(1),
        ]);
    }
    report.add(Section { title: "Peak memory".to_owned(), text: format!("{NOTE}\n\n{table}") });
    Ok(())
}
