//! Names of what is generated.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::format_ident;
use syn::ext::IdentExt as _;

use crate::errors::Errors;

/// What the client has besides the methods of the trait.
const CLIENT_ITEMS: &[(&str, &str)] = &[
    ("new", "constructor `new`"),
    ("pinned", "method `pinned`"),
    ("with", "method `with`"),
    ("endpoint", "function `endpoint`"),
    ("serve", "function `serve`"),
    ("target", "function `target`"),
    ("pin", "function `pin`"),
    ("supports", "method `supports`"),
    ("supports_argument", "method `supports_argument`"),
    ("INTERFACE", "constant `INTERFACE`"),
];

/// What generated code calls things that types and expressions of the user's are used beside.
const RESERVED: &[&str] = &["__rpc", "__RpcManager"];

/// Refuses names in these tokens that would mean what is generated.
pub(crate) fn check_reserved(tokens: TokenStream, errors: &mut Errors) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => check_reserved(group.stream(), errors),
            TokenTree::Ident(name) if RESERVED.iter().any(|reserved| name == reserved) => {
                errors.at(&name, format!("`{name}` is a name of generated code: use it under another one"));
            }
            _ => {}
        }
    }
}

/// The generated item of the client that a method of this name would collide with.
pub(super) fn collides_with(method: &Ident) -> Option<&'static str> {
    let name = method.unraw();
    CLIENT_ITEMS.iter().find(|(item, _)| name == item).map(|(_, what)| *what)
}

/// The client of a trait that names none: `VolumeApi` of `VolumeManager` and of `Volume`.
pub(super) fn client_of(name: &Ident) -> Ident {
    let text = name.unraw().to_string();
    let subject = text.strip_suffix("Manager").filter(|subject| !subject.is_empty()).unwrap_or(&text);
    format_ident!("{subject}Api", span = name.span())
}

/// The constant that describes a method.
pub(super) fn constant_of(method: &Ident) -> String {
    format!("METHOD_{}", method.unraw().to_string().to_uppercase())
}

/// `create_volume` as part of a type's name: `CreateVolume`.
pub(super) fn camel(name: &Ident) -> String {
    let name = name.unraw().to_string();
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn names() {
        for (from, to) in [
            ("create_volume", "CreateVolume"),
            ("r#move", "Move"),
            ("_x", "X"),
            ("a__b", "AB"),
            ("été", "Été"),
        ] {
            let ident: Ident = syn::parse_str(from).unwrap();
            assert_eq!(camel(&ident), to);
        }
        let client = |name: &str| client_of(&syn::parse_str(name).unwrap()).to_string();
        assert_eq!(client("VolumeManager"), "VolumeApi");
        assert_eq!(client("Greeter"), "GreeterApi");
        assert_eq!(client("Manager"), "ManagerApi");
        assert_eq!(client("r#Try"), "TryApi");
        assert_eq!(constant_of(&Ident::new("ping", Span::call_site())), "METHOD_PING");
    }
}
