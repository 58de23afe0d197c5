//! The classes of exceptions, as descriptions have them.

use serde::Serialize;

/// A Python class that is one of the errors of a method.
///
/// `#[derive(RpcException)]` makes those of its type: [`RpcException::CLASSES`](super::RpcException::CLASSES).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExceptionClass {
    /// The module of the class.
    pub module: &'static str,
    /// The name of the class.
    pub class: &'static str,
    /// The HTTP status that it stands for.
    pub code: Option<u16>,
    /// The text of the class, as Python formats it, if the type has it.
    pub message: Option<&'static str>,
    /// What it is made of.
    pub args: &'static [ExceptionArg],
}

/// One argument of an [`ExceptionClass`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExceptionArg {
    /// The name of a keyword argument; a positional one has none.
    pub name: Option<&'static str>,
    /// The Rust type, as it is written.
    pub ty: &'static str,
}

impl ExceptionClass {
    /// A class without a status and a text.
    #[must_use]
    pub const fn new(module: &'static str, class: &'static str, args: &'static [ExceptionArg]) -> Self {
        Self { module, class, code: None, message: None, args }
    }

    /// The same class with an HTTP status.
    #[must_use]
    pub const fn with_code(mut self, code: u16) -> Self {
        self.code = Some(code);
        self
    }

    /// The same class with its text.
    #[must_use]
    pub const fn with_message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }
}

impl ExceptionArg {
    /// A keyword argument.
    #[must_use]
    pub const fn keyword(name: &'static str, ty: &'static str) -> Self {
        Self { name: Some(name), ty }
    }

    /// A positional argument.
    #[must_use]
    pub const fn positional(ty: &'static str) -> Self {
        Self { name: None, ty }
    }
}
