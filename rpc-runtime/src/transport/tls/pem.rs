//! Certificates, keys and lists in PEM, from a file or from memory.

use std::borrow::Cow;
use std::error::Error;
use std::path::{Path, PathBuf};

use rustls_pki_types::pem::PemObject;

use crate::error::Cause;
use crate::transport::TransportError;

/// The value of one of two options: of that for a file, or of that for memory.
pub(super) struct Source<'a> {
    /// Which of them it is.
    pub(super) option: &'static str,
    file: Option<&'a Path>,
    text: Cow<'a, [u8]>,
}

impl<'a> Source<'a> {
    /// What is in the file, or else in memory; `None` if there is neither.
    pub(super) fn open(
        (option, file): (&'static str, &'a Option<PathBuf>),
        (in_memory, pem): (&'static str, Option<&'a [u8]>),
    ) -> Result<Option<Self>, TransportError> {
        if let Some(path) = file {
            let text = std::fs::read(path)
                .map_err(|error| wrong(option, format!("{}: {error}", path.display()), error))?;
            return Ok(Some(Self { option, file: Some(path), text: text.into() }));
        }
        let pem = pem.map(|pem| Self { option: in_memory, file: None, text: pem.into() });
        Ok(pem)
    }

    /// All of one kind that are in it, at least one; `what` is one of them.
    pub(super) fn all<T: PemObject>(&self, what: &str) -> Result<Vec<T>, TransportError> {
        let found = T::pem_slice_iter(&self.text).collect::<Result<Vec<_>, _>>();
        let found = found.map_err(|error| wrong(self.option, self.told(&error.to_string()), error))?;
        if found.is_empty() {
            let why = self.told(&format!("there is no {what} in it"));
            return Err(TransportError::Certificate { option: self.option, why, source: None });
        }
        Ok(found)
    }

    /// With the name of the file, if it is one.
    pub(super) fn told(&self, why: &str) -> String {
        match self.file {
            Some(path) => format!("{}: {why}", path.display()),
            None => why.to_owned(),
        }
    }
}

/// What is wrong with the value of an option.
pub(super) fn wrong(
    option: &'static str,
    why: String,
    error: impl Error + Send + Sync + 'static,
) -> TransportError {
    TransportError::Certificate { option, why, source: Some(Cause::new(error)) }
}
