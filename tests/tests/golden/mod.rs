//! Recorded messages of a hand-written client.

use std::fmt;

use rpc_runtime::Version;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// One file of `tests/golden`.
#[derive(Debug, Deserialize)]
pub(crate) struct Golden {
    pub(crate) version: String,
    pub(crate) cases: Vec<Case>,
}

impl Golden {
    pub(crate) fn load(file: &str) -> Self {
        let path = format!("{}/golden/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// One method with one set of arguments.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) method: String,
    variant: String,
    input: Map<String, Value>,
    sends: Vec<Recorded>,
}

#[derive(Debug, Deserialize)]
struct Recorded {
    /// The first and the last pin.
    caps: [String; 2],
    message: Value,
}

impl Case {
    /// What was recorded at this pin.
    pub(crate) fn at(&self, pin: Version) -> &Value {
        let mut messages = self.sends.iter().filter(|recorded| {
            let [first, last] = recorded.caps.each_ref().map(|cap| cap.parse::<Version>().unwrap());
            (first..=last).contains(&pin)
        });
        let message = &messages.next().unwrap_or_else(|| panic!("{self} has no message at {pin}")).message;
        assert!(messages.next().is_none(), "{self} has several messages at {pin}");
        message
    }

    /// All messages, whatever the pin.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Value> {
        self.sends.iter().map(|sent| &sent.message).filter(|message| message.get("error").is_none())
    }

    /// The oldest pin at which it is sent at all.
    pub(crate) fn since(&self) -> &str {
        let sent = self.sends.iter().find(|recorded| recorded.message.get("error").is_none());
        &sent.unwrap_or_else(|| panic!("{self} is never sent")).caps[0]
    }

    /// The arguments, each to be taken in the form that `as_sent` gives it.
    pub(crate) fn input(&self, as_sent: fn(Value) -> Value) -> Input {
        let values = self.input.clone().into_iter().map(|(name, value)| (name, as_sent(value)));
        Input { case: self.to_string(), values: values.collect() }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.method, self.variant)
    }
}

/// The arguments of a case. None may be left over, or the case was not what was sent.
#[derive(Debug)]
pub(crate) struct Input {
    case: String,
    values: Map<String, Value>,
}

impl Input {
    /// An argument that the case must have.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> T {
        self.take_if_there(name).unwrap_or_else(|| panic!("{} has no {name}", self.case))
    }

    /// An argument that only some cases of the method have.
    pub(crate) fn take_if_there<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        // A keyword of Rust that is an ordinary name in Python.
        let name = if name == "reference" { "ref" } else { name };
        let value = self.values.remove(name)?;
        Some(serde_json::from_value(value).unwrap_or_else(|error| panic!("{}: {name}: {error}", self.case)))
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.values.is_empty(), "{} was sent without {:?}", self.case, self.values);
        }
    }
}
