//! Which notifications an endpoint has.

use std::collections::HashMap;
use std::fmt;

use regex::Regex;
use serde_json::Value;
use serde_json::value::RawValue;

use super::meta::Meta;
use crate::notification::payload::Payload;
use crate::text::shortened;
use crate::wire::Arguments;

/// Which notifications an endpoint has, by regular expressions: all that are set have to match.
///
/// As in Python, an expression has to match from the start of a text on, and not up to its end: `compute` matches
/// `compute.host1`. It matches texts only: what is missing or a number, a list, an object or `null` does not match. Without any
/// expression all match.
///
/// The expressions are those of the crate `regex`, which takes linear time, whatever the expression and whatever the text.
/// Look-around, back-references and atomic groups are refused, and so is an expression that takes more than 10 MB when it is
/// compiled, such as `\w{1000}`. Some few things mean what they do not mean in Python: `$` matches at the end of the text, and
/// not before a line feed at its end as well, for which `\n?$` is; `a++` is no possessive repetition.
///
/// ```
/// use rpc_runtime::notification::Filter;
///
/// let filter = Filter::new()
///     .publisher_id(r"compute\.")?
///     .event_type(r"compute\.instance\.(create|delete)\.end$")?
///     .payload("state", "active|error")?;
///
/// let error = Filter::new().context("project_id", "(?=p)").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"context "project_id": "(?=p)" is no expression: look-around, including look-ahead and look-behind, is not supported"#,
/// );
/// # Ok::<(), rpc_runtime::notification::FilterError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Filter {
    publisher_id: Option<Pattern>,
    event_type: Option<Pattern>,
    /// By what they are called there.
    context: Vec<(String, Pattern)>,
    metadata: Vec<(String, Pattern)>,
    payload: Vec<(String, Pattern)>,
    pointers: Vec<(String, Pattern)>,
}

/// A filter that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// A regular expression is none, or one of those that are refused.
    #[error("{part}: {pattern:?} is no expression: {why}")]
    #[non_exhaustive]
    Pattern {
        /// What it is for: `publisher_id`, or `payload "state"`.
        part: String,
        /// The expression, shortened.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// A JSON pointer is none.
    #[error("{pointer:?} is no JSON pointer: it begins with a slash, as /nova_object.data/state")]
    #[non_exhaustive]
    Pointer {
        /// The pointer, shortened.
        pointer: String,
    },
}

impl Filter {
    /// One that all match.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Who notified.
    ///
    /// # Errors
    /// [`FilterError`] if the expression is none.
    pub fn publisher_id(mut self, expression: &str) -> Result<Self, FilterError> {
        self.publisher_id = Some(Pattern::new("publisher_id", expression)?);
        Ok(self)
    }

    /// What happened.
    ///
    /// # Errors
    /// [`FilterError`] if the expression is none.
    pub fn event_type(mut self, expression: &str) -> Result<Self, FilterError> {
        self.event_type = Some(Pattern::new("event_type", expression)?);
        Ok(self)
    }

    /// A field of the context, by its name without `_context_`.
    ///
    /// # Errors
    /// [`FilterError`] if the expression is none.
    pub fn context(mut self, key: &str, expression: &str) -> Result<Self, FilterError> {
        self.context.push(keyed("context", key, expression)?);
        Ok(self)
    }

    /// The `message_id` or the `timestamp`; there is no other metadata.
    ///
    /// # Errors
    /// [`FilterError`] if the expression is none.
    pub fn metadata(mut self, key: &str, expression: &str) -> Result<Self, FilterError> {
        self.metadata.push(keyed("metadata", key, expression)?);
        Ok(self)
    }

    /// A member of the payload; a payload that is no object does not match.
    ///
    /// # Errors
    /// [`FilterError`] if the expression is none.
    pub fn payload(mut self, key: &str, expression: &str) -> Result<Self, FilterError> {
        self.payload.push(keyed("payload", key, expression)?);
        Ok(self)
    }

