//! Encoding and decoding of messages, each against one plain pass of `serde_json` over the same content:
//! the same members, typed and without an envelope.
#![allow(missing_docs)]

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use criterion::Criterion;
use rpc_runtime::Version;
use rpc_runtime::wire::{Content, EncodedValue, Fields, Limits, Reply, Request, RequestHead, new_id};
use serde::{Deserialize, Serialize};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The sizes of bodies in bytes; they are exceeded by less than one volume.
const SIZES: [(&str, usize); 2] = [("300 B", 300), ("16 KiB", 16 << 10)];

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
    let version = Some(Version::new(1, 0));
    let head = RequestHead { method: "sync_volumes", version, unique_id, ..RequestHead::default() };
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
fn volumes(size: usize, encode: impl Fn(&[Volume]) -> Result<Bytes>) -> Result<Vec<Volume>> {
    let host = Some("host1.example.org@lvm#pool".to_owned());
    let mut volumes = Vec::new();
    while encode(&volumes)?.len() < size {
        volumes.push(Volume { id: new_id(), size: 100, host: host.clone(), bootable: true });
    }
    Ok(volumes)
}

fn requests(criterion: &mut Criterion, name: &str, size: usize) -> Result<()> {
    let id = new_id();
    let volumes = volumes(size, |volumes| encode_request(volumes, &id))?;
    let body = encode_request(&volumes, &id)?;
    let plain = PlainRequest {
        method: "sync_volumes".to_owned(),
        args: PlainArgs { volumes: volumes.clone() },
        version: "1.0".to_owned(),
        unique_id: id.clone(),
    };
    let text = serde_json::to_vec(&plain)?;

    let mut group = criterion.benchmark_group(format!("encode request {name}"));
    group.bench_function("wire", |b| b.iter(|| encode_request(black_box(&volumes), &id)));
    group.bench_function("serde_json", |b| b.iter(|| serde_json::to_vec(black_box(&plain))));
    group.finish();

    let mut group = criterion.benchmark_group(format!("decode request {name}"));
    group.bench_function("wire", |b| b.iter(|| decode_request(black_box(&body))));
    group.bench_function("serde_json", |b| {
        b.iter(|| serde_json::from_slice::<PlainRequest>(black_box(&text)));
    });
    group.finish();
    Ok(())
}

fn replies(criterion: &mut Criterion, name: &str, size: usize) -> Result<()> {
    let id = new_id();
    let msg_id = format!("\"{id}\"");
    let volumes = volumes(size, |volumes| encode_reply(volumes, &msg_id))?;
    let body = encode_reply(&volumes, &msg_id)?;
    let plain = PlainReply {
        result: volumes.clone(),
        failure: None,
        ending: true,
        msg_id: id.clone(),
        unique_id: id,
    };
    let text = serde_json::to_vec(&plain)?;

    let mut group = criterion.benchmark_group(format!("encode reply {name}"));
    group.bench_function("wire", |b| b.iter(|| encode_reply(black_box(&volumes), &msg_id)));
    group.bench_function("serde_json", |b| b.iter(|| serde_json::to_vec(black_box(&plain))));
    group.finish();

    let mut group = criterion.benchmark_group(format!("decode reply {name}"));
    group.bench_function("wire", |b| b.iter(|| decode_reply(black_box(&body))));
    group.bench_function("serde_json", |b| {
        b.iter(|| serde_json::from_slice::<PlainReply>(black_box(&text)));
    });
    group.finish();
    Ok(())
}

fn main() -> Result<()> {
    // Short, because all of `cargo bench` is to be done in two minutes; options on the command line
    // have the last word.
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for (name, size) in SIZES {
        requests(&mut criterion, name, size)?;
        replies(&mut criterion, name, size)?;
    }
    criterion.final_summary();
    Ok(())
}
