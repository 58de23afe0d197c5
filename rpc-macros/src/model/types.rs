//! Types of arguments and results, as far as a macro can judge them.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{GenericArgument, PathArguments, Type, TypeImplTrait, TypeReference};

use crate::errors::Errors;

/// Why a method has no type parameters, however they are written.
pub(super) const GENERIC: &str = "rpc methods cannot be generic: there is one handler per wire name";

/// Refuses types that have no place in an interface; whether the others can travel is decided by
/// the traits of the runtime. `what` they are the types of: arguments or results.
pub(crate) fn check(ty: &Type, what: &'static str, errors: &mut Errors) {
    // Elsewhere in a type it may be owned, as in a `Box`.
    if let Type::Slice(slice) = ty {
        let instead = source_text(&slice.elem);
        errors.at(slice, format!("rpc {what} are decoded into owned values; use `Vec<{instead}>`"));
    }
    Check { what, errors }.visit_type(ty);
}

struct Check<'a> {
    what: &'static str,
    errors: &'a mut Errors,
}

impl Visit<'_> for Check<'_> {
    fn visit_type_reference(&mut self, reference: &TypeReference) {
        let is_str = matches!(&*reference.elem, Type::Path(path) if path.path.is_ident("str"));
        let instead = if is_str { "; use `String`" } else { "" };
        let what = self.what;
        self.errors.at(reference, format!("rpc {what} are decoded into owned values{instead}"));
    }

    fn visit_lifetime(&mut self, lifetime: &syn::Lifetime) {
        if lifetime.ident != "static" {
            let what = self.what;
            self.errors.at(lifetime, format!("rpc {what} are decoded into owned values: no lifetimes"));
        }
    }

    fn visit_type_impl_trait(&mut self, ty: &TypeImplTrait) {
        self.errors.at(ty, GENERIC);
    }

    fn visit_ident(&mut self, ident: &Ident) {
        if ident == "Self" {
            self.errors.at(ident, "`Self` is the manager: a client has no such type");
        }
    }

    fn visit_type(&mut self, ty: &Type) {
        if let Type::Infer(infer) = ty {
            self.errors.at(infer, "rpc methods need their types spelled out");
        }
        visit::visit_type(self, ty);
    }
}

/// The `T` of an `Option<T>` that is spelled as one.
pub(super) fn in_option(ty: &Type) -> Option<&Type> {
    match parameters(ty, "Option")?[..] {
        [value] => Some(value),
        _ => None,
    }
}

/// The `T` and `E` of a `Result<T, E>` that is spelled as one.
pub(crate) fn in_result(ty: &Type) -> Option<(&Type, &Type)> {
    match parameters(ty, "Result")?[..] {
        [value, error] => Some((value, error)),
        _ => None,
    }
}

/// The type parameters of a type that is spelled with this name.
fn parameters<'a>(ty: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name && path.qself.is_none())?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let types = arguments.args.iter().map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// The types of the language and its containers, by their last name.
const PLAIN: [&str; 24] = [
    "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    "f32", "f64", "String", "Box", "Option", "Vec", "BTreeMap", "BTreeSet", "HashMap", "HashSet",
];

/// Whether values of this type may be, or hold, versioned objects: all but what is spelled as plain types and well-known ones.
pub(crate) fn may_hold_objects(ty: &Type) -> bool {
    has_others(ty, &["Uuid", "Value"])
}

/// Whether this type may lack serde: what is spelled as plain types alone has it.
pub(crate) fn may_lack_serde(ty: &Type) -> bool {
    has_others(ty, &[])
}

/// Whether the type is spelled with others than plain types and those `known`.
fn has_others(ty: &Type, known: &[&str]) -> bool {
    struct Names<'a>(bool, &'a [&'a str]);
    impl Visit<'_> for Names<'_> {
        fn visit_path(&mut self, path: &syn::Path) {
            let is_known = |name: &Ident| PLAIN.iter().chain(self.1).any(|known| name == known);
            self.0 |= !path.segments.last().is_some_and(|last| is_known(&last.ident));
            visit::visit_path(self, path);
        }
    }
    let mut names = Names(false, known);
    names.visit_type(ty);
    names.0
}

/// A type or expression for people to read: `Option<String>` and not `Option < String >`.
pub(crate) fn source_text(source: &impl ToTokens) -> String {
    let mut text = String::new();
    write(source.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut previous_is_word = false;
    for token in tokens {
        let is_word = matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
        if is_word && previous_is_word {
            text.push(' ');
        }
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                separator @ (',' | ';') => text.extend([separator, ' ']),
                sign @ ('+' | '=') => text.extend([' ', sign, ' ']),
                other => text.push(other),
            },
            word => text.push_str(&word.to_string()),
        }
        previous_is_word = is_word;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for text in [
            "u32",
            "Option<String>",
            "std::collections::HashMap<String, Vec<u8>>",
            "(u8, [u16; 4])",
            "Box<dyn Tag + Send>",
            "<Volume as Object>::Id",
        ] {
            assert_eq!(source_text(&syn::parse_str::<Type>(text).unwrap()), text);
        }
    }

    #[test]
    fn texts_of_values() {
        for text in ["-1", "String::from(\"x y\")", "Mode::Rw", "vec![1, 2]", "1 + 2"] {
            assert_eq!(source_text(&syn::parse_str::<syn::Expr>(text).unwrap()), text);
        }
    }

    #[test]
    fn plain_types() {
        for (text, may_hold, may_lack) in [
            ("Option<Vec<std::collections::HashMap<String, u8>>>", false, false),
            ("(bool, [i64; 4])", false, false),
            ("Option<uuid::Uuid>", false, true),
            ("Volume", true, true),
            ("Option<cinder::Volume>", true, true),
        ] {
            let ty = syn::parse_str(text).unwrap();
            assert_eq!((may_hold_objects(&ty), may_lack_serde(&ty)), (may_hold, may_lack), "{text}");
        }
    }

    #[test]
    fn options() {
        for (text, expected) in [
            ("Option<String>", Some("String")),
            ("::core::option::Option<Vec<u8>>", Some("Vec<u8>")),
            ("Option", None),
            ("Vec<u8>", None),
            ("Maybe<u8>", None),
        ] {
            let ty = syn::parse_str(text).unwrap();
            assert_eq!(in_option(&ty).map(source_text), expected.map(str::to_owned), "{text}");
        }
    }
}
