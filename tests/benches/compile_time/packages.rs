//! A workspace with a package for each contender, and the building of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use procfs::process::Process;
use rpc_tests::bench::locked;

use super::services::TYPES;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What one build took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// From the start of cargo to its end.
    pub(crate) time: Duration,
    /// The CPU time of cargo and all that it ran, on all cores.
    pub(crate) cpu: Duration,
}

/// Packages that share one target directory and one lock file.
#[derive(Debug)]
pub(crate) struct Packages {
    dir: PathBuf,
}

impl Packages {
    /// A workspace in `dir` with packages of these names.
    ///
    /// Starts from the lock file of this project, so that its dependencies are those of its own tests.
    pub(crate) fn new(dir: PathBuf, names: &[&str]) -> Result<Self> {
        write(&dir.join("Cargo.toml"), &format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n"))?;
        let lock = Path::new(PROJECT).join("Cargo.lock");
        fs::copy(&lock, dir.join("Cargo.lock")).with_context(|| format!("copying {}", lock.display()))?;
        Ok(Self { dir })
    }

    /// Writes one package.
    pub(crate) fn write(&self, name: &str, dependencies: &str, source: &str) -> Result<()> {
        let dir = self.dir.join(name);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nserde = {{ version = \"1\", features = [\"derive\"] }}\n{dependencies}"
        );
        write(&dir.join("Cargo.toml"), &manifest)?;
        write(&dir.join("src/types.rs"), TYPES)?;
        write(&dir.join("src/lib.rs"), source)
    }

    /// Builds a package and all that it depends on.
    pub(crate) fn prepare(&self, name: &str) -> Result<()> {
        self.cargo(&["build", "--package", name])
    }

    /// Builds a package alone, from clean.
    pub(crate) fn measure(&self, name: &str) -> Result<Sample> {
        self.cargo(&["clean", "--quiet", "--package", name])?;
        let (began, before) = (Instant::now(), cpu_time_of_children()?);
        self.cargo(&["build", "--quiet", "--offline", "--package", name])?;
        Ok(Sample { time: began.elapsed(), cpu: cpu_time_of_children()? - before })
    }

    /// The version of a dependency in the lock file.
    pub(crate) fn version(&self, dependency: &str) -> Result<String> {
        let lock = fs::read_to_string(self.dir.join("Cargo.lock"))?;
        Ok(locked(&lock, dependency)?.to_owned())
    }

    fn cargo(&self, arguments: &[&str]) -> Result<()> {
        let status = Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--target-dir")
            .arg(self.dir.join("target"))
            .current_dir(&self.dir)
            .env("CARGO_INCREMENTAL", "0")
            // A cache of compiled crates would leave nothing to measure.
            .env("RUSTC_WRAPPER", "")
            .status()
            .context("cannot start cargo")?;
        ensure!(status.success(), "cargo {}: {status}", arguments.join(" "));
        Ok(())
    }
}

/// That of all child processes of this one that have ended, and of theirs.
fn cpu_time_of_children() -> Result<Duration> {
    let stat = Process::myself()?.stat()?;
    let ticks = u64::try_from(stat.cutime + stat.cstime)?;
    Ok(Duration::from_secs(ticks) / u32::try_from(procfs::ticks_per_second())?)
}

fn write(path: &Path, text: &str) -> Result<()> {
    let write = || {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    };
    write().with_context(|| format!("writing {}", path.display()))
}