    /// A value anywhere in the payload, by its JSON pointer (RFC 6901): `/nova_object.data/state`. Python has no such filter.
    ///
    /// # Errors
    /// [`FilterError`] if the pointer or the expression is none.
    pub fn payload_pointer(mut self, pointer: &str, expression: &str) -> Result<Self, FilterError> {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(FilterError::Pointer { pointer: shortened(pointer) });
        }
        self.pointers.push(keyed("payload", pointer, expression)?);
        Ok(self)
    }

    /// Whether a notification matches, whose context and payload these are; for tests, as a listener asks by itself.
    #[must_use]
    pub fn matches(&self, meta: &Meta, context: &Arguments, payload: &Payload) -> bool {
        let metadata = |key: &str| match key {
            "message_id" => meta.message_id.as_deref(),
            "timestamp" => meta.timestamp.as_deref(),
            _ => None,
        };
        let in_context = |key: &str| context.decode::<String>(key)?.ok();
        matches(self.publisher_id.as_ref(), meta.publisher_id.as_deref())
            && matches(self.event_type.as_ref(), meta.event_type.as_deref())
            && self
                .metadata
                .iter()
                .all(|(key, pattern)| metadata(key).is_some_and(|text| pattern.matches(text)))
            && self
                .context
                .iter()
                .all(|(key, pattern)| in_context(key).is_some_and(|text| pattern.matches(&text)))
            && self.matches_members(payload)
            && self.matches_pointers(payload)
    }

    fn matches_members(&self, payload: &Payload) -> bool {
        if self.payload.is_empty() {
            return true;
        }
        // Of a repeated name the last one stays.
        let Ok(members) = serde_json::from_str::<HashMap<String, &RawValue>>(payload.text()) else {
            return false;
        };
        self.payload.iter().all(|(key, pattern)| {
            let text = members.get(key).and_then(|value| serde_json::from_str::<String>(value.get()).ok());
            text.is_some_and(|text| pattern.matches(&text))
        })
    }

    fn matches_pointers(&self, payload: &Payload) -> bool {
        if self.pointers.is_empty() {
            return true;
        }
        let Ok(payload) = payload.decode::<Value>() else { return false };
        self.pointers.iter().all(|(pointer, pattern)| {
            payload.pointer(pointer).and_then(Value::as_str).is_some_and(|text| pattern.matches(text))
        })
    }
}

fn keyed(part: &str, key: &str, expression: &str) -> Result<(String, Pattern), FilterError> {
    let pattern = Pattern::new(&format!("{part} {:?}", shortened(key)), expression)?;
    Ok((key.to_owned(), pattern))
}

fn matches(pattern: Option<&Pattern>, text: Option<&str>) -> bool {
    pattern.is_none_or(|pattern| text.is_some_and(|text| pattern.matches(text)))
}

/// A regular expression that matches from the start on.
#[derive(Clone)]
struct Pattern {
    anchored: Regex,
    written: String,
}

impl Pattern {
    fn new(part: &str, expression: &str) -> Result<Self, FilterError> {
        let refused = |error: &regex::Error| FilterError::Pattern {
            part: part.to_owned(),
            pattern: shortened(expression),
            why: reason(error),
        };
        // By itself first: what is none could become one between the brackets.
        Regex::new(expression).map_err(|error| refused(&error))?;
        // In its verbose form, an expression may end with a comment; in that form alone, line feeds mean nothing.
        let anchored = Regex::new(&format!("^(?:{expression})"))
            .or_else(|_| Regex::new(&format!("^(?:{expression}\n)")))
            .map_err(|error| refused(&error))?;
        Ok(Self { anchored, written: expression.to_owned() })
    }

    fn matches(&self, text: &str) -> bool {
        self.anchored.is_match(text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.written, f)
    }
}

