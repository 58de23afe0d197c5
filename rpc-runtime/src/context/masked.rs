//! A context as it is printed.

use std::fmt;

use serde_json::{Map, Value};

use super::store::{Kept, Store};
use crate::secrets::is_secret;

/// Prints the fields, with `***` for secrets, those within other values included.
pub(super) fn print(fields: &Store, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut map = f.debug_map();
    for (name, value) in fields.iter() {
        match value {
            Kept::Json("null") => map.entry(&name, &Value::Null),
            _ if is_secret(name) => map.entry(&name, &format_args!("***")),
            Kept::String(text) => map.entry(&name, &text),
            Kept::Json(json) => match value.decode() {
                Ok(value @ (Value::Object(_) | Value::Array(_))) => map.entry(&name, &Masked(&value)),
                // With all the digits of a number.
                Ok(_) => map.entry(&name, &format_args!("{json}")),
                Err(_) => map.entry(&name, &format_args!("<nested too deeply>")),
            },
        };
    }
    map.finish()
}

/// A value with `***` for the secrets in it.
struct Masked<'a>(&'a Value);

impl Masked<'_> {
    fn members(members: &Map<String, Value>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in members {
            if !value.is_null() && is_secret(name) {
                map.entry(name, &format_args!("***"));
            } else {
                map.entry(name, &Masked(value));
            }
        }
        map.finish()
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Object(members) => Self::members(members, f),
            Value::Array(values) => f.debug_list().entries(values.iter().map(Masked)).finish(),
            value => value.fmt(f),
        }
    }
}
