//! Secrets in what is logged, made unreadable.
//!
//! More than what `mask_dict_password` of oslo.utils masks: also objects under the name of a secret.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::secrets::{WORDS, is_secret};

/// What stands for a secret.
const MASK: &str = "***";

/// The value with its secrets masked, at any depth. It is nested no deeper than `serde_json` reads.
pub(super) fn masked(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let value = if is_secret(&name) { MASK.into() } else { masked(value) };
                    (name, value)
                })
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.into_iter().map(masked).collect()),
        Value::String(text) => match masked_text(&text) {
            Cow::Borrowed(_) => Value::String(text),
            Cow::Owned(masked) => Value::String(masked),
        },
        other => other,
    }
}

/// The forms in which a text says a secret after its name. Each keeps what its first group has found; what the second one
/// has found is the secret, in quotes if it begins with one.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let words = format!("(?:{})[0-9]*", WORDS.join("|"));
    let quoted = r#"("[^"]*"?|'[^']*'?)"#;
    let forms = [
        // password = "x", 'password': u'x', "password", "x", password "x", and '--password', '--arg', 'x'
        format!(r#"({words}\\*["']?\s*(?:[=:,]\s*)?(?:["']?--?[a-z]+["']?\s*,?\s*)?\\*u?){quoted}"#),
        // --password x
        format!(r#"(--[a-z_-]*{words}\s+)([^\s'"=]+)"#),
        // <password>x</password>
        format!(r"(<{words}>)([^<]+)"),
        // password --arg x, and where nobody knows what is the name of what
        format!(r"({words}\s*--?[A-z]+\s*)(\S+)"),
        // password=x, also in secret = password = x
        format!(r#"({words}\\*["']?\s*=\s*)([^\s'"]+(?:\s*=\s*[^\s'"]+)*)"#),
        // password: x
        format!(r#"({words}\\*["']?\s*:\s*)([^\s'",;&<>]+)"#),
    ];
    // All of them are regular expressions: the tests use them.
    forms.iter().filter_map(|form| Regex::new(&format!("(?is){form}")).ok()).collect()
});

/// The text with what follows the name of a secret masked.
pub(in crate::notification) fn masked_text(text: &str) -> Cow<'_, str> {
    // As a rule there is none.
    if !is_secret(text) {
        return Cow::Borrowed(text);
    }
    let mut masked = Cow::Borrowed(text);
    for form in FORMS.iter() {
        let replaced = form.replace_all(&masked, |found: &Captures<'_>| {
            let quote = found[2].chars().next().filter(|first| matches!(first, '"' | '\'')).map(String::from);
            let quote = quote.unwrap_or_default();
            format!("{}{quote}{MASK}{quote}", &found[1])
        });
        if let Cow::Owned(replaced) = replaced {
            masked = Cow::Owned(replaced);
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_forms_are_used() {
        assert_eq!(FORMS.len(), 6);
    }

    #[test]
    fn secrets_in_texts() {
        for text in [
            r#"password = "t0p s3cret""#,
            "admin_pass='t0p s3cret'",
            "adminPass=t0p",
            "auth_token: t0p",
            r#"{"a": 1, "original_password" : "t0p s3cret"}"#,
            r"{'adminPass' : u't0p s3cret'}",
            r#"{"body": "{\"password\": \"t0p s3cret\"}"}"#,
            "sshpass --password t0p --host a",
            "mysql --os-password 't0p s3cret'",
            "['--password', '--value', 't0p s3cret']",
            "<adminPass>t0p s3cret</adminPass>",
            "password --value t0p",
            "password1=t0p&user=a",
            "secret 't0p s3cret'",
            r#"token = "t0p 'quoted' s3cret""#,
            "PASSWORD=t0p\nuser=a",
            "secret = password = t0p",
            "password--value t0p",
            "token=a,t0p",
            "token: \"t0p that never ends",
        ] {
            let masked = masked_text(text);
            assert!(!masked.contains("t0p") && !masked.contains("s3cret"), "{text}: {masked}");
            assert!(masked.contains("***"), "{masked}");
        }
        for text in ["", "the volume was created", "a = 'b'", "user=a&host=b"] {
            assert!(matches!(masked_text(text), Cow::Borrowed(same) if same == text));
        }
        assert_eq!(masked_text("password='x', user='a'"), "password='***', user='a'");
        assert_eq!(masked_text("password=x user=a"), "password=*** user=a");
    }

    #[test]
    fn secrets_at_any_depth() {
        let value = json!({
            "user": "u1", "password": "t0p", "AdminPassword": {"value": "t0p"}, "tokens": ["t0p"], "token": null,
            "metadata": [{"x": [{"auth_token": "t0p", "size": 5}]}, "--password t0p", 1.5],
        });
        let masked = masked(value);
        assert_eq!(
            masked,
            json!({
                "user": "u1", "password": "***", "AdminPassword": "***", "tokens": "***", "token": "***",
                "metadata": [{"x": [{"auth_token": "***", "size": 5}]}, "--password ***", 1.5],
            })
        );
    }
}