/// What is wrong, on one line and without the expression.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => format!("compiled, it would take more than {limit} bytes"),
        other => {
            let text = other.to_string();
            text.rsplit_once("error: ").map_or(text.as_str(), |(_, why)| why).trim().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::notification::priority::Priority;
    use crate::wire;
    use crate::wire::{Content, Limits};

    /// Whether a filter lets a notification of these members pass.
    fn passes(filter: &Filter, message: &Value) -> bool {
        let body = Bytes::from(message.to_string());
        let read = wire::Notification::decode(&body, &Content::JSON, &Limits::default()).unwrap();
        let meta = Meta {
            message_id: read.message_id.clone(),
            publisher_id: read.publisher_id.clone(),
            event_type: read.event_type.clone(),
            timestamp: read.timestamp.clone(),
            ..Meta::new(Priority::Info)
        };
        let payload = RawValue::from_string(read.payload_text().to_owned()).unwrap();
        filter.matches(&meta, &read.context, &payload.into())
    }

    fn message() -> Value {
        json!({
            "message_id": "id-1", "publisher_id": "compute.host1", "event_type": "compute.instance.create.end",
            "timestamp": "2026-01-02 03:04:05.000006", "priority": "INFO", "_context_project_id": "p1",
            "_context_roles": ["admin"], "_context_is_admin": true, "_context_note": "a\n\"b\"",
            "payload": {"state": "active", "size": 5, "nova_object.data": {"state": "active", "a/b": ["x", "y"]}},
        })
    }

    #[test]
    fn every_expression_has_to_match_from_the_start_on() {
        type Set = fn(Filter) -> Result<Filter, FilterError>;
        let cases: [(Set, bool); 31] = [
            (Ok, true),
            (|filter| filter.publisher_id("compute"), true),
            (|filter| filter.publisher_id("host1"), false),
            (|filter| filter.publisher_id(".*host1$"), true),
            (|filter| filter.publisher_id("x|compute"), true),
            (|filter| filter.publisher_id("(?x) compute # the nodes"), true),
            (|filter| filter.publisher_id("(?x) host # none of them"), false),
            (|filter| filter.publisher_id("(?m)^host1|^c"), true),
            (|filter| filter.publisher_id(""), true),
            (|filter| filter.event_type(r"compute\.instance\.(create|delete)\.end$"), true),
            (|filter| filter.event_type("volume"), false),
            (|filter| filter.publisher_id("compute")?.event_type("volume"), false),
            (|filter| filter.context("project_id", "p"), true),
            (|filter| filter.context("project_id", "p")?.context("user_id", ""), false),
            (|filter| filter.context("roles", ".*admin"), false),
            (|filter| filter.context("is_admin", ".*"), false),
            (|filter| filter.context("note", "a\n\"b\"$"), true),
            (|filter| filter.metadata("timestamp", "2026-01"), true),
            (|filter| filter.metadata("message_id", "id-1$"), true),
            (|filter| filter.metadata("priority", ".*"), false),
            (|filter| filter.payload("state", "act"), true),
            (|filter| filter.payload("state", "ctive"), false),
            (|filter| filter.payload("size", "5"), false),
            (|filter| filter.payload("nova_object.data", ".*"), false),
            (|filter| filter.payload("missing", ".*"), false),
            (|filter| filter.payload("state", "act")?.payload("state", "x"), false),
            (|filter| filter.payload_pointer("/nova_object.data/state", "act"), true),
            (|filter| filter.payload_pointer("/nova_object.data/a~1b/1", "y"), true),
            (|filter| filter.payload_pointer("/size", "5"), false),
            (|filter| filter.payload_pointer("/a/b", ""), false),
            (|filter| filter.payload_pointer("", ""), false),
        ];
        for (number, (set, expected)) in cases.into_iter().enumerate() {
            let filter = set(Filter::new()).unwrap();
            assert_eq!(passes(&filter, &message()), expected, "{number}: {filter:?}");
        }
    }

    #[test]
    fn what_is_no_text_does_not_match_and_is_no_error() {
        for value in [json!(null), json!(5), json!(["a"]), json!({"state": 1}), json!(true), json!("state")] {
            let mut message = message();
            for member in ["publisher_id", "event_type", "timestamp", "payload"] {
                message[member] = value.clone();
            }
            let is_text = value.is_string();
            for (filter, expected) in [
                (Filter::new().publisher_id(".*"), is_text),
                (Filter::new().event_type(""), is_text),
                (Filter::new().metadata("timestamp", ""), is_text),
                (Filter::new().payload("state", ""), false),
                (Filter::new().payload_pointer("/state", ""), false),
            ] {
                assert_eq!(passes(&filter.unwrap(), &message), expected, "{value}");
            }
        }
    }

    #[test]
    fn the_last_of_a_repeated_name_counts() {
        let body = r#"{"priority": "INFO", "payload": {"s": "a", "\u0073": "b"}}"#;
        let read = wire::Notification::decode(&body.into(), &Content::JSON, &Limits::default()).unwrap();
        let payload: Payload = RawValue::from_string(read.payload_text().to_owned()).unwrap().into();
        for (expression, expected) in [("a", false), ("b", true)] {
            let filter = Filter::new().payload("s", expression).unwrap();
            assert_eq!(filter.matches(&Meta::new(Priority::Info), &read.context, &payload), expected);
        }
    }

    #[test]
    fn what_is_refused_is_named_in_words() {
        let long = format!("{}{}", "(".repeat(1000), ")".repeat(1000));
        for (expression, why) in [
            ("(?=a)", "look-around, including look-ahead and look-behind, is not supported"),
            ("(?<!a)b", "look-around, including look-ahead and look-behind, is not supported"),
            (r"(a)\1", "backreferences are not supported"),
            ("a(", "unclosed group"),
            ("a)|(?:b", "unopened group"),
            (r"\w{1000}", "compiled, it would take more than 10485760 bytes"),
            (&long, "exceed the maximum number of nested parentheses/brackets (250)"),
        ] {
            for (error, part) in [
                (Filter::new().publisher_id(expression), "publisher_id: "),
                (Filter::new().event_type(expression), "event_type: "),
                (Filter::new().context("key", expression), "context \"key\": "),
                (Filter::new().metadata("key", expression), "metadata \"key\": "),
                (Filter::new().payload("key", expression), "payload \"key\": "),
                (Filter::new().payload_pointer("/key", expression), "payload \"/key\": "),
            ] {
                let said = error.unwrap_err().to_string();
                assert!(said.starts_with(part) && said.contains(why), "{said}");
                assert!(said.len() < 300 && !said.contains('\n'), "{said}");
            }
        }
        let error = Filter::new().payload_pointer("state", "").unwrap_err().to_string();
        assert!(error.starts_with("\"state\" is no JSON pointer"), "{error}");
    }

    proptest! {
        /// The brackets and the anchor change nothing but where a match may begin.
        #[test]
        fn it_matches_what_has_a_match_at_its_start(expression in r"(\(\?[xim]\))?[ab.|()#\n *+?$^\[\]]{0,9}", text in "[ab\n# ]{0,6}") {
            let found = Regex::new(&expression).ok().map(|plain| {
                plain.find(&text).is_some_and(|found| found.start() == 0)
            });
            let pattern = Pattern::new("event_type", &expression).ok().map(|pattern| pattern.matches(&text));
            prop_assert_eq!(pattern, found);
        }
    }
}
