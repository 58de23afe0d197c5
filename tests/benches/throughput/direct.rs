//! `zmq://` beside raw ZeroMQ, tarpc and tonic, each between two processes without anybody between them; and beside
//! this project on RabbitMQ.

use anyhow::Result;
use rpc_tests::Reservation;
use throughput_side::{Contender, Load, Setup};

use super::bench::Bench;
use super::comparison::Comparison;
use super::figures::{CPU_OF_BOTH, Figure, P50, P99, Row, SPEED};
use super::report::Report;

/// In the order of their columns.
const CONTENDERS: [Contender; 5] =
    [Contender::OursZmq, Contender::RawZmq, Contender::TarpcTcp, Contender::Tonic, Contender::Ours];
const AGAINST: [(&str, Contender); 4] = [
    ("ours / zeromq", Contender::RawZmq),
    ("ours / tarpc", Contender::TarpcTcp),
    ("ours / tonic", Contender::Tonic),
    ("ours / RabbitMQ", Contender::Ours),
];
/// Times are far shorter than with a broker.
const FIGURES: [Figure; 4] =
    [SPEED, Figure { decimals: 3, ..P50 }, Figure { decimals: 3, ..P99 }, CPU_OF_BOTH];

const NOTE: &str = "All echo the same text between two processes over TCP: this project and zeromq with the same \
    frames and JSON in them, tarpc with JSON, tonic with protobuf. \"this project\" without another name is the same \
    program with `rabbit://`. CPU seconds are those of 10,000 calls, without the broker's.";

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut table = Comparison::new(&CONTENDERS, &AGAINST, &FIGURES);
    let mut loads = bench.options.loads();
    loads.retain(|load| matches!(load, Load::Calls(_)));
    for &body in &bench.options.body {
        let ports = Reservation::<{ CONTENDERS.len() }>::new()?;
        let setups = CONTENDERS.into_iter().zip(ports.ports()).map(|(contender, port)| {
            let of_broker = Setup { body, ..bench.setup(contender) };
            match contender {
                Contender::Ours => of_broker,
                _ => Setup { url: format!("zmq://127.0.0.1:{port}/"), ..of_broker },
            }
        });
        let chosen = setups.filter(|setup| bench.options.has(setup.client));
        let setups: Vec<_> = chosen.map(|setup| (setup.client.title(), setup)).collect();
        for row in bench.measure(&format!("{body} bytes, direct"), &setups, &loads).await? {
            table.add(&format!("{body} bytes, "), &row);
            add_targets(report, body, &row);
        }
    }
    report.add("Without a broker", &format!("{NOTE}\n\n{table}"));
    Ok(())
}

fn add_targets(report: &mut Report, body: usize, row: &Row) {
    // How many times as many calls as on RabbitMQ.
    let over_rabbit = match row.load {
        Load::Calls(1) => 6.0,
        Load::Calls(16) => 4.0,
        _ => 3.0,
    };
    let ours = row.series(Contender::OursZmq.title(), &SPEED);
    for (theirs, least) in
        [(Contender::Tonic, 3.0), (Contender::TarpcTcp, 1.0), (Contender::Ours, over_rabbit)]
    {
        let whose = if theirs == Contender::Ours { "over RabbitMQ" } else { theirs.title() };
        let what = format!("{} per second over `zmq://` / {whose}; {body} bytes", row.load);
        report.at_least(least, what, &ours.over(&row.series(theirs.title(), &SPEED)));
    }
}
