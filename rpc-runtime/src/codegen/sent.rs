//! One error for an argument without serde, which both client and server miss.
//!
//! The client tells it. What a server does with an argument is a function of [`Of`] if clients can encode its type, which may
//! still complain that it cannot be decoded; else it is one of [`NotSent`], which needs nothing of the type.

use serde::Serialize;

use crate::class::Of;
use crate::error::RemoteError;
use crate::interface::Decode;
use crate::server::{Args, FromAbsent, Raised};

impl<T: Serialize> Of<T> {
    /// [`Args::required`].
    ///
    /// # Errors
    /// The same.
    pub fn required(args: Args<'_>, name: &str) -> Result<T, Raised>
    where
        T: Decode,
    {
        args.required(name)
    }

    /// [`Args::optional`].
    ///
    /// # Errors
    /// The same.
    pub fn optional(args: Args<'_>, name: &str) -> Result<T, Raised>
    where
        T: Decode + FromAbsent,
    {
        args.optional(name)
    }

    /// [`Args::or_else`].
    ///
    /// # Errors
    /// The same.
    pub fn or_else(args: Args<'_>, name: &str, default: impl FnOnce() -> T) -> Result<T, Raised>
    where
        T: Decode,
    {
        args.or_else(name, default)
    }

    /// [`Args::rest`].
    ///
    /// # Errors
    /// The same.
    pub fn rest(args: Args<'_>) -> Result<T, Raised>
    where
        T: Decode,
    {
        args.rest()
    }

    /// A value that a client sends unless it is set: the setter tells if there is an error.
    pub fn unset(value: &T) -> &T {
        value
    }
}

/// The same functions for types that cannot be encoded. No program has them: its client does not compile.
pub trait NotSent {
    /// The type.
    type Type;

    /// No value.
    ///
    /// # Errors
    /// Always.
    fn required(_: Args<'_>, _: &str) -> Result<Self::Type, Raised> {
        Err(Box::new(RemoteError::builtin("TypeError", "the type of an argument cannot be encoded")).into())
    }

    /// No value.
    ///
    /// # Errors
    /// Always.
    fn optional(args: Args<'_>, name: &str) -> Result<Self::Type, Raised> {
        Self::required(args, name)
    }

    /// No value.
    ///
    /// # Errors
    /// Always.
    fn or_else(args: Args<'_>, name: &str, _: impl FnOnce() -> Self::Type) -> Result<Self::Type, Raised> {
        Self::required(args, name)
    }

    /// No value.
    ///
    /// # Errors
    /// Always.
    fn rest(args: Args<'_>) -> Result<Self::Type, Raised> {
        Self::required(args, "")
    }

    /// Nothing instead of the value.
    fn unset(_: &Self::Type) -> &() {
        &()
    }
}

impl<T> NotSent for Of<T> {
    type Type = T;
}
