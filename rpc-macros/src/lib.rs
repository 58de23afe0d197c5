//! The macros of `rpc-runtime`: the `#[rpc_manager]` attribute and the `RpcException` derive.
//!
//! Depend on `rpc-runtime`, which exports both.

mod errors;
mod exception;
mod expand;
mod model;
mod parse;
mod render;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a typed client and a server dispatcher of a Manager trait.
///
/// The trait is the interface: its methods are what can be called remotely, their parameters are
/// the arguments on the wire, by name. Servers implement it; the client has a method for each of
/// its methods.
///
/// ```
/// use std::sync::Arc;
/// use rpc_runtime::{Context, RemoteError, Transport, rpc_manager};
///
/// /// Counts things.
/// #[rpc_manager(client = CounterApi, topic = "counter", version = "1.1")]
/// pub trait CounterManager {
///     /// Adds to a counter and returns its new value.
///     #[rpc(call)]
///     async fn add(&self, ctx: Context, name: String, #[arg(default = 1)] by: u64) -> Result<u64, RemoteError>;
///
///     /// Forgets all counters, on every server.
///     #[rpc(cast, fanout, since = "1.1")]
///     async fn reset(&self, ctx: Context) -> Result<(), RemoteError>;
/// }
///
/// struct Fixed;
///
/// impl CounterManager for Fixed {
///     async fn add(&self, _: Context, _: String, by: u64) -> Result<u64, RemoteError> {
///         Ok(40 + by)
///     }
///
///     async fn reset(&self, _: Context) -> Result<(), RemoteError> {
///         Ok(())
///     }
/// }
///
/// # async fn client(transport: Transport) -> Result<(), Box<dyn std::error::Error>> {
/// let endpoint = CounterApi::endpoint(Arc::new(Fixed));
/// # drop(endpoint);
/// let api = CounterApi::new(&transport);
/// let ctx = Context::request();
/// assert_eq!(api.add(&ctx, "apples").by(2).await?, 42);
/// api.reset(&ctx).await?;
/// # Ok(())
/// # }
/// ```
///
/// # What it makes
///
/// - The trait, whose futures are promised to be `Send`. Implementations write `async fn`. A method
///   may have a default body. The trait gets the supertraits `Send + Sync + 'static`.
/// - The client, with `new`, `pinned`, `with` and `endpoint`, and `INTERFACE`, a constant
///   description of all of it.
/// - For each method a method of the client. It takes the context and the required arguments in
///   the order of the trait, anything that borrows as their type (anything that is text for a
///   `String`). What it returns is sent when awaited.
/// - For each method with defaults a request type, `ClientMethodName`, with a setter for each
///   argument that has one.
///
/// All of it has the visibility of the trait. `#[cfg]`, `#[deprecated]` and documentation of a
/// method are those of its client method too.
///
/// # Keys of the trait
///
/// | Key | Meaning |
/// |---|---|
/// | `client = Name` | name of the client type; mandatory |
/// | `topic = ".."` | topic that servers listen to and the client sends to; mandatory |
/// | `version = "3.20"` | current version of the interface, `MAJOR.MINOR`, as a string; mandatory |
/// | `namespace = ".."` | namespace of the methods; the default is none |
/// | `context = Type` | type of the first parameter of every method; the default is `rpc_runtime::Context` |
/// | `error = Type` | the error type that every method has to return; the default is any `RpcException` |
/// | `crate = path` | where `rpc_runtime` is, if it was renamed or is re-exported |
///
/// # Keys of a method: `#[rpc(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `call` | to one server, and waits for the result |
/// | `cast` | to one server, and waits for the broker only; returns `Result<(), E>` |
/// | `cast, fanout` | to every server of the topic |
/// | `since = "3.9"` | version that the method came with; the default is the first of the major |
/// | `name = ".."` | name on the wire; the default is the method's own |
/// | `to = expression` | server to send to: a `&str`, `String` or an `Option` of them; the default is any server |
///
/// The expression of `to` sees the context and the required arguments, borrowed:
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # pub struct Volume { host: String }
/// #[rpc_manager(client = VolumeApi, topic = "cinder-volume", version = "3.9")]
/// pub trait VolumeManager {
///     #[rpc(cast, to = &volume.host)]
///     async fn delete_volume(&self, ctx: Context, volume: Volume) -> Result<(), RemoteError>;
///
///     #[rpc(call, to = format!("{host}@{backend}"), since = "3.9")]
///     async fn get_pools(&self, ctx: Context, host: String, backend: String) -> Result<Vec<String>, RemoteError>;
/// }
/// ```
///
/// A name on the wire cannot start with `_` or `oslo_` and cannot be `target`: oslo.messaging keeps
/// these for itself.
///
/// # Keys of an argument: `#[arg(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `name = ".."` | name on the wire; the default is the parameter's own |
/// | `default` | not required: the type's `Default` if the client does not set it or the request lacks it |
/// | `default = expression` | the same with this value; a string literal serves every type that is `From<&str>` |
/// | `since = "3.3"` | version that the argument came with, later than its method; needs `old` |
/// | `old = drop` | a client pinned below `since` leaves the argument out |
/// | `old = error_if_set` | it leaves the argument out if it carries nothing (or the default), else the request fails |
/// | `old = with(function)` | it sends what the function, `fn(&T) -> impl Serialize`, makes of it; `fn(&str) -> ..` for a `String` |
///
/// An argument with `since` that older clients leave out needs a default or is an `Option`.
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// #[rpc_manager(client = BackupApi, topic = "backup", version = "2.4")]
/// pub trait BackupManager {
///     #[rpc(call)]
///     async fn restore(
///         &self,
///         ctx: Context,
///         #[arg(name = "ref")] reference: String,
///         #[arg(default = "/tmp")] path: String,
///         #[arg(since = "2.2", old = drop)] volume_id: Option<u64>,
///         #[arg(since = "2.4", old = error_if_set, default)] is_new: bool,
///     ) -> Result<(), RemoteError>;
/// }
/// ```
///
/// Arguments are decoded into owned values. They may have any name but `self` and `ctxt`, which a
/// Python endpoint has parameters for already.
///
/// # Errors
///
/// A key that is unknown, given twice or in the wrong place, a version that cannot be, a signature
/// that cannot be served: each is a compile error at the token at fault, all of them at once. The
/// trait and the methods without errors stay there.
///
/// ```compile_fail
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// #[rpc_manager(client = CounterApi, topic = "counter", version = "1.1")]
/// pub trait CounterManager {
///     // since "1.2" is newer than the API version "1.1"
///     #[rpc(call, since = "1.2")]
///     async fn add(&self, ctx: Context, by: u64) -> Result<u64, RemoteError>;
/// }
/// ```
#[proc_macro_attribute]
pub fn rpc_manager(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let (expansion, errors) = expand::expand(attribute.into(), item.into());
    errors.after(expansion).into()
}

