//! Pins given as text, and what they allow.

use super::Interface;
use crate::pin::VersionPin;
use crate::version::{Version, VersionError};

impl Interface {
    /// The pin that `text` stands for: a version such as `3.5`, or the name of a release.
    ///
    /// # Errors
    /// [`PinError`], which names what is wrong and what there is instead. A minor above the
    /// interface's own is none: newer servers serve everything that this client can send.
    pub fn pin(&self, text: &str) -> Result<VersionPin, PinError> {
        let alias = self.aliases.iter().find(|(name, _)| *name == text);
        let version = match alias {
            Some((_, version)) => *version,
            None if text.starts_with(|c: char| c.is_alphabetic()) => {
                return Err(PinError::UnknownAlias {
                    alias: text.to_owned(),
                    interface: self.name.to_owned(),
                    known: self.aliases.iter().map(|(name, _)| (*name).to_owned()).collect(),
                });
            }
            None => text.parse()?,
        };
        if self.versions().any(|served| served.major() == version.major()) {
            return Ok(VersionPin::new(version));
        }
        let (interface, served) = (self.name.to_owned(), self.versions().collect());
        let known = self.aliases.iter().map(|(name, _)| (*name).to_owned()).collect();
        Err(PinError::OtherMajor { version, interface, served, known })
    }

    /// Whether a client that may send up to `pin` can send the method of that name.
    pub(crate) fn supports(&self, pin: Option<Version>, method: &str) -> Result<bool, SupportsError> {
        let method = self.named(method)?;
        Ok(method.rung(pin.unwrap_or(self.version)).is_some())
    }

    /// The same for an argument of the method, in its present form.
    pub(crate) fn supports_argument(
        &self,
        pin: Option<Version>,
        method: &str,
        argument: &str,
    ) -> Result<bool, SupportsError> {
        let method = self.named(method)?;
        let arg =
            method.args.iter().find(|arg| arg.name == argument).ok_or_else(|| SupportsError::Argument {
                argument: argument.to_owned(),
                method: method.name.to_owned(),
                interface: self.name.to_owned(),
            })?;
        let rung = method.rung(pin.unwrap_or(self.version));
        Ok(rung.is_some_and(|version| arg.missing_at(version).is_none()))
    }

    fn named(&self, method: &str) -> Result<&'static super::Method, SupportsError> {
        self.methods.iter().find(|known| known.name == method).ok_or_else(|| SupportsError::Method {
            method: method.to_owned(),
            interface: self.name.to_owned(),
        })
    }
}

/// A text that no client of an interface can be pinned to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// Neither a version nor the name of a release.
    #[error("{interface} has no release {alias:?}: {}", known_aliases(known))]
    #[non_exhaustive]
    UnknownAlias {
        /// The text.
        alias: String,
        /// The name of the interface.
        interface: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Not a version.
    #[error(transparent)]
    Malformed(#[from] VersionError),
    /// A version of a major that the interface does not have, or the name of a release that reads as one, like
    /// `2023.1`.
    #[error(
        "{interface} cannot be pinned to {version}: it has the versions up to {}{}",
        list(served),
        releases(known)
    )]
    #[non_exhaustive]
    OtherMajor {
        /// The version asked for.
        version: Version,
        /// The name of the interface.
        interface: String,
        /// The last version of each major that there is.
        served: Vec<Version>,
        /// The names of releases that there are.
        known: Vec<String>,
    },
}

/// A question about a method or argument that an interface does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SupportsError {
    /// No such method.
    #[error("{interface} has no method {method}")]
    #[non_exhaustive]
    Method {
        /// The method asked for.
        method: String,
        /// The name of the interface.
        interface: String,
    },
    /// No such argument.
    #[error("{method} of {interface} has no argument {argument}")]
    #[non_exhaustive]
    Argument {
        /// The argument asked for.
        argument: String,
        /// The method.
        method: String,
        /// The name of the interface.
        interface: String,
    },
}

fn known_aliases(known: &[String]) -> String {
    match known {
        [] => "it names no releases, pin it to a version".to_owned(),
        known => format!("use a version or one of {}", known.join(", ")),
    }
}

fn releases(known: &[String]) -> String {
    match known {
        [] => String::new(),
        known => format!(", and the releases {}", known.join(", ")),
    }
}

fn list(versions: &[Version]) -> String {
    versions.iter().map(Version::to_string).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPUTE: Interface = Interface::new("ComputeManager", "compute", Version::new(6, 5), &[])
        .with_older(&[Version::new(5, 13)])
        .with_aliases(&[
            ("victoria", Version::new(5, 12)),
            ("zed", Version::new(6, 2)),
            ("2023.1", Version::new(6, 2)),
        ]);

    #[test]
    fn pins() {
        assert_eq!(COMPUTE.pin("victoria").unwrap().get(), Some(Version::new(5, 12)));
        assert_eq!(COMPUTE.pin("2023.1").unwrap().get(), Some(Version::new(6, 2)));
        assert_eq!(COMPUTE.pin("6.5").unwrap().get(), Some(Version::new(6, 5)));
        assert_eq!(COMPUTE.pin("6.99").unwrap().get(), Some(Version::new(6, 99)));
        for (text, expected) in [
            (
                "queens",
                "ComputeManager has no release \"queens\": use a version or one of victoria, zed, 2023.1",
            ),
            (
                "2023.2",
                "ComputeManager cannot be pinned to 2023.2: it has the versions up to 6.5 and 5.13, and the releases \
                 victoria, zed, 2023.1",
            ),
            ("6", "\"6\" is not a version MAJOR.MINOR: the minor part is missing"),
            ("", "\"\" is not a version MAJOR.MINOR: every part is a decimal number"),
        ] {
            assert_eq!(COMPUTE.pin(text).unwrap_err().to_string(), expected);
        }
        let nameless = Interface::new("Probe", "probe", Version::new(1, 0), &[]);
        assert_eq!(
            nameless.pin("zed").unwrap_err().to_string(),
            "Probe has no release \"zed\": it names no releases, pin it to a version"
        );
        assert_eq!(
            nameless.pin("4.0").unwrap_err().to_string(),
            "Probe cannot be pinned to 4.0: it has the versions up to 1.0"
        );
    }
}
