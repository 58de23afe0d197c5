//! Generated code names everything by its full path.
#![no_implicit_prelude]
#![deny(warnings)]

use ::rpc_runtime::object::Field;
use ::rpc_runtime::{Context, RpcException, rpc_manager};
use ::std::default::Default;
use ::std::option::Option;
use ::std::result::Result;
use ::std::string::String;

/// Both forms of an exception.
#[derive(Debug, RpcException)]
#[exception(module = "names")]
pub enum Failure {
    Named {
        name: String,
    },
    Positional(String, u32),
    Plain,
    #[exception(other)]
    Other(::rpc_runtime::RemoteError),
}

impl ::std::fmt::Display for Failure {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.write_str("failed")
    }
}

impl ::std::error::Error for Failure {}

const PROJECT: ::rpc_runtime::object::Project = ::rpc_runtime::object::Project::new("names");

/// An object with every key.
#[derive(Default, ::rpc_runtime::VersionedObject)]
#[object(project = PROJECT, version = "1.4", name = "Named", unknown = drop, dict, downgrade = downgrade)]
pub struct Object {
    #[object(name = "other", since = "1.1", until = "1.3", was("oldest", until = "1.2"), default = "x")]
    name: Field<String>,
    #[object(default)]
    size: Field<u8>,
    #[object(default = 5)]
    count: Field<u8>,
    objects: Field<Option<Others>>,
    #[object(origin)]
    origin: ::rpc_runtime::object::Origin,
}

/// Events of every form.
#[derive(::rpc_runtime::RpcNotification)]
#[notification(topic = "names", version = "1.1")]
pub enum Event {
    #[event(type = "whole", priority = info, since = "1.1")]
    Whole(u8),
    #[event(type = "{members}.x", priority = info)]
    Members { members: u8, name: String },
    #[event(type = "object", priority = info, object)]
    Object(::std::boxed::Box<Object>),
    #[event(type = "nothing", priority = info)]
    Nothing,
    #[event(other)]
    Other(::rpc_runtime::notification::Notification),
}

fn downgrade(data: &mut Map, _: ::rpc_runtime::Version) {
    data.clear();
}

/// A method of each kind.
#[rpc_manager(client = PlainApi, fake = FakePlain, topic = "plain", version = "1.2", error = Failure)]
pub trait Plain {
    #[rpc(call, to = host)]
    async fn call(
        &self,
        ctx: Context,
        host: String,
        #[arg(since = "1.1", old = drop)] a: Option<u32>,
        #[arg(since = "1.2", old = error_if_set)] b: Option<u32>,
        #[arg(since = "1.2", old = with(older))] c: u32,
        #[arg(since = "1.2", old = error_if_set, default = 5)] d: u32,
    ) -> Result<u32, Failure>;

    #[rpc(cast)]
    async fn cast(&self, ctx: Context, #[arg(default = "x")] x: String) -> Result<(), Failure>;

    #[rpc(cast, by_name, legacy(d(d: &str) = d, until = "1.2"))]
    async fn named(
        &self,
        ctx: Context,
        a: String,
        b: Option<String>,
        #[arg(since = "1.2", old = drop, required)] c: Option<u8>,
    ) -> Result<(), Failure>;

    #[rpc(call, until = "1.1")]
    async fn removed(&self, ctx: Context) -> Result<Option<u8>, Failure>;

    #[rpc(cast, fanout)]
    async fn fanout(&self, ctx: Context) -> Result<(), Failure>;

    #[rpc(
        call_or_cast,
        was("choose", until = "1.1"),
        legacy(gone = 1, until = "1.2"),
        downgrade(until = "1.2", with = keep),
        timeout = ::std::time::Duration::MAX,
        expected(Failure::Plain | Failure::Positional(..), Failure::Named { .. }),
        route = route,
        to(host: &str) = host
    )]
    async fn either(
        &self,
        ctx: Context,
        #[arg(from(host: &str) = host)] name: String,
        #[arg(fixed = 3)] n: u8,
        #[arg(default, was("flag", until = "1.1"))] on: bool,
        #[cfg(not(any()))] always: u8,
        #[arg(rest)] others: Others,
    ) -> Result<(), Failure>;

    #[rpc(call, manual)]
    async fn by_hand(&self, ctx: Context) -> Result<(), Failure>;
}

type Others = ::std::collections::HashMap<String, u8>;
type Map = ::serde_json::Map<String, ::serde_json::Value>;

fn keep(args: Map) -> Map {
    args
}

fn route(request: &::rpc_runtime::RouteRequest<'_>) -> Result<::rpc_runtime::Target, &'static str> {
    Result::Ok(::rpc_runtime::Target::new(request.topic))
}

fn older(c: &u32) -> u32 {
    *c
}

fn main() {}
