//! Failures: an exception that was read and is passed on is the same exception.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpc_runtime::wire::{Content, Limits, Reply};
use rpc_runtime_fuzz::{bounded, limits, sealed};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let failure = Value::from(String::from_utf8_lossy(data));
    let body = sealed(&format!(r#"{{"result": null, "failure": {failure}, "ending": true}}"#));
    let read = bounded(&body, &Content::JSON, || Reply::decode(&body, &Content::JSON, &limits()));
    let Ok(reply) = read else { return };
    let Some(error) = reply.failure else { return };
    let mut expected = error.clone();
    // What is passed on loses the mark of having been received.
    for name in [&mut expected.module, &mut expected.class] {
        if let Some(original) = name.strip_suffix("_Remote") {
            *name = original.to_owned();
        }
    }
    // Nothing can be made of an exception without a class.
    if expected.class.is_empty() {
        return;
    }
    let body = Reply::failure("\"m\"", &error);
    assert!(body.is_ascii());
    let again = Reply::decode(&body, &Content::JSON, &Limits::default()).unwrap();
    assert!(again.ending && !again.has_result());
    assert_eq!(again.failure, Some(expected));
});
