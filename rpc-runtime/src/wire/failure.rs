use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::arguments::Arguments;
use super::python;
use crate::error::RemoteError;
use crate::json;

/// What Python appends to class and module of an exception that it has received.
const SUFFIX: &str = "_Remote";

/// The class that Python callers see for an exception they cannot rebuild.
const UNREADABLE: (&str, &str) = ("oslo_messaging.rpc.client", "RemoteError");

/// Appends the JSON text of a failure in the form that it has in so many strings; that of a reply is one of them.
pub(super) fn write<const LEVEL: u8>(out: &mut Vec<u8>, error: &RemoteError) {
    json::write_plain::<LEVEL, _>(out, &Failure(error));
}

struct Failure<'a>(&'a RemoteError);

impl Serialize for Failure<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let RemoteError { module, class, message, args, kwargs, traceback } = self.0;
        let original = |name: &'_ str| name.strip_suffix(SUFFIX).unwrap_or(name).to_owned();
        let mut fields = serializer.serialize_struct("Failure", 6)?;
        fields.serialize_field("class", &original(class))?;
        fields.serialize_field("module", &original(module))?;
        fields.serialize_field("message", message)?;
        fields.serialize_field("tb", traceback)?;
        fields.serialize_field("args", args)?;
        fields.serialize_field("kwargs", kwargs)?;
        fields.end()
    }
}

/// Reads the value of `failure` in a reply, a JSON value, as leniently as possible: what is
/// missing or odd is empty. `None` if it stands for success.
pub(super) fn read(value: &str) -> Option<RemoteError> {
    if !python::is_true(value) {
        return None;
    }
    // Python sends a string; an object says the same.
    let text = python::text(value).unwrap_or(Cow::Borrowed(value));
    let fields = match Arguments::parse(text) {
        Ok(fields) => fields,
        Err(why) => return Some(unreadable(&format!("the reply has a failure that is not readable: {why}"))),
    };
    let (class, module) = (string(&fields, "class"), string(&fields, "module"));
    let message = string(&fields, "message");
    if class.is_empty() {
        return Some(unreadable(&format!("the reply has a failure without a class: {message}")));
    }
    Some(RemoteError {
        module,
        class,
        message,
        args: or_default(&fields, "args"),
        kwargs: or_default(&fields, "kwargs"),
        traceback: traceback(&fields),
    })
}

fn unreadable(message: &str) -> RemoteError {
    let (module, class) = UNREADABLE;
    RemoteError::new(module, class, message)
}

fn string(fields: &Arguments, name: &str) -> String {
    fields.get(name).and_then(python::string).unwrap_or_default()
}

fn or_default<T: DeserializeOwned + Default>(fields: &Arguments, name: &str) -> T {
    fields.decode(name).and_then(Result::ok).unwrap_or_default()
}

/// The lines of the traceback; a string instead of an array of them is one line.
fn traceback(fields: &Arguments) -> Vec<String> {
    match fields.get("tb").and_then(python::string) {
        Some(text) => vec![text],
        None => or_default(fields, "tb"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(error: &RemoteError) -> String {
        let mut out = Vec::new();
        write::<2>(&mut out, error);
        // The text is in two strings.
        let mut text = String::from_utf8(out).unwrap();
        for _ in 0..2 {
            text = serde_json::from_str(&format!("\"{text}\"")).unwrap();
        }
        text
    }

    #[test]
    fn order_of_python_and_back() {
        let error = RemoteError::new("nova.exception", "NotFound", "no \"é\"\n").with_kwarg("id", 5);
        let text = written(&error);
        assert_eq!(
            text,
            r#"{"class": "NotFound", "module": "nova.exception", "message": "no \"\u00e9\"\n", "#.to_owned()
                + r#""tb": [], "args": ["no \"\u00e9\"\n"], "kwargs": {"id": 5}}"#
        );
        assert_eq!(read(&json!(text).to_string()), Some(error));
    }

    #[test]
    fn relayed_errors_lose_the_suffixes() {
        let text = written(&RemoteError::new("nova.exception_Remote", "NotFound_Remote", ""));
        assert!(text.starts_with(r#"{"class": "NotFound", "module": "nova.exception", "#), "{text}");
    }

    #[test]
    fn success() {
        for value in ["null", "\"\"", "false", "0", "{}", "[]"] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn odd_fields_are_empty() {
        let text = r#"{"class": "E", "module": 5, "message": null, "tb": "x\n", "args": {}, "kwargs": []}"#;
        let error = read(text).unwrap();
        assert_eq!(
            error,
            RemoteError { class: "E".into(), traceback: vec!["x\n".into()], ..Default::default() }
        );
        let text = r#"{"class": "E", "args": [NaN, "\ud800"], "tb": ["a", "b"]}"#;
        let error = read(&json!(text).to_string()).unwrap();
        assert_eq!(error.args, [json!("NaN"), json!("\u{fffd}")]);
        assert_eq!(error.traceback, ["a", "b"]);
    }

    #[test]
    fn unreadable_failures_say_so() {
        for (value, said) in [
            ("\"boom\"", "not readable"),
            ("5", "not readable"),
            ("\"[1]\"", "not readable"),
            ("\"{}\"", "without a class"),
            (r#"{"class": null, "message": "m"}"#, "without a class: m"),
        ] {
            let error = read(value).unwrap();
            assert!(error.is("oslo_messaging.rpc.client", "RemoteError"), "{value}: {error}");
            assert!(error.message.contains(said), "{value}: {error}");
        }
    }
}
