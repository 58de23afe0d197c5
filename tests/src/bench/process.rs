//! CPU time and memory of processes, as Linux knows them.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// The CPU time that a process has used so far, on all cores.
///
/// # Errors
/// There is no such process.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    Ok(Stat::of(&pid.to_string())?.cpu)
}

/// The CPU time of all processes of a process group that run now.
///
/// # Errors
/// `/proc` can't be read.
pub fn cpu_time_of_group(group: u32) -> Result<Duration> {
    let mut sum = Duration::ZERO;
    for entry in fs::read_dir("/proc").context("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())) else {
            continue;
        };
        // One that has ended meanwhile counts no more.
        if let Ok(stat) = Stat::of(pid)
            && stat.group == group
        {
            sum += stat.cpu;
        }
    }
    Ok(sum)
}

/// The CPU time of all child processes of this one that have ended, and of theirs.
///
/// # Errors
/// `/proc` can't be read.
pub fn cpu_time_of_children() -> Result<Duration> {
    Ok(Stat::of("self")?.cpu_of_children)
}

/// The most memory that a process has had at once so far, in bytes.
///
/// # Errors
/// There is no such process.
pub fn peak_memory(pid: u32) -> Result<u64> {
    let file = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&file).with_context(|| file.clone())?;
    Ok(1024 * kilobytes(&status, "VmHWM").with_context(|| format!("{file} has no VmHWM"))?)
}

/// The value of a line `name:   1234 kB`.
pub(super) fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    rest.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// What is used of `/proc/PID/stat`.
#[derive(Debug, PartialEq)]
struct Stat {
    group: u32,
    cpu: Duration,
    cpu_of_children: Duration,
}

impl Stat {
    fn of(process: &str) -> Result<Self> {
        let file = format!("/proc/{process}/stat");
        let text = fs::read_to_string(&file).with_context(|| file.clone())?;
        let ticks = u32::try_from(rustix::param::clock_ticks_per_second())?;
        Self::parse(&text, ticks).with_context(|| format!("{file}: {text:?}"))
    }

    fn parse(text: &str, ticks_per_second: u32) -> Option<Self> {
        // The second field is a name in parentheses that can hold anything; the third is the state.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        let time = |user, system| Some(Duration::from_secs(field(user)? + field(system)?) / ticks_per_second);
        let group = u32::try_from(field(5)?).ok()?;
        Some(Self { group, cpu: time(14, 15)?, cpu_of_children: time(16, 17)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_a_process_are_read() {
        let text = "27340 (a ) (b) S 1 27336 18520 0 -1 4194304 99 0 0 0 150 50 7 3 20 0 1 0 126104";
        let expected =
            Stat { group: 27336, cpu: Duration::from_secs(2), cpu_of_children: Duration::from_millis(100) };
        assert_eq!(Stat::parse(text, 100), Some(expected));
        assert_eq!(Stat::parse("27340 (cat) S 1 2 3", 100), None);
    }

    #[test]
    fn a_line_of_kilobytes_is_read() {
        assert_eq!(kilobytes("VmPeak:\t 9 kB\nVmHWM:\t    2176 kB\n", "VmHWM"), Some(2176));
        assert_eq!(kilobytes("VmPeak:\t 9 kB\n", "VmHWM"), None);
    }

    #[test]
    fn this_process_uses_the_machine() {
        let me = std::process::id();
        while cpu_time(me).unwrap().is_zero() {}
        let group = Stat::of("self").unwrap().group;
        assert!(cpu_time_of_group(group).unwrap() >= Duration::from_millis(10));
        assert!(peak_memory(me).unwrap() > 1024);
        assert!(cpu_time(u32::MAX).is_err());
    }
}
