//! Names that have to be names in Python as well.

use syn::LitStr;

use crate::errors::Errors;

/// The name of a class; what is wrong with it is said there.
pub(crate) fn class_name(text: &LitStr, errors: &mut Errors) -> String {
    checked(text, "class", is_identifier, errors)
}

/// The name of a module: names with dots between them.
pub(crate) fn module_name(text: &LitStr, errors: &mut Errors) -> String {
    checked(text, "module", |name| name.split('.').all(is_identifier), errors)
}

fn checked(text: &LitStr, what: &str, is_name: fn(&str) -> bool, errors: &mut Errors) -> String {
    let name = text.value();
    if name.is_empty() {
        errors.at(text, format!("the {what} is empty"));
    } else if !is_name(&name) {
        errors.at(text, format!("{name:?} is not the name of a Python {what}"));
    }
    name
}

fn is_identifier(word: &str) -> bool {
    let starts = word.starts_with(|first: char| first.is_alphabetic() || first == '_');
    starts && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        for (word, expected) in [
            ("Volume", true),
            ("_Volume2", true),
            ("Größe", true),
            ("", false),
            ("2nd", false),
            ("a b", false),
            ("a.B", false),
            ("a-b", false),
        ] {
            assert_eq!(is_identifier(word), expected, "{word:?}");
        }
    }
}
