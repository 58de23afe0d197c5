//! The form in which a client takes an argument, which depends on its type.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// How a client takes an argument, and what it is then to the rest of the client.
///
/// This goes by the spelling; an alias is taken as a type like any other.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// Whatever borrows as the type: a `&T`.
    Plain(Type),
    /// `String`: all that is text, a `&str`.
    Text,
    /// `Vec<T>`: all that is a list of it, a `&[T]`.
    List(Type),
    /// `Option<T>`: an `Option` of what `T` is.
    OptionOf(Box<Form>),
    /// An `Option` of a number, a flag or a letter: the same.
    OptionOfNumber(Type),
}

impl Form {
    pub(super) fn of(ty: &Type) -> Self {
        match named(ty) {
            Some(("String", None)) => Self::Text,
            Some(("Vec", Some(element))) => Self::List(element.clone()),
            Some(("Option", Some(inner))) if is_number(inner) => Self::OptionOfNumber(ty.clone()),
            Some(("Option", Some(inner))) => match Self::of(inner) {
                // Which of the two would `None` be?
                Self::OptionOf(_) | Self::OptionOfNumber(_) => Self::Plain(ty.clone()),
                form => Self::OptionOf(Box::new(form)),
            },
            _ => Self::Plain(ty.clone()),
        }
    }
}

/// The name of one of std's types, with its one parameter, if it has any.
fn named(ty: &Type) -> Option<(&'static str, Option<&Type>)> {
    const NAMES: [(&str, &str); 3] = [("String", "string"), ("Vec", "vec"), ("Option", "option")];
    let Type::Path(path) = ty else { return None };
    let segments: Vec<&PathSegment> = path.path.segments.iter().collect();
    let (last, modules) = segments.split_last()?;
    let (name, module) = NAMES.into_iter().find(|(name, _)| last.ident == name)?;
    let is_std = match modules {
        [] => true,
        [root, parent] => {
            ["std", "alloc", "core"].iter().any(|it| root.ident == it) && parent.ident == module
        }
        _ => false,
    };
    let parameter = match &last.arguments {
        PathArguments::None => None,
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(ty) if arguments.args.len() == 1 => Some(ty),
            _ => return None,
        },
        PathArguments::Parenthesized(_) => return None,
    };
    (path.qself.is_none() && is_std).then_some((name, parameter))
}

/// Whether this is a type of the language that is given by value: there would be nothing to borrow.
fn is_number(ty: &Type) -> bool {
    const NUMBERS: [&str; 16] = [
        "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
        "isize", "f32", "f64",
    ];
    matches!(ty, Type::Path(path) if NUMBERS.iter().any(|number| path.path.is_ident(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::types::source_text;

    fn text(form: &Form) -> String {
        match form {
            Form::Plain(ty) => source_text(ty),
            Form::Text => "text".to_owned(),
            Form::List(element) => format!("[{}]", source_text(element)),
            Form::OptionOf(inner) => format!("{}?", text(inner)),
            Form::OptionOfNumber(ty) => format!("number {}", source_text(ty)),
        }
    }

    #[test]
    fn forms() {
        for (ty, expected) in [
            ("String", "text"),
            ("::std::string::String", "text"),
            ("mine::String", "mine::String"),
            ("mine::string::String", "mine::string::String"),
            ("std::text::String", "std::text::String"),
            ("Vec<String>", "[String]"),
            ("std::vec::Vec<u8>", "[u8]"),
            ("Vec<u8, Global>", "Vec<u8, Global>"),
            ("Vec", "Vec"),
            ("u32", "u32"),
            ("Volume", "Volume"),
            ("Option<String>", "text?"),
            ("Option<Vec<u8>>", "[u8]?"),
            ("core::option::Option<Volume>", "Volume?"),
            ("Option<u32>", "number Option<u32>"),
            ("Option<bool>", "number Option<bool>"),
            ("Option<Option<u32>>", "Option<Option<u32>>"),
            ("<Volume as Object>::Option", "<Volume as Object>::Option"),
        ] {
            assert_eq!(text(&Form::of(&syn::parse_str(ty).unwrap())), expected, "{ty}");
        }
    }
}
