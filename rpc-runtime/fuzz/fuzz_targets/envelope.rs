//! Bodies: compressed or not, in the envelope or without one.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use rpc_runtime::wire::{Compression, Content, DecodeError, Request};
use rpc_runtime_fuzz::{check_same, limits, read};

fuzz_target!(|data: &[u8]| {
    let [how, body @ ..] = data else { return };
    match how % 8 {
        0 => claimed(body, Compression::Gzip),
        1 => claimed(body, Compression::Bzip2),
        2 => compressed(body, Compression::Gzip),
        3 => compressed(body, Compression::Bzip2),
        4 => bomb(body),
        _ => plain(body),
    }
});

fn under(compression: Compression) -> Content<'static> {
    Content::JSON.with_compression(compression.header())
}

/// What came may be no compressed data at all.
fn claimed(body: &[u8], compression: Compression) {
    let _ = read(&Bytes::copy_from_slice(body), &under(compression));
}

/// Compression changes nothing.
fn compressed(body: &[u8], compression: Compression) {
    let packed = Bytes::from(compression.compress(body).unwrap());
    let body = Bytes::copy_from_slice(body);
    same(&read(&body, &Content::JSON), &read(&packed, &under(compression)));
}

/// What is too large once it is unpacked is refused.
fn bomb(body: &[u8]) {
    let limit = limits().max_body;
    let large = body.repeat(limit / body.len().max(1) + 1);
    if large.len() > limit {
        let packed = Bytes::from(Compression::Gzip.compress(&large).unwrap());
        let refused = Err(DecodeError::TooLarge { limit });
        assert_eq!(read(&packed, &under(Compression::Gzip)).map(|_| ()), refused);
        assert_eq!(read(&Bytes::from(large), &Content::JSON).map(|_| ()), refused);
    }
}

/// The quick way and the thorough one read the same: a blank in front rules out the quick one.
fn plain(body: &[u8]) {
    let usual = read(&Bytes::copy_from_slice(body), &Content::JSON);
    // Nothing at all is a message, nothing but a blank is none.
    if !body.is_empty() && body.len() < limits().max_body {
        let unusual = Bytes::from([b" ", body].concat());
        same(&usual, &read(&unusual, &Content::JSON));
    }
}

fn same(one: &Result<Request, DecodeError>, other: &Result<Request, DecodeError>) {
    let (one, other) = match (one, other) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(_), Err(_)) => return,
        _ => panic!("{one:?} is not {other:?}"),
    };
    assert_eq!(one.reply, other.reply);
    assert_eq!(one.unique_id, other.unique_id);
    assert_eq!(one.heartbeat, other.heartbeat);
    assert_eq!(one.warnings, other.warnings);
    check_same(&one.context, &other.context);
    match (&one.invocation, &other.invocation) {
        (Ok(one), Ok(other)) => {
            assert_eq!((&one.method, &one.namespace), (&other.method, &other.namespace));
            assert_eq!(one.version, other.version);
            check_same(&one.args, &other.args);
        }
        (one, other) => assert_eq!(one.as_ref().err(), other.as_ref().err()),
    }
}
