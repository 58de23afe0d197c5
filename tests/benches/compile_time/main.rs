//! How long the compiler takes for a service with this project, with tarpc and with jsonrpsee.
//!
//! `tests/benches/README.md` says how to run it and how to read the table.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod packages;
mod services;
mod table;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;

use self::packages::Packages;
use self::services::Method;

/// One way to write the service.
#[derive(Debug)]
struct Contender {
    /// The name of its package.
    package: &'static str,
    /// The library, as the lock file names it.
    library: &'static str,
    /// Lines of `Cargo.toml`.
    dependencies: &'static str,
    source: fn(&[Method]) -> String,
}

/// In the order of their turns; ratios are those of the first to the others.
const CONTENDERS: [Contender; 3] = [
    Contender {
        package: "with-ours",
        library: "rpc-runtime",
        dependencies: concat!(
            "rpc-runtime = { path = '",
            env!("CARGO_MANIFEST_DIR"),
            "/../../rpc-runtime' }\n"
        ),
        source: services::ours,
    },
    Contender {
        package: "with-tarpc",
        library: "tarpc",
        dependencies: "futures = \"0.3\"\n\
            tarpc = { version = \"0.38\", features = [\"tokio1\", \"serde-transport-json\", \"tcp\"] }\n",
        source: services::tarpc,
    },
    Contender {
        package: "with-jsonrpsee",
        library: "jsonrpsee",
        dependencies: "jsonrpsee = { version = \"0.26\", \
            features = [\"macros\", \"client-core\", \"async-client\", \"server-core\"] }\n",
        source: services::jsonrpsee,
    },
];

/// Measures how long a crate with one service takes to compile.
#[derive(Debug, Parser)]
struct Options {
    /// How often each crate is built
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many methods the service has
    #[arg(long, default_value_t = 50)]
    methods: usize,
    /// Where the crates are written and built, and stay; by default in a folder that is removed
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    // `cargo test --all-targets` runs this program too, but without this argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("compile_time: measures only when run by `cargo bench`");
        return Ok(());
    }
    let options = Options::parse();
    ensure!(options.rounds > 0, "--rounds: at least 1");
    ensure!(options.methods > 0, "--methods: at least 1");
    // A folder of its own lives until the end.
    let (dir, _temporary) = match &options.dir {
        Some(dir) => (std::path::absolute(dir)?, None),
        None => {
            let temporary = tempfile::tempdir()?;
            (temporary.path().to_owned(), Some(temporary))
        }
    };
    measure(&options, dir)
}

fn measure(options: &Options, dir: PathBuf) -> Result<()> {
    let packages = Packages::new(dir, &CONTENDERS.map(|contender| contender.package))?;
    let methods = Method::several(options.methods);
    for Contender { package, dependencies, source, .. } in &CONTENDERS {
        packages.write(package, dependencies, &source(&methods))?;
    }
    for contender in &CONTENDERS {
        packages.prepare(contender.package)?;
    }
    let mut samples = CONTENDERS.map(|_| Vec::new());
    for round in 1..=options.rounds {
        for (Contender { package, .. }, samples) in CONTENDERS.iter().zip(&mut samples) {
            let sample = packages.measure(package)?;
            eprintln!(
                "round {round}/{}: {package}: {:.2} s, CPU {:.2} s",
                options.rounds,
                sample.time.as_secs_f64(),
                sample.cpu.as_secs_f64(),
            );
            samples.push(sample);
        }
    }
    let mut titles = vec!["ours".to_owned()];
    for Contender { library, .. } in &CONTENDERS[1..] {
        titles.push(format!("{library} {}", packages.version(library)?));
    }
    let cores = std::thread::available_parallelism()?;
    println!("{} methods, {} rounds, {cores} cores\n", options.methods, options.rounds);
    println!("{}", table::table(&titles, &samples).context("no contenders")?);
    Ok(())
}
