use std::error::Error;
use std::hint::black_box;

use bytes::Bytes;
use rpc_runtime::Version;
use rpc_runtime::wire::{Content, EncodedValue, Fields, Limits, Reply, Request, RequestHead, new_id};
use serde::{Deserialize, Serialize};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The sizes of bodies in bytes; they are exceeded by less than one volume.
const SIZES: [(&str, usize); 2] = [("300 B", 300), ("16 KiB", 16 << 10)];

/// Hosts as nearly all are, of characters that stand for themselves in JSON.
const PLAIN: &str = "host1.example.org@lvm#pool";

/// Hosts with a character of each kind that does not: what the writer leaves to `serde_json`, and where the
/// scanner and the way out of the envelope stop most often.
const ESCAPED: &str = "h\u{f6}st1\\example \"lvm\"\n\u{1f5b4}";

/// One thing to do, in two ways.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) wire: Box<dyn Fn()>,
    pub(crate) serde_json: Box<dyn Fn()>,
}

/// All cases, with messages of their own.
pub(crate) fn all() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (name, size) in SIZES {
        cases.extend(requests(name, size, PLAIN)?);
        cases.extend(replies(name, size, PLAIN)?);
    }
    cases.extend(requests("16 KiB with escapes", 16 << 10, ESCAPED)?);
    Ok(cases)
}

/// An argument and a result as services have them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Volume {
    id: String,
    size: u64,
    host: Option<String>,
    bootable: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct PlainRequest {
    method: String,
    args: PlainArgs,
    version: String,
    #[serde(rename = "_unique_id")]
    unique_id: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct PlainArgs {
    volumes: Vec<Volume>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PlainReply {
    result: Vec<Volume>,
    failure: Option<String>,
    ending: bool,
    #[serde(rename = "_msg_id")]
    msg_id: String,
    #[serde(rename = "_unique_id")]
    unique_id: String,
}

fn encode_request(volumes: &[Volume], unique_id: &str) -> Result<Bytes> {
    let mut args = Fields::new();
    args.set("volumes", volumes)?;
    let head = RequestHead::new("sync_volumes", unique_id).with_version(Version::new(1, 0));
    Ok(head.encode(&args, &Fields::new()))
}

fn decode_request(body: &Bytes) -> Result<Vec<Volume>> {
    let request = Request::decode(body, &Content::JSON, &Limits::default())?;
    Ok(request.invocation?.args.decode("volumes").ok_or("no volumes")??)
}

fn encode_reply(volumes: &[Volume], msg_id: &str) -> Result<Bytes> {
    Ok(Reply::result(msg_id, &EncodedValue::new(volumes)?))
}

fn decode_reply(body: &Bytes) -> Result<Vec<Volume>> {
    Ok(Reply::decode(body, &Content::JSON, &Limits::default())?.decode_result()?)
}

/// As many volumes as a body of at least `size` bytes has.
fn volumes(size: usize, host: &str, encode: impl Fn(&[Volume]) -> Result<Bytes>) -> Result<Vec<Volume>> {
    let host = Some(host.to_owned());
    let mut volumes = Vec::new();
    while encode(&volumes)?.len() < size {
        volumes.push(Volume { id: new_id(), size: 100, host: host.clone(), bootable: true });
    }
    Ok(volumes)
}

fn requests(name: &str, size: usize, host: &str) -> Result<[Case; 2]> {
    let id = new_id();
    let volumes = volumes(size, host, |volumes| encode_request(volumes, &id))?;
    let body = encode_request(&volumes, &id)?;
    decode_request(&body)?;
    let plain = PlainRequest {
        method: "sync_volumes".to_owned(),
        args: PlainArgs { volumes: volumes.clone() },
        version: "1.0".to_owned(),
        unique_id: id.clone(),
    };
    let text = serde_json::to_vec(&plain)?;
    Ok([
        Case {
            name: format!("encode request {name}"),
            wire: Box::new(move || drop(black_box(encode_request(black_box(&volumes), &id)))),
            serde_json: Box::new(move || drop(black_box(serde_json::to_vec(black_box(&plain))))),
        },
        Case {
            name: format!("decode request {name}"),
            wire: Box::new(move || drop(black_box(decode_request(black_box(&body))))),
            serde_json: Box::new(move || {
                drop(black_box(serde_json::from_slice::<PlainRequest>(black_box(&text))));
            }),
        },
    ])
}

fn replies(name: &str, size: usize, host: &str) -> Result<[Case; 2]> {
    let id = new_id();
    let msg_id = format!("\"{id}\"");
    let volumes = volumes(size, host, |volumes| encode_reply(volumes, &msg_id))?;
    let body = encode_reply(&volumes, &msg_id)?;
    decode_reply(&body)?;
    let plain = PlainReply {
        result: volumes.clone(),
        failure: None,
        ending: true,
        msg_id: id.clone(),
        unique_id: id,
    };
    let text = serde_json::to_vec(&plain)?;
    Ok([
        Case {
            name: format!("encode reply {name}"),
            wire: Box::new(move || drop(black_box(encode_reply(black_box(&volumes), &msg_id)))),
            serde_json: Box::new(move || drop(black_box(serde_json::to_vec(black_box(&plain))))),
        },
        Case {
            name: format!("decode reply {name}"),
            wire: Box::new(move || drop(black_box(decode_reply(black_box(&body))))),
            serde_json: Box::new(move || {
                drop(black_box(serde_json::from_slice::<PlainReply>(black_box(&text))));
            }),
        },
    ])
}
