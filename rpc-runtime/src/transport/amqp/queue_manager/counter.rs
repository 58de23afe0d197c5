//! The counter that all processes of a service share, in the form that Python gives it.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::group::Group;

/// More than any counter has.
const LONGEST: u64 = 1024;

/// The start of a group whose leader nobody sees.
const UNSEEN: i64 = 0;

/// A file of shared memory. Only who has the lock may count.
#[derive(Debug)]
pub(super) struct Counter(PathBuf);

/// What is in it: `GROUP:NUMBER:STARTED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Record {
    group: i64,
    number: u64,
    started: i64,
}

impl Counter {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The next number of a group, from 1.
    pub(super) fn draw(&self, group: Group) -> io::Result<u64> {
        let mut file = self.open()?;
        let mut bytes = Vec::new();
        (&mut file).take(LONGEST).read_to_end(&mut bytes)?;
        let next = next(Record::read(&bytes), group);
        // It is never empty, whatever happens to this process.
        let text = next.text();
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        file.set_len(u64::try_from(text.len()).map_err(io::Error::other)?)?;
        Ok(next.number)
    }

    /// Everybody may write to its folder, and knows its name: what another user has put there neither leads to other files
    /// nor keeps anybody waiting.
    fn open(&self) -> io::Result<File> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).custom_flags(flags);
        let file = options.open(&self.0).map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::LOOP) => io::Error::new(error.kind(), "it is a symbolic link"),
            _ => error,
        })?;
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
        }
    }
}

impl Record {
    /// None if it is not what somebody has written to the end, which Python takes for a new file as well.
    fn read(bytes: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(bytes).ok()?.lines().next()?;
        let [group, number, started] = line.split(':').map(str::trim).collect::<Vec<_>>()[..] else {
            return None;
        };
        Some(Self {
            group: group.parse().ok()?,
            number: number.parse().ok()?,
            started: started.parse().ok()?,
        })
    }

    fn text(&self) -> String {
        let Self { group, number, started } = self;
        format!("{group}:{number}:{started}")
    }
}

fn next(found: Option<Record>, group: Group) -> Record {
    let same = found.filter(|found| found.group == group.id);
    match (same, group.started) {
        // Without its leader, the run cannot be told from an earlier one of this number, and names must not come twice.
        // Python fails here.
        (Some(found), None) => Record { number: found.number.saturating_add(1), ..found },
        (Some(found), Some(started)) if found.started == started => {
            Record { number: found.number.saturating_add(1), ..found }
        }
        (_, started) => Record { group: group.id, number: 1, started: started.unwrap_or(UNSEEN) },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn group(id: i64, started: impl Into<Option<i64>>) -> Group {
        Group { id, started: started.into() }
    }

    /// The number that comes after such a text, and what the text is then.
    fn after(text: &str, group: Group) -> (u64, String) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("h_p_qmanager");
        fs::write(&path, text).unwrap();
        let number = Counter::new(path.clone()).draw(group).unwrap();
        (number, fs::read_to_string(path).unwrap())
    }

    #[test]
    fn it_goes_on_within_a_run_and_begins_anew_with_the_next() {
        let folder = TempDir::new().unwrap();
        let counter = Counter::new(folder.path().join("h_p_qmanager"));
        for (group, number) in [
            (group(7, 100), 1),
            (group(7, 100), 2),
            (group(7, 101), 1),
            (group(7, 101), 2),
            (group(8, 101), 1),
            (group(7, 100), 1),
        ] {
            assert_eq!(counter.draw(group).unwrap(), number, "{group:?}");
        }
        assert_eq!(fs::read_to_string(counter.path()).unwrap(), "7:1:100");
    }

    #[test]
    fn what_python_has_written_is_read_and_what_is_broken_is_not() {
        let run = group(7, 100);
        for (text, number) in [
            ("7:41:100", 42),
            ("7:41:100\nmore", 42),
            (" 7 : 41 :100 ", 42),
            ("7:99999999999:100:", 1),
            ("", 1),
            ("7:41", 1),
            ("7:x:100", 1),
            ("7:-1:100", 1),
            ("\u{fffd}", 1),
            ("6:41:100", 1),
            ("7:41:99", 1),
        ] {
            assert_eq!(after(text, run), (number, format!("7:{number}:100")), "{text}");
        }
        let long = format!("{}7:41:100", " ".repeat(5000));
        assert_eq!(after(&long, run), (1, "7:1:100".to_owned()));
    }

    /// Python raises FileNotFoundError then.
    #[test]
    fn a_group_may_have_lost_its_leader() {
        let orphaned = group(7, None);
        assert_eq!(after("", orphaned), (1, "7:1:0".to_owned()));
        assert_eq!(after("7:1:0", orphaned), (2, "7:2:0".to_owned()));
        assert_eq!(after("7:5:100", orphaned), (6, "7:6:100".to_owned()), "it had one before");
        assert_eq!(after("8:5:100", orphaned), (1, "7:1:0".to_owned()));
        assert_eq!(after("7:5:0", group(7, 100)), (1, "7:1:100".to_owned()), "a new one of the same number");
    }

    #[test]
    fn a_number_has_an_end() {
        let text = format!("7:{}:100", u64::MAX);
        assert_eq!(after(&text, group(7, 100)), (u64::MAX, text));
    }
}
