//! What a Python client is asked for.

use serde_json::{Value, json};

/// A request of a Python client to the topic of the sample, with more `keys` of the script.
pub fn request(method: &str, args: Value, keys: Value) -> Value {
    let mut request = json!({"topic": "topic", "method": method, "args": args});
    if let (Some(request), Value::Object(keys)) = (request.as_object_mut(), keys) {
        request.extend(keys);
    }
    request
}
