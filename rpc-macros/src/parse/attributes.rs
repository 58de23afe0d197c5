//! The keys of `#[rpc_manager]`, `#[rpc]` and `#[arg]`.

use proc_macro2::{Group, Ident, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, Lit, LitStr, Meta, Path, Token, Type, token};

use super::keys::{Keys, equals, flag, value};
use crate::errors::Errors;

/// What `#[rpc_manager(..)]` says.
#[derive(Debug)]
pub(crate) struct ManagerKeys {
    pub(crate) keys: Keys,
    pub(crate) client: Option<Ident>,
    pub(crate) topic: Option<LitStr>,
    pub(crate) namespace: Option<LitStr>,
    pub(crate) version: Option<LitStr>,
    pub(crate) context: Option<Type>,
    pub(crate) error: Option<Type>,
    pub(crate) runtime: Option<Path>,
}

impl ManagerKeys {
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut keys = Keys::new(&["client", "topic", "namespace", "version", "context", "error", "crate"]);
        let (mut client, mut topic, mut namespace, mut version) = (None, None, None, None);
        let (mut context, mut error, mut runtime) = (None, None, None);
        keys.read(tokens, errors, |key, input| {
            match key.to_string().as_str() {
                "client" => client = Some(value(key, input)?),
                "topic" => topic = Some(value(key, input)?),
                "namespace" => namespace = Some(value(key, input)?),
                "version" => version = Some(version_text(key, input)?),
                "context" => context = Some(value(key, input)?),
                "error" => error = Some(value(key, input)?),
                _ => runtime = Some(path(key, input)?),
            }
            Ok(())
        });
        Self { keys, client, topic, namespace, version, context, error, runtime }
    }
}

/// What the `#[rpc(..)]` attributes of one method say.
#[derive(Debug)]
pub(crate) struct RpcKeys {
    pub(crate) keys: Keys,
    pub(crate) since: Option<LitStr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) to: Option<Expr>,
}

impl RpcKeys {
    pub(crate) fn read(attributes: &[&Attribute], errors: &mut Errors) -> Self {
        let mut keys = Keys::new(&["call", "cast", "fanout", "since", "name", "to"]);
        let (mut since, mut name, mut to) = (None, None, None);
        for attribute in attributes {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "since" => since = Some(version_text(key, input)?),
                    "name" => name = Some(value(key, input)?),
                    "to" => to = Some(value(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, since, name, to }
    }
}

/// What the `#[arg(..)]` attributes of one argument say.
#[derive(Debug)]
pub(crate) struct ArgKeys {
    pub(crate) keys: Keys,
    pub(crate) name: Option<LitStr>,
    pub(crate) since: Option<LitStr>,
    pub(crate) old: Option<Old>,
    /// The value of `default = ..`; `default` alone leaves it empty.
    pub(crate) default: Option<Expr>,
}

impl ArgKeys {
    pub(crate) fn read(attributes: &[&Attribute], errors: &mut Errors) -> Self {
        let mut keys = Keys::new(&["name", "default", "since", "old"]);
        let (mut name, mut since, mut old, mut default) = (None, None, None, None);
        for attribute in attributes {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "name" => name = Some(value(key, input)?),
                    "since" => since = Some(version_text(key, input)?),
                    "old" => old = Some(value(key, input)?),
                    _ if input.peek(Token![=]) => default = Some(value(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, name, since, old, default }
    }
}

/// What becomes of an argument in a request to a server that is too old for it.
#[derive(Debug)]
pub(crate) enum Old {
    /// `drop`: it is left out.
    Drop,
    /// `error_if_set`: it is left out if it carries nothing, else the request fails.
    ErrorIfSet,
    /// `with(path)`: that function makes its older form.
    With(Path),
}

impl Parse for Old {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let policy = input.parse::<Ident>()?;
        match policy.to_string().as_str() {
            "drop" => Ok(Self::Drop),
            "error_if_set" => Ok(Self::ErrorIfSet),
            "with" => {
                let function = match input.peek(token::Paren) {
                    true => input.parse::<Group>()?.stream(),
                    false => TokenStream::new(),
                };
                if function.is_empty() {
                    return Err(syn::Error::new(policy.span(), "`with` names a function: `with(function)`"));
                }
                syn::parse2(function).map(Self::With)
            }
            _ => Err(syn::Error::new(
                policy.span(),
                format!("unknown policy `{policy}`; use `drop`, `error_if_set` or `with(function)`"),
            )),
        }
    }
}

/// The tokens between the parentheses; none after an error.
pub(crate) fn inside(attribute: &Attribute, errors: &mut Errors) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            errors.at(pair, "write the keys in parentheses");
            TokenStream::new()
        }
    }
}

/// A version as text. Numbers are told apart, because `3.20` as one is `3.2`.
fn version_text(key: &Ident, input: ParseStream) -> syn::Result<LitStr> {
    match value(key, input)? {
        Lit::Str(text) => Ok(text),
        Lit::Float(number) => {
            let digits = number.base10_digits();
            let short = digits.parse::<f64>().map_or_else(|_| digits.to_owned(), |value| value.to_string());
            let why =
                if short == digits { "" } else { &format!(": {digits} as a number would become {short}") };
            Err(syn::Error::new(number.span(), format!("write the version as a string{why}")))
        }
        other => Err(syn::Error::new(other.span(), "write the version as a string, for example \"3.20\"")),
    }
}

/// A path as in `use`: `crate::rpc`, `::runtime`.
pub(crate) fn path(key: &Ident, input: ParseStream) -> syn::Result<Path> {
    equals(key, input)?;
    input.call(Path::parse_mod_style)
}
