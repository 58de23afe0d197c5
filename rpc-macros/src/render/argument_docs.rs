//! What the documentation says of arguments: defaults, and what becomes of them below which version.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt as _;

use crate::model::{Argument, Default, Late, Method, Source, Version, source_text};
use crate::parse::Old;

/// The part of a client method's documentation that is about its arguments: a line for each that is not just sent.
pub(super) fn of_method(method: &Method) -> TokenStream {
    let lines: Vec<TokenStream> = method.arguments.iter().filter_map(line).collect();
    if lines.is_empty() {
        return TokenStream::new();
    }
    quote_spanned! {Span::mixed_site()=>
        #[doc = ""]
        #[doc = " # Arguments"]
        #[doc = ""]
        #(#lines)*
    }
}

fn line(argument: &Argument) -> Option<TokenStream> {
    let value = match &argument.source {
        Source::Setter => Some(format!("{} unless it is set", otherwise(argument))),
        Source::Fixed(value) => Some(format!("always `{}`", value.text())),
        Source::Parameter | Source::Declared | Source::Derived(_) => None,
    };
    let facts: Vec<String> = value.into_iter().chain(by_version(argument)).collect();
    if facts.is_empty() {
        return None;
    }
    let doc = format!(" - `{}`: {}", argument.name.unraw(), facts.join("; "));
    Some(match &argument.condition {
        Some(condition) => quote_spanned!(Span::mixed_site()=> #[cfg_attr(all(#condition), doc = #doc)]),
        None => quote_spanned!(Span::mixed_site()=> #[doc = #doc]),
    })
}

/// The documentation of a setter.
pub(super) fn of_setter(argument: &Argument) -> String {
    let sets = format!(" Sets `{}`, which is {} otherwise.", argument.wire, otherwise(argument));
    by_version(argument).into_iter().fold(sets, |text, fact| {
        let mut letters = fact.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{text} {first}{}.", letters.as_str())
    })
}

/// What is sent if nobody sets it.
fn otherwise(argument: &Argument) -> String {
    match &argument.default {
        None | Some(Default::OfType) => "the default of its type".to_owned(),
        Some(default) => format!("`{}`", default.text()),
    }
}

/// What becomes of it for older servers.
fn by_version(argument: &Argument) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(Late { since, old }) = &argument.late {
        let below = below(since);
        facts.push(match old {
            Old::Drop => format!("left out {below}"),
            Old::ErrorIfSet => format!("left out {below}, refused there if it is set"),
            Old::ErrorIf(function) => {
                format!("left out {below}, refused there if `{}` is true for it", source_text(function))
            }
            Old::With(function) => format!("sent {below} as what `{}` makes of it", source_text(function)),
        });
    }
    if let Some(was) = &argument.was {
        facts.push(format!("called `{}` below {}", was.name, was.until));
    }
    facts
}

/// `below 6.1 (in 5.x below 5.8)`, of the first version in each major, newest first.
fn below(since: &[Version]) -> String {
    // A newer major has all that the one before it had.
    let oldest = since.last();
    let mut told = since.iter().filter(|version| version.minor > 0 || Some(*version) == oldest);
    let mut text = told.next().map(|version| format!("below {version}")).unwrap_or_default();
    for version in told {
        text.push_str(&format!(" (in {}.x below {version})", version.major));
    }
    text
}