/// Makes an error type travel as Python exceptions.
///
/// Each variant of an enum, or a struct as a whole, is one exception class. A Python caller raises
/// that class; a Rust caller gets its variant back. The exception's text is the `Display` of the
/// value.
///
/// ```
/// use rpc_runtime::{RemoteError, RpcException};
///
/// #[derive(Debug, PartialEq, thiserror::Error, RpcException)]
/// #[exception(module = "cinder.exception")]
/// pub enum VolumeError {
///     #[error("Volume {volume_id} could not be found.")]
///     VolumeNotFound { volume_id: u64 },
///
///     #[error("{0}")]
///     #[exception(module = "builtins", class = "ValueError")]
///     Invalid(String),
///
///     #[error(transparent)]
///     #[exception(other)]
///     Other(RemoteError),
/// }
///
/// let remote = VolumeError::VolumeNotFound { volume_id: 7 }.to_remote();
/// assert!(remote.is("cinder.exception", "VolumeNotFound"));
/// assert_eq!(remote.message, "Volume 7 could not be found.");
/// assert_eq!(VolumeError::from_remote(&remote), Some(VolumeError::VolumeNotFound { volume_id: 7 }));
///
/// let invalid = RemoteError::builtin("ValueError", "too large");
/// assert_eq!(VolumeError::from_remote(&invalid), Some(VolumeError::Invalid("too large".into())));
/// ```
///
/// Named fields are the keyword arguments of the exception, and its text is the one positional
/// argument. Fields without names are its positional arguments. All of them are encoded and
/// decoded by serde; an exception that lacks a field, or has one that is no value of the field's
/// type, is not this variant.
///
/// | Key | Where | Meaning |
/// |---|---|---|
/// | `module = ".."` | type, variant | Python module of the class; a variant's own goes before the enum's |
/// | `class = ".."` | struct, variant | name of the class; the default is the name of the variant or struct |
/// | `other` | variant | `Other(RemoteError)` takes every exception that is no other variant, and is sent on as it came |
/// | `name = ".."` | named field | name of the keyword argument; the default is the field's own |
/// | `crate = path` | type | where `rpc_runtime` is, if it was renamed or is re-exported |
#[proc_macro_derive(RpcException, attributes(exception))]
pub fn rpc_exception(item: TokenStream) -> TokenStream {
    let (expansion, errors) = exception::expand(item.into());
    errors.after(expansion).into()
}
