//! Replies: a result that was read and is written again is the same result.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpc_runtime::wire::{Content, EncodedValue, Limits, Reply};
use rpc_runtime_fuzz::{bounded, limits, raw, sealed};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let body = sealed(&String::from_utf8_lossy(data));
    let read = bounded(&body, &Content::JSON, || Reply::decode(&body, &Content::JSON, &limits()));
    let Ok(reply) = read else { return };
    let msg_id = Value::from(reply.msg_id.as_deref()).to_string();
    let result = EncodedValue::new(&raw(reply.result_text())).unwrap();
    let body = Reply::result(&msg_id, &result);
    assert!(body.is_ascii());
    let again = Reply::decode(&body, &Content::JSON, &Limits::default()).unwrap();
    assert_eq!(again.msg_id, reply.msg_id);
    assert!(again.ending && again.failure.is_none());
    assert_eq!(again.has_result(), reply.has_result());
    // A number may be too large for any type.
    assert_eq!(again.decode_result::<Value>().ok(), reply.decode_result::<Value>().ok());
});
