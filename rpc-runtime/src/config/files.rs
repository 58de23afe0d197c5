//! The files of a configuration, in oslo.config's order.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::error::ConfigError;
use super::ini::{self, Groups};
use crate::error::Cause;

/// The longest file, in bytes: nova's sample, with all that it explains, has half a million.
const LONGEST: u64 = 8 << 20;
/// How many files there may be.
const MOST: usize = 1024;

/// What to read, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    File(PathBuf),
    Folder(PathBuf),
    /// An option of the command line without a path.
    Missing(&'static str),
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct ReadFile {
    pub(super) path: Arc<Path>,
    pub(super) groups: Groups,
}

/// Reads all files. `home` is what a `~` at the beginning of a path stands for.
pub(super) fn read(sources: &[Source], home: Option<&Path>) -> Result<Vec<ReadFile>, ConfigError> {
    let mut files = Vec::new();
    for source in sources {
        match source {
            Source::File(path) => files.push(absolute(path, home)?),
            Source::Missing(option) => {
                return Err(unreadable(option.into(), "a path has to follow it".to_owned(), None));
            }
            Source::Folder(path) => {
                for file in of_folder(&with_home(path, home))? {
                    files.push(absolute(&file, home)?);
                }
            }
        }
        if files.len() > MOST {
            let why = format!("these are more than {MOST} files");
            return Err(unreadable(files.pop().unwrap_or_default(), why, None));
        }
    }
    files.into_iter().map(read_file).collect()
}

/// The `*.conf` of a folder, by their names.
fn of_folder(path: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let failed = |error: io::Error| io_error(path, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let bytes = name.as_encoded_bytes();
        // As a shell has it, hidden files are not among `*`.
        if bytes.ends_with(b".conf") && !bytes.starts_with(b".") {
            files.push(path.join(name));
        }
    }
    files.sort();
    Ok(files)
}

fn with_home(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// The path from the root, without `.` and `..`. Like Python this looks at the names alone: `link/..` is where the link is.
fn absolute(path: &Path, home: Option<&Path>) -> Result<PathBuf, ConfigError> {
    let from_root = std::path::absolute(with_home(path, home)).map_err(|error| io_error(path, error))?;
    let mut absolute = PathBuf::new();
    for component in from_root.components() {
        match component {
            // That of the root is the root.
            Component::ParentDir => drop(absolute.pop()),
            component => absolute.push(component),
        }
    }
    Ok(absolute)
}

fn read_file(path: PathBuf) -> Result<ReadFile, ConfigError> {
    let failed = |error: io::Error| io_error(&path, error);
    // A pipe without a writer would be waited for, and no second reading gets what the first one got.
    if !fs::metadata(&path).map_err(failed)?.is_file() {
        return Err(unreadable(path, "it is no regular file".to_owned(), None));
    }
    let mut bytes = Vec::new();
    File::open(&path).map_err(failed)?.take(LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        return Err(unreadable(path, format!("it is longer than {} MiB", LONGEST >> 20), None));
    }
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            return Err(ConfigError::Malformed { path, line, column, expected: "UTF-8" });
        }
    };
    match ini::parse(text) {
        Ok(groups) => Ok(ReadFile { path: path.into(), groups }),
        Err(ini::Malformed { line, column, expected }) => {
            Err(ConfigError::Malformed { path, line, column, expected })
        }
    }
}

fn io_error(path: &Path, error: io::Error) -> ConfigError {
    unreadable(path.to_owned(), error.to_string(), Some(Cause::new(error)))
}

fn unreadable(path: PathBuf, why: String, source: Option<Cause>) -> ConfigError {
    ConfigError::Unreadable { path, why, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of `[g] o` in the order in which they were read.
    fn values(sources: &[Source]) -> Vec<String> {
        let files = read(sources, None).unwrap();
        files.iter().map(|file| file.groups["g"]["o"][0].text.clone()).collect()
    }

    fn refused(source: Source) -> String {
        read(&[source], None).unwrap_err().to_string()
    }

    #[test]
    fn the_order_is_that_of_the_sources_and_of_names() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("[g]\no={name}")).unwrap();
            path
        };
        let (one, two) = (write("one"), write("two.conf"));
        for name in ["d/b.conf", "d/a.conf", "d/B.conf", "d/.hidden.conf", "d/a.conf~", "d/e/below.conf"] {
            write(name);
        }
        let folder = Source::Folder(folder.path().join("d"));
        let sources = [Source::File(two.clone()), folder, Source::File(one), Source::File(two)];
        assert_eq!(values(&sources), ["two.conf", "d/B.conf", "d/a.conf", "d/b.conf", "one", "two.conf"]);
    }

    #[test]
    fn paths_are_taken_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("far")).unwrap();
        fs::write(folder.path().join("a.conf"), "[g]\no=near").unwrap();
        std::os::unix::fs::symlink(folder.path().join("far"), folder.path().join("link")).unwrap();
        for path in ["link/../a.conf", "none/./../a.conf"] {
            assert_eq!(values(&[Source::File(folder.path().join(path))]), ["near"]);
        }
        let home = read(&[Source::File("~/a.conf".into()), Source::Folder("~".into())], Some(folder.path()));
        assert_eq!(home.unwrap().len(), 2);
        let relative = absolute(Path::new("x/../y"), None).unwrap();
        assert_eq!(relative, std::env::current_dir().unwrap().join("y"));
        assert_eq!(absolute(Path::new("/../../y"), None).unwrap(), Path::new("/y"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let shown = |name: &str| path(name).display().to_string();
        let none = "No such file or directory (os error 2)";
        assert_eq!(refused(Source::Missing("--config-dir")), "--config-dir: a path has to follow it");
        assert_eq!(refused(Source::File(path("none"))), format!("{}: {none}", shown("none")));
        assert_eq!(refused(Source::Folder(path("none"))), format!("{}: {none}", shown("none")));
        fs::create_dir(path("dir.conf")).unwrap();
        assert_eq!(
            refused(Source::File(path("dir.conf"))),
            format!("{}: it is no regular file", shown("dir.conf"))
        );
        assert_eq!(
            refused(Source::Folder(path(""))),
            format!("{}: it is no regular file", shown("dir.conf"))
        );
        fs::write(path("bytes"), b"[g]\r\no=\xc3\xa9\xff").unwrap();
        assert_eq!(refused(Source::File(path("bytes"))), format!("{}:2:4: expected UTF-8", shown("bytes")));
        fs::write(path("bad"), "[g]\no").unwrap();
        let why = "2:2: expected `=` or `:` behind the name of an option";
        assert_eq!(refused(Source::File(path("bad"))), format!("{}:{why}", shown("bad")));
        let sparse = File::create(path("huge")).unwrap();
        sparse.set_len(LONGEST + 1).unwrap();
        assert_eq!(
            refused(Source::File(path("huge"))),
            format!("{}: it is longer than 8 MiB", shown("huge"))
        );
        sparse.set_len(1 << 40).unwrap();
        assert!(refused(Source::File(path("huge"))).ends_with("longer than 8 MiB"));
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("x.conf");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(refused(Source::Folder(folder.path().to_owned())).ends_with("x.conf: it is no regular file"));
    }

    #[test]
    fn there_is_an_end_to_files() {
        let file = Source::File("/none".into());
        assert!(read(&vec![file; MOST + 1], None).unwrap_err().to_string().contains("more than 1024 files"));
    }
}
