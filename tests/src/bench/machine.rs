//! The machine that a benchmark ran on.

use std::fmt::{self, Display, Formatter};
use std::fs;

use anyhow::{Context, Result};

use super::process::kilobytes;

/// Its size, as `Display` writes it: `2 cores of Some Processor, 16 GiB of memory, Linux 6.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    cores: usize,
    processor: String,
    memory: u64,
    kernel: String,
}

impl Machine {
    /// This machine; the cores are those that this process may use.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn this() -> Result<Self> {
        let cores = std::thread::available_parallelism()?.get();
        let read = |file: &str| fs::read_to_string(file).with_context(|| file.to_owned());
        let kernel = read("/proc/sys/kernel/osrelease")?.trim().to_owned();
        Self::new(cores, &read("/proc/cpuinfo")?, &read("/proc/meminfo")?, kernel)
    }

    fn new(cores: usize, cpuinfo: &str, meminfo: &str, kernel: String) -> Result<Self> {
        let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"));
        // Not every architecture names its processors.
        let processor =
            model.map_or("unknown make", |rest| rest.trim_start_matches([' ', '\t', ':'])).to_owned();
        let memory = kilobytes(meminfo, "MemTotal").context("/proc/meminfo has no MemTotal")? * 1024;
        Ok(Self { cores, processor, memory, kernel })
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, memory, kernel } = self;
        let gibibytes = *memory as f64 / f64::from(1 << 30);
        write!(f, "{cores} cores of {processor}, {gibibytes:.0} GiB of memory, Linux {kernel}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_described_by_its_size() {
        let cpuinfo =
            "processor\t: 0\nmodel name\t: Fast CPU @ 3 GHz\nprocessor\t: 1\nmodel name\t: Fast CPU\n";
        let machine = Machine::new(2, cpuinfo, "MemTotal:   16777216 kB\n", "6.1".to_owned()).unwrap();
        assert_eq!(machine.to_string(), "2 cores of Fast CPU @ 3 GHz, 16 GiB of memory, Linux 6.1");
    }

    #[test]
    fn this_machine_tells() {
        assert!(Machine::this().unwrap().to_string().contains("GiB"));
    }
}
