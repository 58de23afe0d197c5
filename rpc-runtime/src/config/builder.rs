//! Setting up what is read.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::arguments::of_arguments;
use super::error::ConfigError;
use super::files::Source;
use super::handle::Config;
use super::ini::group_name;
use super::reading::Reading;
use super::search::Search;
use super::values::Defaults;

/// What to read for a [`Config`]. `Debug` has no values.
#[derive(Clone, Default)]
#[must_use = "nothing is read until `read` is called"]
pub struct ConfigBuilder {
    sources: Vec<Source>,
    search: Option<Search>,
    environment: Option<HashMap<String, String>>,
    defaults: Defaults,
    strict: bool,
}

impl Config {
    /// Sets up what is read. What is read later goes before what is read earlier, so the order of
    /// [`file`](ConfigBuilder::file) and [`folder`](ConfigBuilder::folder) is that of `--config-file` and `--config-dir`
    /// of a command line.
    pub fn builder() -> ConfigBuilder {
        Default::default()
    }
}

impl ConfigBuilder {
    /// Reads a file: `--config-file`.
    ///
    /// A `~` at its beginning is the folder that the variable `HOME` names. A file has 8 MiB at most, and is a regular one:
    /// a pipe could not be read again.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(Source::File(path.into()));
        self
    }

    /// Reads the files `*.conf` of a folder, by the order of their names, without hidden ones and those of folders below:
    /// `--config-dir`.
    pub fn folder(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(Source::Folder(path.into()));
        self
    }

    /// Reads what a command line says: the files and folders behind each `--config-file` and `--config-dir`, in their order.
    /// The rest of it, and all that follows a `--`, is for others.
    ///
    /// ```no_run
    /// use rpc_runtime::config::Config;
    ///
    /// // service --config-file /etc/nova/nova.conf --config-dir=/etc/nova/nova.conf.d
    /// let config = Config::builder().arguments(std::env::args_os()).read()?;
    /// # drop(config);
    /// # Ok::<(), rpc_runtime::config::ConfigError>(())
    /// ```
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.sources.extend(of_arguments(arguments.into_iter().map(Into::into)));
        self
    }

    /// Looks for files where oslo.config does for a service that is told of none: for `nova.conf` and `nova-compute.conf`, each
    /// where it is found first, in `~/.nova`, `~`, `/etc/nova`, `/etc`, and in `etc/nova` of the folders that the variables
    /// `SNAP_COMMON` and `SNAP` name; and there for the folders `nova.conf.d` and `nova-compute.conf.d`. They are read before all
    /// others. A service that is told of a file gets no other one, and the folders that are found; one that is told of a folder
    /// the other way round. What is not there is no error.
    ///
    /// ```no_run
    /// use rpc_runtime::config::Config;
    ///
    /// // In Python: CONF(sys.argv[1:], project="nova", prog="nova-compute")
    /// let config = Config::builder().project("nova", "nova-compute").arguments(std::env::args_os()).read()?;
    /// # drop(config);
    /// # Ok::<(), rpc_runtime::config::ConfigError>(())
    /// ```
    pub fn project(mut self, project: impl Into<String>, program: impl Into<String>) -> Self {
        self.search = Some(Search { project: project.into(), program: program.into() });
        self
    }

    /// Takes these variables for the environment, instead of those of the process.
    ///
    /// ```
    /// use rpc_runtime::config::Config;
    ///
    /// let config = Config::builder().environment([("OS_DEFAULT__CONTROL_EXCHANGE", "nova")]).read()?;
    /// assert_eq!(config.text("DEFAULT", "control_exchange")?.as_deref(), Some("nova"));
    /// # Ok::<(), rpc_runtime::config::ConfigError>(())
    /// ```
    pub fn environment(
        mut self,
        variables: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.environment = Some(variables.collect());
        self
    }

    /// What an option is if it is not set: for options of the service that others are made of, such as nova's `state_path`,
    /// and for services with other defaults, such as a `control_exchange` of their own.
    ///
    /// ```
    /// use rpc_runtime::config::Config;
    ///
    /// let config = Config::builder()
    ///     .default("DEFAULT", "control_exchange", "nova")
    ///     .default("DEFAULT", "state_path", "/var/lib/nova")
    ///     .environment([("OS_OSLO_CONCURRENCY__LOCK_PATH", "$state_path/tmp")])
    ///     .read()?;
    /// assert_eq!(config.text("oslo_concurrency", "lock_path")?.as_deref(), Some("/var/lib/nova/tmp"));
    /// # Ok::<(), rpc_runtime::config::ConfigError>(())
    /// ```
    pub fn default(mut self, group: &str, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.defaults.entry(group_name(group)).or_default().insert(name.into(), value.into());
        self
    }

    /// Whether an option that nobody knows is an error; by default it is [listed](Config::remarks), and logged as a warning.
    /// Options of groups that are none of oslo.messaging's are never looked at, and in `[DEFAULT]` only those are unknown
    /// whose name is almost that of a known one.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Reads it. It blocks for as long as that takes.
    ///
    /// # Errors
    /// [`ConfigError`]: a file or folder that cannot be read or is malformed, an option of oslo.messaging with a value that it
    /// can't have, or one that nobody knows if that was to be [strict](Self::strict). Options of the driver are checked by the
    /// transport, those of the service by whoever asks for them.
    pub fn read(self) -> Result<Config, ConfigError> {
        let Self { mut sources, search, environment, defaults, strict } = self;
        let environment = Arc::new(environment.unwrap_or_else(of_process));
        if let Some(search) = search {
            sources.splice(..0, search.beside(&sources, &environment));
        }
        Config::new(Reading { sources, environment, defaults: Arc::new(defaults), strict })
    }
}

/// The variables that may be options, and those that oslo's libraries have beside.
fn of_process() -> HashMap<String, String> {
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        let of_libraries = ["HOME", "OSLO_LOCK_PATH", "SNAP", "SNAP_COMMON"];
        let asked = name.starts_with("OS_") && name.contains("__") || of_libraries.contains(&&*name);
        // Python keeps bytes that are no UTF-8 in a form that none of these options has a meaning for.
        asked.then(|| Some((name, value.into_string().ok()?))).flatten()
    });
    variables.collect()
}

impl fmt::Debug for ConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigBuilder")
            .field("sources", &self.sources)
            .field("search", &self.search)
            .field("strict", &self.strict)
            .finish_non_exhaustive()
    }
}
