//! What the `RpcException` derive calls.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{RemoteError, RpcException};

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

/// The keyword argument `name`, if it is there and a `T`.
pub fn kwarg<T: DeserializeOwned>(remote: &RemoteError, name: &str) -> Option<T> {
    decode(remote.kwargs.get(name)?)
}

/// The positional argument number `index`, counted from 0, if it is there and a `T`.
pub fn arg<T: DeserializeOwned>(remote: &RemoteError, index: usize) -> Option<T> {
    decode(remote.args.get(index)?)
}

fn decode<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}
