//! What a command line says.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::files::Source;

/// What the path behind an option stands for.
type Named = fn(PathBuf) -> Source;

const OPTIONS: [(&str, Named); 2] = [("--config-file", Source::File), ("--config-dir", Source::Folder)];

/// The files and folders that it names, in their order.
pub(super) fn of_arguments(arguments: impl Iterator<Item = OsString>) -> Vec<Source> {
    let mut arguments = arguments.take_while(|argument| argument != "--");
    let mut sources = Vec::new();
    while let Some(argument) = arguments.next() {
        for (option, source) in OPTIONS {
            if argument == option {
                let path = arguments.next();
                sources.push(path.map_or(Source::Missing(option), |path| source(path.into())));
            } else if let Some(path) = joined(&argument, option) {
                sources.push(source(path.into()));
            }
        }
    }
    sources
}

/// What follows a `=`. Paths need not be UTF-8, options are.
fn joined(argument: &OsStr, option: &str) -> Option<OsString> {
    let bytes = argument.as_encoded_bytes().strip_prefix(option.as_bytes())?.strip_prefix(b"=")?;
    #[cfg(unix)]
    return Some(std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec()));
    #[cfg(not(unix))]
    String::from_utf8(bytes.to_vec()).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str]) -> Vec<Source> {
        of_arguments(arguments.iter().map(OsString::from))
    }

    #[test]
    fn files_and_folders_in_their_order() {
        let (file, folder) =
            (|path: &str| Source::File(path.into()), |path: &str| Source::Folder(path.into()));
        let arguments = [
            "x",
            "--config-dir",
            "d",
            "--config-file=a=b",
            "--server",
            "s",
            "--config-file",
            "--config-dir",
            "--",
            "--config-dir=e",
        ];
        assert_eq!(of(&arguments), [folder("d"), file("a=b"), file("--config-dir")]);
        assert_eq!(
            of(&["--config-file=", "--config-files", "--config-dir"]),
            [file(""), Source::Missing("--config-dir")]
        );
        assert_eq!(of(&["--config-file", "--", "a"]), [Source::Missing("--config-file")]);
    }

    #[cfg(unix)]
    #[test]
    fn paths_are_bytes() {
        use std::os::unix::ffi::OsStringExt as _;

        let argument = OsString::from_vec(b"--config-file=\xff".to_vec());
        let path = OsString::from_vec(b"\xff".to_vec()).into();
        assert_eq!(of_arguments([argument].into_iter()), [Source::File(path)]);
    }
}
