//! What one operation allocates, counted by a program of its own.

use std::time::Duration;

use anyhow::{Context, Result};
use throughput_side::{Contender, Load, Setup};

use super::bench::Bench;
use super::figures::Each;
use super::in_memory;
use super::report::{Report, table};

const PROGRAM: &str = env!("CARGO_BIN_EXE_throughput-side-counted");
/// Every operation allocates the same, so little time is enough; what a load allocates to begin with is
/// spread over some thousand operations.
const TIME: Duration = Duration::from_secs(1);
const LOADS: [Load; 2] = [Load::Calls(16), Load::Casts(64)];

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut table = table(["", "client", "server", "client, bytes", "server, bytes"]);
    for &body in &bench.options.body {
        for contender in [Contender::Ours, Contender::RawOwn].into_iter().chain(in_memory::CONTENDERS) {
            let mut pair = bench.pair(&Setup { body, ..bench.setup(contender) }, PROGRAM).await?;
            for load in
                LOADS.into_iter().filter(|load| matches!(load, Load::Calls(_)) || !contender.in_memory())
            {
                let title = format!("{body} bytes, {load}, {}", contender.title());
                let sample = pair.measure(load, TIME).await.with_context(|| title.clone())?;
                eprintln!("allocations, {title}: {:.1}", sample.client.allocations);
                let counted = |each: Each| (format!("{:.1}", each.allocations), format!("{:.0}", each.bytes));
                let (count, bytes) = counted(sample.client);
                let row = match sample.server.map(counted) {
                    Some((of_server, bytes_of_server)) => [count, of_server, bytes, bytes_of_server],
                    None => {
                        [format!("{count} in all"), String::new(), format!("{bytes} in all"), String::new()]
                    }
                };
                table.add_row([title].into_iter().chain(row));
            }
            pair.stop().await?;
        }
    }
    report.add("Allocations of one operation", &table.to_string());
    Ok(())
}
