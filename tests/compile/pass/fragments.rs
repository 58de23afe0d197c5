//! Traits that `macro_rules` write: what a fragment stands for is what counts.
#![deny(warnings)]

use std::time::Duration;

use rpc_runtime::{Context, RemoteError, RouteRequest, RpcException, Target, rpc_manager};
use serde_json::{Map, Value};

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "fragments")]
pub enum Failed {
    #[error("busy")]
    Busy,
}

fn route(request: &RouteRequest<'_>) -> Result<Target, String> {
    Ok(Target::new(request.topic))
}

fn keep(args: Map<String, Value>) -> Map<String, Value> {
    args
}

fn by_name(name: &str) -> usize {
    name.len()
}

macro_rules! interface {
    (
        $(#[$meta:meta])*
        $vis:vis trait $name:ident => $client:ident,
        topic $topic:literal, current $current:literal, older $older:literal, release $release:literal,
        error $error:ty, context $context:ty, result $result:ty, text $text:ty,
        route $route:path, timeout $timeout:expr, to $to:expr, busy $busy:pat,
        default $default:literal, value $value:expr, optional $optional:ty,
        declared $parameter:ident: $declared:ty, from $from:expr,
        older $with:path, name $wire:literal, downgrade $downgrade:path, number $number:literal,
        receiver $receiver:ident, $argument:ident: $argument_type:ty, lifetime $lifetime:lifetime,
        body $body:block
    ) => {
        $(#[$meta])*
        #[rpc_manager(
            client = $client,
            topic = $topic,
            namespace = $wire,
            version($current, $older),
            aliases($release = $current),
            history($current = $topic),
            profiles(long(timeout = $timeout)),
            error = $error,
            context = $context,
            route = $route,
            to = $to
        )]
        $vis trait $name {
            $(#[$meta])*
            #[rpc(call, profile = long, expected($busy), legacy(gone = $value, until = $current))]
            async fn call(&self, ctx: $context, $argument: $argument_type) -> $result;

            #[rpc(cast, to($parameter: $declared) = $parameter, downgrade(until = $current, with = $downgrade))]
            async fn declared(
                &self,
                ctx: $context,
                #[arg(name = $wire)] text: $text,
                #[arg(default = $default)] with_text: $text,
                #[arg(default = $number)] with_number: u8,
                #[arg(default = $value)] with_value: u8,
                #[arg(fixed = $default)] fixed: $text,
                #[arg(since = $current, old = drop, required)] optional: $optional,
                #[arg(since = $current, old = with($with))] converted: $text,
                #[arg(from(volume: $declared) = $from(volume))] derived: $text,
                host: $text,
            ) -> Result<(), $error>;

            #[rpc(call, name = $wire, was("other", until = $current), to = any)]
            async fn with_body(&self, _: $context) -> Result<(), $error> $body
        }
    };
}

interface! {
    /// Documented.
    #[allow(clippy::all)]
    pub trait Manager => ManagerApi,
    topic "fragments", current "2.1", older "1.0", release 2023.1,
    error Failed, context Context, result Result<u8, Failed>, text String,
    route self::route, timeout Duration::from_secs(5), to host, busy Failed::Busy,
    default "x", value 1 + 1, optional Option<String>,
    declared place: &str, from str::to_uppercase,
    older by_name, name "wire", downgrade keep, number 3,
    receiver ctx, host: String, lifetime 'static,
    body { Ok(()) }
}

struct Server;

impl Manager for Server {
    async fn call(&self, _: Context, _: String) -> Result<u8, Failed> {
        Err(Failed::Busy)
    }

    async fn declared(
        &self,
        _: Context,
        _: String,
        _: String,
        _: u8,
        _: u8,
        _: String,
        _: Option<String>,
        _: String,
        _: String,
        _: String,
    ) -> Result<(), Failed> {
        Ok(())
    }
}

/// Whole methods, and arguments with their attributes, as others wrote them.
macro_rules! methods {
    ($($(#[$attribute:meta])* fn $name:ident($($argument:ident: $ty:ty),*) -> $output:ty;)*) => {
        #[rpc_manager(client = MethodsApi, topic = "methods", version = "1.0")]
        trait Methods {
            $(
                $(#[$attribute])*
                async fn $name(&self, ctx: Context $(, $argument: $ty)*) -> Result<$output, RemoteError>;
            )*
        }
    };
}

methods! {
    /// Documented.
    #[rpc(call)]
    fn first(a: String, b: Option<u8>) -> ();
    #[rpc(call, to = host)]
    #[cfg(all())]
    fn second(host: String) -> Vec<String>;
    #[rpc(cast)]
    #[cfg(any())]
    fn third(a: NoSuchType) -> ();
}

fn main() {
    let _ = ManagerApi::endpoint(Server);
    // Texts are texts, and an optional one that is required is one too.
    let _ = |api: ManagerApi, ctx: Context| {
        drop(api.call(&ctx, "host"));
        drop(
            api.declared(&ctx, "place", "text", "optional", "converted", "volume", "host")
                .with_text("y")
                .with_number(4),
        )
    };
    let _ = |api: MethodsApi, ctx: Context| drop(api.first(&ctx, "a", None));
    const { assert!(ManagerApi::INTERFACE.methods.len() == 3 && MethodsApi::INTERFACE.methods.len() == 2) };
}
