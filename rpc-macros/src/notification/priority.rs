//! How important an event is.

use proc_macro2::Ident;
use syn::Lit;
use syn::parse::{Parse, ParseStream};

/// Each as it is written, and as the runtime calls it.
const ALL: [(&str, &str); 7] = [
    ("audit", "Audit"),
    ("critical", "Critical"),
    ("debug", "Debug"),
    ("error", "Error"),
    ("info", "Info"),
    ("sample", "Sample"),
    ("warn", "Warn"),
];

/// The value of `priority`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Priority {
    /// Its name in the runtime.
    pub(super) variant: &'static str,
}

impl Priority {
    /// The priority of that name; `warning` is the other one that `warn` has in Python.
    pub(super) fn of(word: &str) -> Option<Self> {
        let word = if word == "warning" { "warn" } else { word };
        ALL.iter().find(|(name, _)| *name == word).map(|(_, variant)| Self { variant })
    }
}

impl Parse for Priority {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if let Ok(literal) = input.fork().parse::<Lit>() {
            let example = "write the priority as a word, for example `priority = info`";
            return Err(syn::Error::new(literal.span(), example));
        }
        let word = input.parse::<Ident>()?;
        Self::of(&word.to_string()).ok_or_else(|| {
            let [others @ .., last] = ALL.map(|(name, _)| name);
            let others = others.join(", ");
            syn::Error::new(word.span(), format!("unknown priority `{word}`; use {others} or {last}"))
        })
    }
}
