//! Where files are looked for that nobody has named.

use std::collections::HashMap;
use std::path::PathBuf;

use super::files::Source;

/// The files and folders of a service that is told of none, by the names of its project and its program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) project: String,
    pub(super) program: String,
}

impl Search {
    /// What is there and is none of a kind that `given` has, as oslo.config has it: whoever names files gets only these,
    /// and still the folders that are found.
    pub(super) fn beside(&self, given: &[Source], environment: &HashMap<String, String>) -> Vec<Source> {
        let mut found = Vec::new();
        if !given.iter().any(|source| matches!(source, Source::File(_) | Source::Missing("--config-file"))) {
            found.extend(self.find(".conf", environment).map(Source::File));
        }
        if !given.iter().any(|source| matches!(source, Source::Folder(_) | Source::Missing("--config-dir"))) {
            found.extend(self.find(".conf.d", environment).map(Source::Folder));
        }
        found
    }

    /// Of the project and of the program, each the first one that is there.
    fn find(&self, extension: &str, environment: &HashMap<String, String>) -> impl Iterator<Item = PathBuf> {
        let folders = self.folders(environment);
        [&self.project, &self.program].map(|name| format!("{name}{extension}")).into_iter().filter_map(
            move |name| folders.iter().map(|folder| folder.join(&name)).find(|path| path.exists()),
        )
    }

    fn folders(&self, environment: &HashMap<String, String>) -> Vec<PathBuf> {
        let Self { project, .. } = self;
        let of = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let of_snap = |name: &str| Some(of(name)?.join("etc").join(project));
        let folders = [
            of("HOME").map(|home| home.join(format!(".{project}"))),
            of("HOME"),
            Some(PathBuf::from("/etc").join(project)),
            Some(PathBuf::from("/etc")),
            of_snap("SNAP_COMMON"),
            of_snap("SNAP"),
        ];
        folders.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn found(root: &Path, given: &[Source]) -> Vec<String> {
        let of = |name: &str, folder: &str| (name.to_owned(), root.join(folder).display().to_string());
        let environment =
            HashMap::from([of("HOME", "home"), of("SNAP_COMMON", "common"), of("SNAP", "snap")]);
        let search = Search { project: "shop-a1b2".to_owned(), program: "shop-a1b2-till".to_owned() };
        let shown = |source| match source {
            Source::File(path) | Source::Folder(path) => {
                path.strip_prefix(root).unwrap().display().to_string()
            }
            Source::Missing(option) => panic!("{option}"),
        };
        search.beside(given, &environment).into_iter().map(shown).collect()
    }

    #[test]
    fn the_first_of_each_name() {
        let root = tempfile::tempdir().unwrap();
        let make = |folder: &str, name: &str| {
            fs::create_dir_all(root.path().join(folder)).unwrap();
            fs::write(root.path().join(folder).join(name), "").unwrap();
        };
        assert_eq!(found(root.path(), &[]), [""; 0]);
        make("snap/etc/shop-a1b2", "shop-a1b2.conf");
        make("home", "shop-a1b2-till.conf");
        make("home/shop-a1b2.conf.d", "x.conf");
        let [project, program] = ["snap/etc/shop-a1b2/shop-a1b2.conf", "home/shop-a1b2-till.conf"];
        assert_eq!(found(root.path(), &[]), [project, program, "home/shop-a1b2.conf.d"]);
        make("common/etc/shop-a1b2", "shop-a1b2.conf");
        make("home/.shop-a1b2", "shop-a1b2-till.conf");
        let [project, program] =
            ["common/etc/shop-a1b2/shop-a1b2.conf", "home/.shop-a1b2/shop-a1b2-till.conf"];
        assert_eq!(found(root.path(), &[]), [project, program, "home/shop-a1b2.conf.d"]);

        assert_eq!(found(root.path(), &[Source::File("x".into())]), ["home/shop-a1b2.conf.d"]);
        assert_eq!(found(root.path(), &[Source::Missing("--config-file")]), ["home/shop-a1b2.conf.d"]);
        assert_eq!(found(root.path(), &[Source::Folder("x".into())]), [project, program]);
    }

    #[test]
    fn without_a_home() {
        let search = Search { project: "shop-a1b2".to_owned(), program: "shop-a1b2".to_owned() };
        let environment = HashMap::from([("HOME".to_owned(), String::new())]);
        assert_eq!(search.folders(&environment), [Path::new("/etc/shop-a1b2"), Path::new("/etc")]);
        assert_eq!(search.beside(&[], &environment), []);
    }
}
