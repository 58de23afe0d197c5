//! Encoding and decoding of messages, each against one plain pass of `serde_json` over the same content:
//! the same members, typed and without an envelope. Of versioned objects the other way is `wire` as well, with plain types.
//!
//! Times, with the options of criterion; after `--instructions [PART OF A NAME]` counts of instructions
//! instead, which need valgrind.
#![allow(missing_docs)]

mod cases;
mod instructions;
mod objects;

use std::env;
use std::time::Duration;

use criterion::Criterion;

use cases::Result;

fn main() -> Result<()> {
    let mut cases = cases::all()?;
    cases.extend(objects::all()?);
    // cargo puts an option of its own behind those that are given to it.
    let args: Vec<_> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--repeat", name, way, times] => return instructions::repeat(&cases, name, way, times),
        ["--instructions"] => return instructions::table(&cases, ""),
        ["--instructions", filter] => return instructions::table(&cases, filter),
        _ => {}
    }
    // Short, because all of `cargo bench` is to be done in two minutes; options on the command line
    // have the last word.
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for case in &cases {
        let mut group = criterion.benchmark_group(&case.name);
        group.bench_function("wire", |b| b.iter(&case.wire));
        group.bench_function("serde_json", |b| b.iter(&case.serde_json));
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
