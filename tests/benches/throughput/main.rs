//! Throughput of this project beside raw lapin and Python's oslo.messaging, on one broker in one run; and
//! what it takes of CPU and memory, how it scales, and the transport in memory beside tarpc.
//!
//! `tests/benches/README.md` says how to run it and how to read the tables.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod bench;
mod chart;
mod content;
mod figures;
mod load;
mod options;
mod pair;
mod parts;
mod process;
mod protocol;
mod report;
mod role;
mod sides;
mod versions;

use anyhow::Result;
use clap::Parser;
use tokio::runtime::Builder;

use self::options::Options;
use self::role::Role;

fn main() -> Result<()> {
    if let Some(role) = Role::of_this_process()? {
        return sides::run(&role, || None);
    }
    // `cargo test --all-targets` runs this program too, but without this argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("throughput: measures only when run by `cargo bench`");
        return Ok(());
    }
    let options = Options::parse();
    options.check()?;
    // It only waits for the processes that do the work.
    Builder::new_current_thread().enable_all().build()?.block_on(parts::run(options))
}
