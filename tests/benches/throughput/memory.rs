//! The most memory that a client and a server have had with many calls in flight.

use std::time::Duration;

use anyhow::{Context, Result};
use rpc_tests::bench::Series;
use throughput_side::{Contender, Load, Usage};

use super::bench::{Bench, SIDE};
use super::report::{Report, table};

const CONTENDERS: [Contender; 2] = [Contender::Ours, Contender::RawOwn];
const IN_FLIGHT: [usize; 2] = [1, 10_000];
/// Long enough for every call to have been in flight.
const TIME: Duration = Duration::from_secs(2);

const NOTE: &str = "In MiB, of processes of their own for each line and round. Python is not measured: \
    it would need 10,000 threads.";

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let rounds = bench.options.rounds;
    let cases = CONTENDERS.into_iter().flat_map(|contender| IN_FLIGHT.map(|calls| (contender, calls)));
    let mut rows: Vec<_> = cases.map(|case| (case, Series::default(), Series::default())).collect();
    for round in 1..=rounds {
        for ((contender, in_flight), of_client, of_server) in &mut rows {
            let what = format!("memory, {in_flight} in flight, {}", contender.title());
            let mut pair = bench.pair(&bench.setup(*contender), SIDE).await?;
            pair.run(Load::Calls(*in_flight), TIME).await.with_context(|| what.clone())?;
            let (client, server) = pair.usage().await?;
            pair.stop().await?;
            let mebibytes = |usage: Usage| usage.peak_kib as f64 / 1024.0;
            eprintln!("round {round}/{rounds}: {what}: {:.1} MiB", mebibytes(client));
            of_client.push(Some(mebibytes(client)));
            of_server.push(server.map(mebibytes));
        }
    }
    let mut table = table(["", "client", "server"]);
    for ((contender, in_flight), client, server) in rows {
        let calls = if in_flight == 1 { "call" } else { "calls" };
        let title = format!("{}, {in_flight} {calls} in flight", contender.title());
        table.add_row([title, client.cell(1), server.cell(1)]);
    }
    report.add("Peak memory", &format!("{NOTE}\n\n{table}"));
    Ok(())
}
