//! Where clients have the values of arguments from.

use proc_macro2::Ident;
use syn::{Expr, LitStr};

use super::types::source_text;
use crate::parse::{Parameter, without_around};

/// Where the client has the value from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A parameter of the client method with the argument's name and type.
    Parameter,
    /// A setter of the request: the argument has a default.
    Setter,
    /// A parameter of this name that a `from` declares with a type of its own.
    Declared,
    /// An expression over other parameters.
    Derived(Box<Expr>),
    /// The same value in every request.
    Fixed(Default),
}

/// What the server takes for an absent argument and the client sends unless told otherwise.
#[derive(Debug)]
pub(crate) enum Default {
    /// The type's own.
    OfType,
    /// A text, for any type that can be made from one.
    Text(LitStr),
    /// An expression of the argument's type.
    Value(Box<Expr>),
}

impl Default {
    pub(crate) fn of(value: Expr) -> Self {
        match without_around(value) {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Self::Text(text),
            value => Self::Value(Box::new(value)),
        }
    }

    /// The default for people to read.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::OfType => "default".to_owned(),
            Self::Text(text) => format!("{:?}", text.value()),
            Self::Value(value) => source_text(&value),
        }
    }
}

/// A parameter as it is declared once.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) parameter: Parameter,
    pub(super) place: Place,
}

/// Where a parameter of the client method stands that a key declares.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// Before the arguments: `to` declares it.
    First,
    /// In the place of the argument whose `from` declares it.
    At(Ident),
    /// After the arguments: `legacy` declares it.
    Last,
}

impl Declaration {
    /// Those of one key.
    pub(super) fn all(parameters: &[Parameter], place: Place) -> impl Iterator<Item = Self> {
        parameters.iter().cloned().map(move |parameter| Self { parameter, place: place.clone() })
    }
}
