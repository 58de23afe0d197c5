//! Reading, the first time and again.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::error::ConfigError;
use super::files::{Source, read};
use super::state::State;
use super::values::{Defaults, Values};

/// What is read, and how.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) sources: Vec<Source>,
    pub(super) environment: Arc<HashMap<String, String>>,
    pub(super) defaults: Arc<Defaults>,
    pub(super) strict: bool,
}

impl Reading {
    pub(super) fn read(&self) -> Result<State, ConfigError> {
        let files = read(&self.sources, self.environment.get("HOME").map(Path::new))?;
        let (environment, defaults) = (Arc::clone(&self.environment), Arc::clone(&self.defaults));
        State::new(Values { files, environment, defaults }, self.strict)
    }
}
