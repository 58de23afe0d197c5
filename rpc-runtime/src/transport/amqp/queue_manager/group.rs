//! Which run of a service this process belongs to.

use std::{fs, io};

use rustix::io::Errno;

/// A process group. A service that is started again has another one, or one whose leader was started later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) id: i64,
    /// When its leader was started, in ticks since the host was; unknown if it has ended, or is out of sight.
    pub(super) started: Option<i64>,
}

impl Group {
    /// That of this process now: whoever makes it a daemon may change it.
    pub(super) fn of_this_process() -> io::Result<Self> {
        let own = read("/proc/self/stat")?;
        let id = group_in(&own).ok_or_else(|| strange("/proc/self/stat"))?;
        let leader = format!("/proc/{id}/stat");
        let started = match read(&leader) {
            // In a container the group may be one from outside, which is 0 here.
            _ if id == 0 => None,
            Ok(stat) => Some(start_in(&stat).ok_or_else(|| strange(&leader))?),
            Err(error) if is_out_of_sight(&error) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { id, started })
    }
}

/// Whether a process has ended, maybe after its file was opened, or is another user's, which /proc may hide.
fn is_out_of_sight(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    matches!(errno, Some(Errno::NOENT | Errno::SRCH | Errno::PERM | Errno::ACCESS))
}

/// The name of a program may be any bytes.
fn read(path: &str) -> io::Result<String> {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn strange(path: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{path} is not as proc(5) has it"))
}

/// The group of a process; the name before it is in brackets, and may have some itself.
fn group_in(stat: &str) -> Option<i64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(2)?.parse().ok()
}

/// The start of a process, where Python looks for it: a name with spaces shifts it, and both have to find the same number,
/// or they would take each other for another run.
fn start_in(stat: &str) -> Option<i64> {
    stat.split_whitespace().nth(21)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(name: &str) -> String {
        let numbers: Vec<_> = (4..=52).map(|number| number.to_string()).collect();
        format!("1 ({name}) S {}\n", numbers.join(" "))
    }

    #[test]
    fn fields_are_counted_as_python_does() {
        for (name, start) in [("nova-api", 22), ("a) S 1 (b", 19), ("", 22)] {
            assert_eq!((group_in(&stat(name)), start_in(&stat(name))), (Some(5), Some(start)), "{name}");
        }
        assert_eq!((group_in("1 (x) S 4"), start_in("1 (x) S 4")), (None, None));
    }

    #[test]
    fn a_leader_may_be_gone_or_hidden() {
        for errno in [Errno::NOENT, Errno::SRCH, Errno::PERM, Errno::ACCESS] {
            assert!(is_out_of_sight(&errno.into()), "{errno}");
        }
        assert!(!is_out_of_sight(&Errno::IO.into()) && !is_out_of_sight(&strange("/proc/1/stat")));
    }

    #[test]
    fn this_process_has_one() {
        let group = Group::of_this_process().unwrap();
        assert!(group.id > 0 && group.started.is_none_or(|started| started > 0), "{group:?}");
        assert_eq!(Group::of_this_process().unwrap(), group);
    }
}
