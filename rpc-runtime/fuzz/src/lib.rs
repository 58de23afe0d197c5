//! What the fuzz targets have in common.

use bytes::Bytes;
use peak_alloc::PeakAlloc;
use rpc_runtime::wire::{Arguments, Content, DecodeError, Fields, Limits, Request, RequestHead};
use serde_json::Value;
use serde_json::value::RawValue;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What reading takes besides what grows with the message, in bytes.
const BASE: usize = 4 << 10;

/// The tables of a decompressor in bytes.
const TABLES: usize = 4 << 20;

/// What reading takes at most for each byte of a message. Members of a few bytes cost the most: each has an
/// entry in an index that doubles when it is full.
const PER_BYTE: usize = 16;

/// Limits that inputs of the fuzzer reach.
pub fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_body = 1 << 16;
    limits.max_depth = 16;
    limits
}

/// Runs `read`, which reads this body, and fails if that takes memory out of proportion to it.
pub fn bounded<T>(body: &Bytes, content: &Content<'_>, read: impl FnOnce() -> T) -> T {
    let limit = match content.compression {
        None => BASE + PER_BYTE * body.len(),
        Some(_) => BASE + TABLES + PER_BYTE * limits().max_body,
    };
    within(limit, read)
}

/// Runs `read` and fails if that takes more bytes of memory.
pub fn within<T>(limit: usize, read: impl FnOnce() -> T) -> T {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let outcome = read();
    let taken = MEMORY.peak_usage().saturating_sub(before);
    assert!(taken <= limit, "{taken} bytes of memory, {limit} are enough");
    outcome
}

/// A body with this text as its inner message, whatever that is.
pub fn sealed(message: &str) -> Bytes {
    format!(r#"{{"oslo.version": "2.0", "oslo.message": {}}}"#, Value::from(message)).into()
}

/// Reads a request and fails if it is beyond the limits, or an error as long as its message.
pub fn read(body: &Bytes, content: &Content<'_>) -> Result<Request, DecodeError> {
    let limits = limits();
    let request = bounded(body, content, || Request::decode(body, content, &limits));
    check_request(&request);
    request
}

/// Fails if a request that was read is beyond the limits, or an error as long as its message.
pub fn check_request(request: &Result<Request, DecodeError>) {
    let limits = limits();
    match request {
        Err(error) => assert!(error.to_string().len() < 1000, "{error}"),
        Ok(request) => {
            check_depth(&request.context, limits.max_depth - 1);
            match &request.invocation {
                Ok(invocation) => check_depth(&invocation.args, limits.max_depth - 2),
                Err(error) => assert!(error.message.len() < 1000, "{error}"),
            }
        }
    }
}

fn check_depth(values: &Arguments, limit: usize) {
    fn depth(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }
    for (name, json) in values.iter() {
        // A number may be too large for any type.
        if let Ok(value) = serde_json::from_str(json) {
            assert!(depth(&value) <= limit, "{name} is nested deeper than {limit} levels");
        }
    }
}

/// The same values to be sent, each as the text that came. All text that was read is JSON.
pub fn resent(values: &Arguments) -> Fields {
    let mut fields = Fields::new();
    for (name, json) in values.iter() {
        fields.set(name, &raw(json)).unwrap();
    }
    fields
}

/// A text that was read, as a value to be sent.
pub fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

/// The body of a request that says what `request` says, as far as clients can say it.
pub fn encoded_again(request: &Request) -> Option<Bytes> {
    let invocation = request.invocation.as_ref().ok()?;
    let head = RequestHead::new(&invocation.method, request.unique_id.as_deref().unwrap_or("u"))
        .with_namespace(invocation.namespace.as_deref())
        .with_version(invocation.version);
    Some(head.encode(&resent(&invocation.args), &resent(&request.context)))
}

/// Fails unless both hold the same values: the last of each name, as its sender's text was or as it is written.
pub fn check_same(one: &Arguments, other: &Arguments) {
    for name in one.names().chain(other.names()) {
        let (one, other) = (one.get(name), other.get(name));
        if one != other {
            let value = |json: Option<&str>| serde_json::from_str::<Value>(json.unwrap()).ok();
            assert_eq!(value(one), value(other), "{name}");
        }
    }
}
