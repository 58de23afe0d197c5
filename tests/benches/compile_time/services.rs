//! The same service in the language of each contender, as the text of a crate's `lib.rs`.
//!
//! Besides the trait, each crate has a manager that implements it, whatever makes the compiler emit
//! the server's side, and one function per method that calls it on a client.

/// The structs that methods take and return, in `types.rs` of each crate.
pub(crate) const TYPES: &str = include_str!("types.rs");

const STRUCTS: [&str; 5] = ["Volume", "Snapshot", "Group", "Attachment", "Capabilities"];
const PLAIN: [&str; 4] = ["bool", "String", "u64", "Option<String>"];

/// `async fn {name}(item: {item}, option: {option}) -> {result}`
#[derive(Debug)]
pub(crate) struct Method {
    name: String,
    item: &'static str,
    option: &'static str,
    result: &'static str,
}

impl Method {
    /// So many methods, from few types, in changing combinations.
    pub(crate) fn several(count: usize) -> Vec<Self> {
        let method = |index| Self {
            name: format!("method_{index}"),
            item: STRUCTS[index % STRUCTS.len()],
            option: PLAIN[index % PLAIN.len()],
            result: STRUCTS[(index + 1 + index / STRUCTS.len()) % STRUCTS.len()],
        };
        (0..count).map(method).collect()
    }
}

/// The text of `part` for each method.
fn each(methods: &[Method], part: impl Fn(&Method) -> String) -> String {
    methods.iter().map(part).collect()
}

/// With `#[rpc_manager]`.
pub(crate) fn ours(methods: &[Method]) -> String {
    let declared = each(methods, |Method { name, item, option, result }| {
        format!(
            "    /// Does `{name}`.
    #[rpc(call)]
    async fn {name}(&self, ctx: Context, item: {item}, option: {option}) -> Result<{result}, RemoteError>;
"
        )
    });
    let implemented = each(methods, |Method { name, item, option, result }| {
        format!(
            "    async fn {name}(&self, _: Context, _: {item}, _: {option}) -> Result<{result}, RemoteError> {{
        Ok({result}::default())
    }}
"
        )
    });
    let called = each(methods, |Method { name, item, option, result }| {
        format!(
            "
pub fn call_{name}<'a>(client: &'a ServiceApi, ctx: &'a Context) -> Reply<'a, {result}> {{
    Box::pin(async move {{ client.{name}(ctx, {item}::default(), <{option}>::default()).await.ok() }})
}}
"
        )
    });
    format!(
        "mod types;

use std::sync::Arc;

use rpc_runtime::{{Context, Endpoint, RemoteError, rpc_manager}};

pub use types::*;

#[rpc_manager(client = ServiceApi, topic = \"service\", version = \"1.0\", error = RemoteError)]
pub trait Service {{
{declared}}}

pub struct Manager;

impl Service for Manager {{
{implemented}}}

pub fn endpoint() -> Endpoint {{
    ServiceApi::endpoint(Arc::new(Manager))
}}
{called}"
    )
}

/// With `#[tarpc::service]`. Its code is encoded and decoded by the transport, so it needs one.
pub(crate) fn tarpc(methods: &[Method]) -> String {
    let declared = each(methods, |Method { name, item, option, result }| {
        format!(
            "    /// Does `{name}`.
    async fn {name}(item: {item}, option: {option}) -> Result<{result}, String>;
"
        )
    });
    let implemented = each(methods, |Method { name, item, option, result }| {
        format!(
            "    async fn {name}(self, _: Context, _: {item}, _: {option}) -> Result<{result}, String> {{
        Ok({result}::default())
    }}
"
        )
    });
    let called = each(methods, |Method { name, item, option, result }| {
        format!(
            "
pub fn call_{name}<'a>(client: &'a ServiceClient, ctx: Context) -> Reply<'a, {result}> {{
    Box::pin(async move {{ client.{name}(ctx, {item}::default(), <{option}>::default()).await.ok()?.ok() }})
}}
"
        )
    });
    format!(
        "mod types;

use std::net::SocketAddr;

use futures::StreamExt;
use tarpc::client::Config;
use tarpc::context::Context;
use tarpc::serde_transport::tcp;
use tarpc::server::{{BaseChannel, Channel}};
use tarpc::tokio_serde::formats::Json;

pub use types::*;

#[tarpc::service]
pub trait Service {{
{declared}}}

#[derive(Clone)]
pub struct Manager;

impl Service for Manager {{
{implemented}}}

pub fn connect<'a>(address: SocketAddr) -> Reply<'a, ServiceClient> {{
    Box::pin(async move {{
        let transport = tcp::connect(address, Json::default).await.ok()?;
        Some(ServiceClient::new(Config::default(), transport).spawn())
    }})
}}

pub fn serve<'a>(address: SocketAddr) -> Reply<'a, ()> {{
    Box::pin(async move {{
        let transport = tcp::listen(address, Json::default).await.ok()?.next().await?.ok()?;
        let requests = BaseChannel::with_defaults(transport).execute(Manager.serve());
        requests.for_each_concurrent(None, |request| request).await;
        Some(())
    }})
}}
{called}"
    )
}

/// With `#[rpc(client, server)]`.
pub(crate) fn jsonrpsee(methods: &[Method]) -> String {
    let declared = each(methods, |Method { name, item, option, result }| {
        format!(
            "    /// Does `{name}`.
    #[method(name = \"{name}\")]
    async fn {name}(&self, item: {item}, option: {option}) -> RpcResult<{result}>;
"
        )
    });
    let implemented = each(methods, |Method { name, item, option, result }| {
        format!(
            "    async fn {name}(&self, _: {item}, _: {option}) -> RpcResult<{result}> {{
        Ok({result}::default())
    }}
"
        )
    });
    let called = each(methods, |Method { name, item, option, result }| {
        format!(
            "
pub fn call_{name}<'a>(client: &'a Client) -> Reply<'a, {result}> {{
    Box::pin(async move {{ client.{name}({item}::default(), <{option}>::default()).await.ok() }})
}}
"
        )
    });
    format!(
        "mod types;

use jsonrpsee::RpcModule;
use jsonrpsee::core::client::Client;
use jsonrpsee::core::{{RpcResult, async_trait}};
use jsonrpsee::proc_macros::rpc;

pub use types::*;

#[rpc(client, server)]
pub trait Service {{
{declared}}}

pub struct Manager;

#[async_trait]
impl ServiceServer for Manager {{
{implemented}}}

pub fn module() -> RpcModule<Manager> {{
    Manager.into_rpc()
}}
{called}"
    )
}
