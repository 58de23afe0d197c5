//! Every key in use, with the calls that it makes possible.
#![deny(warnings)]

use rpc_runtime::{CallOptions, Context, RpcException, Transport, Version, VersionPin, rpc_manager};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Volume {
    host: Option<String>,
}

impl Volume {
    fn server(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

#[derive(Debug, thiserror::Error, RpcException)]
#[exception(module = "volume.exception")]
pub enum Failed {
    #[error("no volume {id}")]
    NotFound {
        #[exception(name = "volume_id")]
        id: u32,
    },
    #[error("{0}")]
    #[exception(module = "builtins", class = "ValueError")]
    Invalid(String),
    #[error(transparent)]
    #[exception(other)]
    Other(rpc_runtime::RemoteError),
}

fn without_cluster(volume: &Volume) -> Option<String> {
    volume.host.clone()
}

fn shout(text: &str) -> String {
    text.to_uppercase()
}

/// All there is.
#[doc = "More of it."]
#[rpc_manager(
    client = KeysApi,
    fake = FakeEvery,
    topic = "keys",
    namespace = "every",
    version = "3.6",
    context = Context,
    error = Failed,
    crate = ::rpc_runtime
)]
#[allow(clippy::too_many_arguments)]
pub trait Keys: std::fmt::Debug {
    /// A call with a destination among its arguments.
    #[rpc(call, to = volume.server())]
    #[rpc(since = "3.2", name = "with")]
    async fn with_volume(
        &self,
        ctx: Context,
        volume: Volume,
        r#ref: String,
        #[arg(name = "recreate")] evacuate: bool,
        #[arg(since = "3.3", old = drop)] tag: Option<String>,
        #[arg(since = "3.4", old = error_if_set)] policy: Option<String>,
        #[arg(since = "3.5", old = with(without_cluster))] destination: Volume,
        #[arg(since = "3.6", old = with(shout))] text: String,
    ) -> Result<Option<Volume>, Failed>;

    /// A destination that is put together in a macro.
    #[rpc(cast, to = format!("{host}@{}", backend))]
    async fn formatted(&self, ctx: Context, host: String, backend: String) -> Result<(), Failed>;

    /// Defaults of every form.
    #[rpc(call)]
    async fn defaults(
        &self,
        ctx: Context,
        size: u64,
        #[arg(default)] empty: Vec<u32>,
        #[arg(default = 3)] number: u64,
        #[arg(default = "rw")] mode: String,
        #[arg(default = String::from("x"))] owned: String,
        #[arg(default = None)] optional: Option<Volume>,
        #[arg(default = Volume { host: None })] volume: Volume,
        #[arg(default, since = "3.3", old = drop)] dropped: bool,
        #[arg(default = 8, since = "3.4", old = error_if_set)] checked: u32,
        #[arg(default = "ro", since = "3.4", old = error_if_set)] checked_text: String,
        #[arg(default = 9, since = "3.5", old = with(u32::to_string))]
        #[arg(name = "converted_number")]
        converted: u32,
    ) -> Result<(), Failed>;

    /// To everybody.
    #[rpc(cast, fanout)]
    async fn everybody(&self, _: Context) -> Result<(), Failed> {
        Ok(())
    }
}

pub async fn calls(transport: &Transport, ctx: &Context) -> Result<(), Box<dyn std::error::Error>> {
    let api = KeysApi::new(transport).pinned(Version::new(3, 6)).pinned(VersionPin::unpinned());
    let api = api.with(CallOptions::new().server("host1"));
    let volume = Volume { host: None };
    let text = String::from("t");
    let _: Option<Volume> =
        api.with_volume(ctx, &volume, "r", true, None, Some("soft"), volume.clone(), &text).await?;
    let _: () = api.formatted(ctx, "host", &text).await?;
    let request = api.defaults(ctx, 5).number(4).mode("ro").owned(text).optional(volume.clone());
    let _: () =
        request.volume(volume).dropped(true).checked(1).checked_text("x").converted(2).empty(vec![]).await?;
    let _: () = api.clone().everybody(ctx).await?;
    Ok(())
}

fn main() {
    const { assert!(KeysApi::INTERFACE.methods.len() == 4) };
}
