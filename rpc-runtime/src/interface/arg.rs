//! One wire argument.

use serde::{Serialize, Serializer};

use crate::class::{HeldObject, ObjectClass};
use crate::version::Version;

/// One wire argument of a [`Method`](super::Method).
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct Arg {
    /// The name on the wire.
    pub name: &'static str,
    /// An older name, if the argument was renamed.
    pub was: Option<Was>,
    /// The Rust type, as it is written in the trait.
    pub ty: &'static str,
    /// If the argument came later than its method: its first version in each major that has it,
    /// newest first.
    pub since: &'static [Version],
    /// What becomes of it in a request to a server without it.
    pub old: Old,
    /// The default, as it is written in the trait.
    pub default: Option<&'static str>,
    /// Whether clients have to give it, although servers do without it for the sake of older ones.
    pub required: bool,
    /// The value that every client sends, as it is written in the trait.
    pub fixed: Option<&'static str>,
    /// Whether it stands for all keyword arguments that have no name of their own.
    pub rest: bool,
    /// The class of the versioned object that it is, or holds. Serialised with the classes below it.
    #[serde(rename = "objects", serialize_with = "all_classes")]
    pub object: HeldObject,
}

pub(super) fn all_classes<S: Serializer>(object: &HeldObject, serializer: S) -> Result<S::Ok, S::Error> {
    object.map_or_else(Vec::new, |class| ObjectClass::with_all_below(class())).serialize(serializer)
}

impl Arg {
    /// A required argument of the type that is written `ty`.
    #[must_use]
    pub const fn new(name: &'static str, ty: &'static str) -> Self {
        Self {
            name,
            was: None,
            ty,
            since: &[],
            old: Old::Keep,
            default: None,
            required: false,
            fixed: None,
            rest: false,
            object: None,
        }
    }

    /// The same argument, came with `since`, with its policy for older servers.
    #[must_use]
    pub const fn with_since(mut self, since: &'static [Version], old: Old) -> Self {
        self.since = since;
        self.old = old;
        self
    }

    /// The same argument, called `name` below the version `until`.
    #[must_use]
    pub const fn with_was(mut self, name: &'static str, until: Version) -> Self {
        self.was = Some(Was { name, until });
        self
    }

    /// The same argument with a default, given as text for people to read.
    #[must_use]
    pub const fn with_default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// The same argument, which clients have to give although older ones did not.
    #[must_use]
    pub const fn as_required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same argument with the value that every client sends, as text for people to read.
    #[must_use]
    pub const fn with_fixed(mut self, fixed: &'static str) -> Self {
        self.fixed = Some(fixed);
        self
    }

    /// The same argument, which is or holds a versioned object of that class.
    #[must_use]
    pub const fn with_object(mut self, object: HeldObject) -> Self {
        self.object = object;
        self
    }

    /// The same argument as a map of all keyword arguments that have no name of their own.
    #[must_use]
    pub const fn as_rest(mut self) -> Self {
        self.rest = true;
        self
    }

    /// Whether this is, or once was, its name on the wire.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        !self.rest && (self.name == name || self.was.is_some_and(|was| was.name == name))
    }

    /// Its name in a request of that version.
    pub(crate) fn name_at(&self, version: Version) -> &'static str {
        match self.was {
            Some(was) if version < was.until => was.name,
            _ => self.name,
        }
    }

    /// The version that has it, if a server of `version` does not know it or not in this form.
    pub(crate) fn missing_at(&self, version: Version) -> Option<Version> {
        if self.since.is_empty() || self.since.iter().any(|since| version.accepts(*since)) {
            return None;
        }
        lowest_above(self.since, version)
    }
}

/// The lowest of `since`, which is sorted newest first, that is above `version`, else the newest.
pub(super) fn lowest_above(since: &[Version], version: Version) -> Option<Version> {
    since.iter().rev().find(|since| **since > version).or(since.first()).copied()
}

/// The older name of a method or argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Was {
    /// The older name on the wire.
    pub name: &'static str,
    /// The first version with the present name.
    pub until: Version,
}

/// An argument that was removed: clients send it to servers below `until`, servers ignore it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Legacy {
    /// The name on the wire.
    pub name: &'static str,
    /// The first version without it.
    pub until: Version,
}

impl Legacy {
    /// An argument that servers had below the version `until`.
    #[must_use]
    pub const fn new(name: &'static str, until: Version) -> Self {
        Self { name, until }
    }
}

/// What a client does with an argument that the server is too old for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Old {
    /// Sends it: every server has it.
    Keep,
    /// Leaves it out.
    Drop,
    /// Leaves it out if it carries nothing, by its type, its default or a function of the interface's own; else fails
    /// before anything is sent.
    ErrorIfSet,
    /// Sends it in its older form.
    Convert,
}
