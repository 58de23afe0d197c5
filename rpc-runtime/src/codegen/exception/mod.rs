//! What the `RpcException` derive calls.

mod python_text;

use std::error::Error;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Cause, RemoteError, RpcException};

pub use crate::error::{ExceptionArg, ExceptionClass};
pub use python_text::{Decimal, Hexadecimal, Repr, Str};

/// The exception `module.class` with the text of `error`, which is its one positional argument.
pub fn remote<E: RpcException>(error: &E, module: &str, class: &str) -> RemoteError {
    RemoteError::new(module, class, error.to_string())
}

/// The exception `module.class` with the text of `error` and these positional arguments.
pub fn positional<E: RpcException>(
    error: &E,
    module: &str,
    class: &str,
    args: impl Into<Vec<Value>>,
) -> RemoteError {
    RemoteError { args: args.into(), ..remote(error, module, class) }
}

/// A field as an argument of its exception.
///
/// A value that has no JSON form becomes a text that says why: the exception itself still arrives.
pub fn value<T: Serialize + ?Sized>(field: &T) -> Value {
    serde_json::to_value(field).unwrap_or_else(|error| Value::String(format!("<not encodable: {error}>")))
}

/// An exception that has its text from elsewhere if `has_text`: the keyword arguments that it was not given are left
/// out, as Python does. Otherwise they are null, because the text of the class has them.
#[must_use]
pub fn with_text(mut remote: RemoteError, has_text: bool) -> RemoteError {
    if has_text {
        remote.kwargs.retain(|_, value| !value.is_null());
    }
    remote
}

/// The keyword argument `name`, if it is a `T`; what is absent is the same as what is null.
pub fn kwarg<T: DeserializeOwned>(remote: &RemoteError, name: &str) -> Option<T> {
    decode(remote.kwargs.get(name).unwrap_or(&Value::Null))
}

/// The positional argument number `index`, counted from 0, if it is there and a `T`.
pub fn arg<T: DeserializeOwned>(remote: &RemoteError, index: usize) -> Option<T> {
    decode(remote.args.get(index)?)
}

/// The part of the text that is between these; all of it, if it does not begin and end with them.
pub fn between<T: DeserializeOwned>(
    remote: &RemoteError,
    before: fmt::Arguments<'_>,
    after: fmt::Arguments<'_>,
) -> Option<T> {
    let (text, before, after) = (remote.message.as_str(), before.to_string(), after.to_string());
    let found = text.strip_prefix(&before).and_then(|rest| rest.strip_suffix(&after));
    decode(&found.unwrap_or(text).into())
}

/// The text, unless it is the usual one.
pub fn unless<T: DeserializeOwned>(remote: &RemoteError, usual: fmt::Arguments<'_>) -> Option<T> {
    let is_usual = remote.message == usual.to_string();
    decode(&if is_usual { Value::Null } else { remote.message.as_str().into() })
}

/// Writes the text that Python has for an exception with only these arguments.
///
/// # Errors
/// That of the formatter.
pub fn text_of_args(f: &mut fmt::Formatter<'_>, module: &str, class: &str, args: &[Value]) -> fmt::Result {
    match (module, class, args) {
        // The one class whose text shows what was looked for as it is written in a program.
        ("builtins", "KeyError", [key]) => python_text::write_repr(f, key),
        _ => python_text::write_args(f, args),
    }
}

/// The cause that is in a field.
pub fn source<T: IsCause>(field: &T) -> Option<&(dyn Error + 'static)> {
    field.error()
}

/// What a field can be that has `#[exception(cause)]`.
#[diagnostic::on_unimplemented(
    message = "the cause of an exception is no `{Self}`",
    label = "make it a `Cause`, or an `Option<Cause>`"
)]
pub trait IsCause {
    /// The cause, if there is one.
    fn error(&self) -> Option<&(dyn Error + 'static)>;
}

impl IsCause for Cause {
    fn error(&self) -> Option<&(dyn Error + 'static)> {
        Some(&**self)
    }
}

impl IsCause for Option<Cause> {
    fn error(&self) -> Option<&(dyn Error + 'static)> {
        self.as_ref().and_then(IsCause::error)
    }
}

fn decode<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}
