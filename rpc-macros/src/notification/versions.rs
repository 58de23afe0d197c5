//! Since when a set has an event.

use syn::LitStr;

use super::keys::SetKeys;
use crate::errors::Errors;
use crate::model::Version;

/// The version that a set is at.
#[derive(Debug, Clone, Copy)]
pub(super) enum SetVersion {
    At(Version),
    /// It says none.
    None,
    /// What it says is wrong: what events say is not compared with it.
    Wrong,
}

impl SetVersion {
    pub(super) fn read(keys: &SetKeys, errors: &mut Errors) -> Self {
        match &keys.version {
            Some(text) => Version::read(text, errors).map_or(Self::Wrong, Self::At),
            None if keys.keys.saw("version") => Self::Wrong,
            None => Self::None,
        }
    }

    pub(super) fn known(self) -> Option<Version> {
        if let Self::At(version) = self { Some(version) } else { None }
    }

    /// The value of `since`.
    pub(super) fn since(self, text: &LitStr, errors: &mut Errors) -> Option<Version> {
        let since = Version::read(text, errors)?;
        let wrong = match self {
            Self::At(version) if since.major != version.major => {
                format!("since \"{since}\" has major {}, this set has major {}", since.major, version.major)
            }
            Self::At(version) if since > version => {
                format!(
                    "since \"{since}\" is newer than the set's version \"{version}\"; raise `version` on #[notification]"
                )
            }
            Self::At(version) if since == version.start() => {
                format!("\"{since}\" is where this set starts: every version has the event; drop `since`")
            }
            Self::None => {
                format!(
                    "`since` needs the version that the set is at: #[notification(version = \"{since}\")]"
                )
            }
            Self::At(_) | Self::Wrong => return Some(since),
        };
        errors.at(text, wrong);
        None
    }
}
