//! Bodies without an envelope, those of ZeroMQ and of AMQP 1.0: what was read and is written again says the same.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use rpc_runtime::fuzzing::PlainForm;
use rpc_runtime::wire::{Content, EncodedValue, Request, RequestHead};
use rpc_runtime_fuzz::{bounded, check_request, check_same, limits, raw, resent};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let [form, body @ ..] = data else { return };
    let form = if form % 2 == 0 { PlainForm::ZeroMq } else { PlainForm::Amqp1 };
    let body = Bytes::copy_from_slice(body);
    requests(form, &body);
    replies(form, &body);
});

fn requests(form: PlainForm, body: &Bytes) {
    let read = |body: &Bytes| {
        let request = bounded(body, &Content::JSON, || form.read_request(body, &limits()));
        check_request(&request);
        request
    };
    let Ok(request) = read(body) else { return };
    let Some(body) = encoded_again(form, &request) else { return };
    assert!(body.is_ascii());
    // Written again, it may be longer than the limit: six characters for one control character.
    let Ok(again) = read(&body) else { return };
    let (said, says) = (request.invocation.as_ref().unwrap(), again.invocation.as_ref().unwrap());
    assert_eq!((&said.method, &said.namespace), (&says.method, &says.namespace));
    assert_eq!(said.version, says.version);
    check_same(&said.args, &says.args);
    check_same(&request.context, &again.context);
    assert_eq!(encoded_again(form, &again), Some(body));
}

fn encoded_again(form: PlainForm, request: &Request) -> Option<Bytes> {
    let invocation = request.invocation.as_ref().ok()?;
    let head = RequestHead::new(&invocation.method, "u")
        .with_namespace(invocation.namespace.as_deref())
        .with_version(invocation.version);
    Some(form.request(&head, &resent(&invocation.args), &resent(&request.context)))
}

fn replies(form: PlainForm, body: &Bytes) {
    let read = bounded(body, &Content::JSON, || form.read_reply(body, &limits()));
    let reply = match read {
        Ok(reply) => reply,
        Err(error) => return assert!(error.to_string().len() < 1000, "{error}"),
    };
    // Only a body without a byte is a sign of life.
    assert_eq!(reply.ending, !body.is_empty());
    let body = form.result(&EncodedValue::new(&raw(reply.result_text())).unwrap());
    assert!(body.is_ascii());
    let Ok(again) = form.read_reply(&body, &limits()) else { return };
    assert!(again.ending && again.failure.is_none());
    assert_eq!(again.has_result(), reply.has_result());
    // A number may be too large for any type.
    assert_eq!(again.decode_result::<Value>().ok(), reply.decode_result::<Value>().ok());
}
