//! Counts of instructions, which repeat where times do not: valgrind runs this program once for each way of
//! each case and once more without doing anything, and the difference is what the case takes.

use rpc_tests::bench::instructions;

use super::cases::{Case, Result};

/// How often a case is repeated, so that what is done only once does not count.
const REPEATS: u64 = 200;

/// Prints a table of all cases whose names contain `filter`.
#[allow(clippy::print_stdout, reason = "the table is what the program is for")]
pub(crate) fn table(cases: &[Case], filter: &str) -> Result<()> {
    println!("| Instructions | wire | serde_json | wire / serde_json |\n|---|---|---|---|");
    for case in cases.iter().filter(|case| case.name.contains(filter)) {
        let (wire, plain) = (count(&case.name, "wire")?, count(&case.name, "serde_json")?);
        println!("| {} | {wire} | {plain} | {:.2} |", case.name, wire as f64 / plain as f64);
    }
    Ok(())
}

/// What one repetition takes.
fn count(name: &str, way: &str) -> Result<u64> {
    let repeated = |times: u64| instructions(&["--repeat", name, way, &times.to_string()]);
    Ok((repeated(REPEATS)? - repeated(0)?) / REPEATS)
}

/// Repeats one way of a case.
pub(crate) fn repeat(cases: &[Case], name: &str, way: &str, times: &str) -> Result<()> {
    let case = cases.iter().find(|case| case.name == name).ok_or("no such case")?;
    let work = if way == "wire" { &case.wire } else { &case.serde_json };
    (0..times.parse::<u64>()?).for_each(|_| work());
    Ok(())
}
