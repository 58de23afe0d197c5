//! The keys of `#[arg]`.

use proc_macro2::{Group, Ident, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, LitStr, Path, Token, token};

use super::keys::{Keys, flag, inside, value};
use super::values::{Derived, WasKey, derived, versions, was};
use crate::errors::Errors;

/// Whether an attribute is `#[arg]`.
pub(crate) fn is_arg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("arg")
}

/// What the `#[arg(..)]` attributes of one argument say.
#[derive(Debug)]
pub(crate) struct ArgKeys {
    pub(crate) keys: Keys,
    pub(crate) name: Option<LitStr>,
    pub(crate) was: Option<WasKey>,
    pub(crate) since: Vec<LitStr>,
    pub(crate) old: Option<Old>,
    /// The value of `default = ..`; `default` alone leaves it empty.
    pub(crate) default: Option<Expr>,
    pub(crate) from: Option<Derived>,
    pub(crate) fixed: Option<Expr>,
}

impl ArgKeys {
    pub(crate) fn read(attributes: &[&Attribute], errors: &mut Errors) -> Self {
        const KEYS: &[&str] =
            &["name", "was", "default", "since", "old", "required", "from", "fixed", "rest"];
        let mut keys = Keys::new(KEYS).without(
            "until",
            "an argument that was removed is no parameter any more: #[rpc(legacy(name = value, until = \"6.0\"))] sends it \
             to older servers",
        );
        let mut this = Self {
            keys: keys.clone(),
            name: None,
            was: None,
            since: Vec::new(),
            old: None,
            default: None,
            from: None,
            fixed: None,
        };
        for attribute in attributes {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "name" => this.name = Some(value(key, input)?),
                    "was" => this.was = Some(was(key, input)?),
                    "since" => this.since = versions(key, input)?,
                    "old" => this.old = Some(value(key, input)?),
                    "from" => this.from = Some(from(key, input)?),
                    "fixed" => this.fixed = Some(value(key, input)?),
                    "default" if input.peek(Token![=]) => this.default = Some(value(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, ..this }
    }
}

/// `from(volume: &Volume) = volume.id`
fn from(key: &Ident, input: ParseStream) -> syn::Result<Derived> {
    let from = derived(key, input)?;
    if from.parameters.is_empty() {
        return Err(syn::Error::new(
            key.span(),
            "`from` says what the client takes instead: `from(volume: &Volume) = volume.id`",
        ));
    }
    Ok(from)
}

/// What becomes of an argument in a request to a server that is too old for it.
#[derive(Debug)]
pub(crate) enum Old {
    /// `drop`: it is left out.
    Drop,
    /// `error_if_set`: it is left out if it carries nothing, else the request fails.
    ErrorIfSet,
    /// `error_if(path)`: the request fails if that function says so, else it is left out.
    ErrorIf(Path),
    /// `with(path)`: that function makes its older form.
    With(Path),
}

impl Parse for Old {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let policy = input.parse::<Ident>()?;
        match policy.to_string().as_str() {
            "drop" => Ok(Self::Drop),
            "error_if_set" => Ok(Self::ErrorIfSet),
            "error_if" => function(&policy, input).map(Self::ErrorIf),
            "with" => function(&policy, input).map(Self::With),
            _ => Err(syn::Error::new(
                policy.span(),
                format!("unknown policy `{policy}`; use `{}`", Self::CHOICES.join("`, `")),
            )),
        }
    }
}

impl Old {
    /// All policies, as they are written.
    pub(crate) const CHOICES: [&str; 4] = ["drop", "error_if_set", "error_if(function)", "with(function)"];
}

/// The function in parentheses after a policy.
fn function(policy: &Ident, input: ParseStream) -> syn::Result<Path> {
    let function = match input.peek(token::Paren) {
        true => input.parse::<Group>()?.stream(),
        false => TokenStream::new(),
    };
    if function.is_empty() {
        let message = format!("`{policy}` names a function: `{policy}(function)`");
        return Err(syn::Error::new(policy.span(), message));
    }
    let at = function.clone();
    syn::parse2(function).map_err(|_| {
        let message = format!("`{policy}` takes the path of a function, and nothing else");
        syn::Error::new_spanned(at, message)
    })
}
