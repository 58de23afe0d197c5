//! Requests: what was read and is written again says the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpc_runtime::wire::Content;
use rpc_runtime_fuzz::{check_same, encoded_again, read, sealed};

fuzz_target!(|data: &[u8]| {
    let message = String::from_utf8_lossy(data);
    let Ok(request) = read(&sealed(&message), &Content::JSON) else { return };
    let Some(body) = encoded_again(&request) else { return };
    assert!(body.is_ascii());
    // Written again, it may be longer than the limit: six characters for one control character.
    let Ok(again) = read(&body, &Content::JSON) else { return };
    let (said, says) = (request.invocation.as_ref().unwrap(), again.invocation.as_ref().unwrap());
    assert_eq!((&said.method, &said.namespace), (&says.method, &says.namespace));
    assert_eq!(said.version, says.version);
    check_same(&said.args, &says.args);
    check_same(&request.context, &again.context);
    assert_eq!(encoded_again(&again), Some(body));
});
