//! The macros of `rpc-runtime`: the `#[rpc_manager]` attribute, and the derives `RpcException`, `VersionedObject` and
//! `RpcNotification`.
//!
//! Depend on `rpc-runtime`, which exports them.

mod derive;
mod errors;
mod exception;
mod expand;
mod ide;
mod model;
mod notification;
mod object;
mod parse;
mod render;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use quote::quote;

/// Makes a typed client and a server dispatcher of a Manager trait.
///
/// The trait is the interface: its methods are what can be called remotely, their parameters are
/// the arguments on the wire, by name. Servers implement it; the client has a method for each of
/// its methods.
///
/// ```
/// use rpc_runtime::{Context, RemoteError, Transport, rpc_manager};
///
/// /// Counts things.
/// #[rpc_manager(topic = "counter", version = "1.1")]
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
/// let server = CounterApi::serve(&transport, "host1", Fixed).start().await?;
/// let api = CounterApi::new(&transport);
/// let ctx = Context::request();
/// assert_eq!(api.add(&ctx, "apples").by(2).await?, 42);
/// api.reset(&ctx).await?;
/// # server.shutdown(std::time::Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
///
/// # What it makes
///
/// - The trait, whose futures are promised to be `Send`. Implementations write `async fn`. A method
///   may have a default body. The trait gets the supertraits `Send + Sync + 'static`.
/// - The client, with `new`, `pinned`, `pin`, `supports`, `supports_argument` and `with`; with `serve`, `endpoint`
///   and `target` for servers, which take a manager by value or in an `Arc`;
///   and `INTERFACE`, a constant description of all of it: methods with their arguments, results, errors,
///   destinations and versions, to be written as JSON for documentation, comparisons and other languages.
///   The documentation of the client has the history of the
///   interface: which version added, renamed, changed and removed what.
/// - For each method a method of the client. It takes the context and the required arguments in
///   the order of the trait, owned or borrowed, see [below](#what-callers-give). What it returns is sent when awaited.
/// - For each method that is called by name a struct of its parameters, `ClientMethodNameArgs`.
/// - For each method with defaults a request type, `ClientMethodName`, with a setter for each
///   argument that has one.
///
/// The documentation of methods and setters says what the attributes say: how a method is sent and where to, what each
/// argument is if nobody sets it, and what becomes of it below which version.
///
/// All of it has the visibility of the trait. `#[cfg]`, `#[deprecated]` and documentation of a
/// method are those of its client method too, also in a `#[cfg_attr]`; `#[cfg]` may stand on arguments as
/// well. Generated code may use what is deprecated: whoever writes or calls it is warned. The trait may be
/// written by `macro_rules`, with fragments of any kind.
///
/// # Keys of the trait
///
/// | Key | Meaning |
/// |---|---|
/// | `client = Name` | name of the client type; the default is the name of the trait with `Api` for `Manager`: `VolumeApi` of `VolumeManager` and of `Volume` |
/// | `topic = ".."` | topic that servers listen to and the client sends to; mandatory |
/// | `version = "3.20"` | current version of the interface, `MAJOR.MINOR`, as a string; mandatory |
/// | `version("6.5", "5.13")` | the same for several majors, current first: all are sent and served |
/// | `history("3.20" = "..")` | what a version brought that no other key says, for the history |
/// | `aliases(victoria = "5.12", 2023.1 = "6.2", "2025.1-rc" = "6.4")` | names of releases for `Client::pin`, oldest first |
/// | `namespace = ".."` | namespace of the methods; the default is none |
/// | `to = expression`, `to(host: &str) = expression` | the `to` of every method that is sent to one server and says nothing else |
/// | `route = function` | makes the address of a destination, see [below](#destinations) |
/// | `profiles(long(timeout = .., monitor = .., expected(..)), ..)` | named sets of these three keys, for `profile` of methods |
/// | `by_name`, `by_name = 5` | `by_name` of all methods whose client method has so many parameters, two if nothing is said, and no `#[cfg]` on any |
/// | `context = Type` | type of the first parameter of every method; the default is `rpc_runtime::Context` |
/// | `error = Type` | the error type that every method has to return; the default is any `RpcException` |
/// | `fake = Name` | name of a fake manager for tests, see the module `testing` of `rpc_runtime`; there is one only with the feature of that name |
/// | `crate = path` | where `rpc_runtime` is, if it was renamed or is re-exported |
///
/// # Keys of a method: `#[rpc(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `call` | to one server, and waits for the result |
/// | `cast` | to one server, and waits for the broker only; returns `Result<(), E>` |
/// | `cast, fanout` | to every server of the topic |
/// | `call_or_cast` | to one server; the client's method returns something with `.call()` and `.cast()` |
/// | `since = "3.9"`, `since("6.0", "5.8")` | version that the method came with, see [below](#versions); the default is the first of every major |
/// | `until = "6.0"` | first version without the method: it is sent to servers below it only, and served to callers below it |
/// | `name = ".."` | name on the wire; the default is the method's own |
/// | `was("..", until = "3.8")` | older name on the wire, sent below `until`; servers take both |
/// | `to = expression` | server to send to; the default is that of the trait, else any server; `None` is an error |
/// | `to = any_if_none(expression)` | server to send to, or any server if that is `None` |
/// | `to = any` | any server, whatever the trait's `to` says |
/// | `to(host: &str) = expression` | the same with parameters of the client method that are not sent, first after the context |
/// | `route = function` | makes the address of the destination, instead of the trait's |
/// | `legacy(name = expression, until = "6.0")` | arguments that only servers below `until` get; ours take and ignore them. May be given several times |
/// | `legacy(name(image: &Image) = expression, until = "6.0")` | the same with parameters of the client method, last, that only this needs |
/// | `downgrade(until = "4.3", with = function)` | a `fn(Map<String, Value>) -> Map<String, Value>` that makes older arguments of all present ones below `until` |
/// | `timeout = expression` | how long a call waits, a `Duration` made for each call; `CallOptions` go before it |
/// | `monitor = expression` | how often a call wants a sign of life, likewise |
/// | `expected(pattern, ..)` | errors of the method that are nothing unusual: the server logs them at debug level |
/// | `profile = long`, `profile(long, busy)` | what these profiles of the trait say: the method's own `timeout` and `monitor` go before it, the expected errors of all are expected |
/// | `by_name` | the client method takes its parameters in a struct, `ClientMethodNameArgs`, see [below](#calls-by-name) |
/// | `manual` | no client method; `prepare_<method>(&ctx)` starts a request that is put together by hand |
///
/// A name on the wire cannot start with `_` or `oslo_` and cannot be `target`: oslo.messaging keeps
/// these for itself.
///
/// # Keys of an argument: `#[arg(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `name = ".."` | name on the wire; the default is the parameter's own |
/// | `was("..", until = "6.0")` | older name on the wire, sent below `until`; servers take both |
/// | `default` | not required: the type's `Default` if the client does not set it or the request lacks it |
/// | `default = expression` | the same with this value; a string literal serves every type that is `From<&str>` |
/// | `since = "3.3"`, `since("6.1", "5.8")` | version that the argument came with, later than its method; needs `old` |
/// | `old = drop` | a client pinned below `since` leaves the argument out |
/// | `old = error_if_set` | it leaves the argument out if it carries [nothing](#what-carries-nothing) or is the default, else the request fails |
/// | `old = error_if(function)` | the request fails if the function, `fn(&T) -> bool`, is true for what the caller [gives](#what-callers-give), else the argument is left out |
/// | `old = with(function)` | it sends what the function, `fn(&T) -> impl Serialize`, makes of what the caller [gives](#what-callers-give) |
/// | `required` | the client's parameter is required, although older clients leave the argument out: it is the `T` of an `Option<T>` with `since`, or what has a `default`, which is for the server alone then |
/// | `from(volume: &Volume) = expression` | the client takes these parameters instead, and sends the value |
/// | `fixed = expression` | every client sends this value, and takes no parameter; with `since` a `default` says what the server makes of its absence |
/// | `rest` | the last argument: a map of all keyword arguments without a name of their own |
///
/// An argument with `since` that older clients leave out needs a default or is an `Option`. One that was removed is no
/// parameter any more: `legacy` of its method sends it to older servers.
/// Arguments are encoded, and decoded into owned values: their types have serde's `Serialize` and `Deserialize`. They may
/// have any name but `self` and `ctxt`, which a Python endpoint has parameters for already.
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// # use serde_json::{Map, Value};
/// #[rpc_manager(client = BackupApi, topic = "backup", version = "2.4")]
/// pub trait BackupManager {
///     #[rpc(call)]
///     async fn restore(
///         &self,
///         ctx: Context,
///         #[arg(name = "ref")] reference: String,
///         #[arg(default = "/tmp")] path: String,
///         #[arg(fixed = true)] want_objects: bool,
///         #[arg(since = "2.1", old = drop, required)] size: Option<u64>,
///         #[arg(since = "2.2", old = drop)] volume_id: Option<u64>,
///         #[arg(since = "2.4", old = error_if_set, default)] is_new: bool,
///         #[arg(rest, default)] filters: Map<String, Value>,
///     ) -> Result<(), RemoteError>;
/// }
///
/// # async fn client(api: BackupApi, ctx: Context) -> Result<(), Box<dyn std::error::Error>> {
/// api.restore(&ctx, "backup-1", 10, None).is_new(true).await?;
/// # Ok(())
/// # }
/// ```
///
/// # What callers give
///
/// Nothing has to be cloned for a request. A method and a setter of the client take an argument in one of these
/// forms, and what it is then is what `to`, `from`, `legacy`, `error_if(function)` and `with(function)` see:
///
/// | Argument | Callers give | It is |
/// |---|---|---|
/// | `String` | `"text"`, `&text`, all that is `AsRef<str>` | `&str` |
/// | `Vec<T>` | a `Vec`, an array or a slice of `T`, by value or borrowed | `&[T]` |
/// | `Option<String>` | `"text"`, `&text`, `Some("text")`, `&option`, `option.as_deref()`, `None` | `Option<&str>` |
/// | `Option<Vec<T>>` | `&list`, an array, `Some(&list[..])`, `&option`, `option.as_deref()`, `None` | `Option<&[T]>` |
/// | `Option<u32>`, of a number, `bool` or `char` | `7`, `Some(7)`, `option`, `&option`, `None` | `Option<u32>` |
/// | any other `Option<T>` | `value`, `&value`, `Some(&value)`, `&option`, `option.as_ref()`, `None` | `Option<&T>` |
/// | any other `T` | `value`, `&value`, all that is `Borrow<T>` | `&T` |
///
/// What is there needs no `Some`. An owned `Option<T>` of what is no number is given as `&option`: it is the one
/// form that is left out, so that `None` needs no type. The types are told by their spelling; an alias of one of them is
/// any other `T`. A function that `old` names takes what it is and nothing that it could become.
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # pub struct Spec { vcpus: u32 }
/// #[rpc_manager(client = BuildApi, topic = "build", version = "1.0")]
/// pub trait BuildManager {
///     #[rpc(call)]
///     async fn build(
///         &self,
///         ctx: Context,
///         networks: Vec<String>,
///         spec: Option<Spec>,
///         #[arg(default)] zone: Option<String>,
///         #[arg(default)] retries: Option<u32>,
///     ) -> Result<(), RemoteError>;
/// }
///
/// # async fn client(api: BuildApi, ctx: Context) -> Result<(), Box<dyn std::error::Error>> {
/// let networks = vec!["net-1".to_owned(), "net-2".to_owned()];
/// let spec = Spec { vcpus: 4 };
/// api.build(&ctx, &networks, &spec).zone("nova").retries(3).await?;
/// api.build(&ctx, &networks[1..], Some(&spec)).zone(Some("nova")).retries(Some(3)).await?;
/// api.build(&ctx, [], None).zone(None).await?;
/// # Ok(())
/// # }
/// ```
///
/// # What carries nothing
///
/// With `old = error_if_set` a client that is pinned below `since` fails rather than to lose something. What is
/// nothing depends on the argument:
///
/// | Argument | Carries nothing if it is |
/// |---|---|
/// | with a `default` | the default, by `==` |
/// | `Option<T>` | `None`, whatever `T` is: `Some` of an empty list carries something |
/// | `bool` | `false` |
/// | `String`, `Vec<T>`, a set, a map | empty |
/// | `serde_json::Value` | null |
/// | a type of your own | what its `rpc_runtime::MaybeSet` says |
/// | a number | nothing does: give it a default |
///
/// `old = error_if(function)` is for one argument that is different from others of its type. The function is not asked
/// about a default that nobody has changed.
///
/// The server's side of it is what the manager gets if an older client did not send the argument: the default, or
/// `None` of an `Option`, or what `rpc_runtime::FromAbsent` of a type of your own makes. Both traits are open, and
/// their documentation shows a type that implements them.
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// #[rpc_manager(client = ComputeApi, topic = "compute", version = "5.13")]
/// pub trait ComputeManager {
///     #[rpc(cast)]
///     async fn shelve(
///         &self,
///         ctx: Context,
///         instance: u32,
///         #[arg(since = "5.4", old = error_if_set)] image: Option<String>,
///         #[arg(since = "5.13", old = error_if(has_any))] accel_uuids: Option<Vec<String>>,
///     ) -> Result<(), RemoteError>;
/// }
///
/// /// An instance without devices may as well have an empty list of them.
/// fn has_any(uuids: Option<&[String]>) -> bool {
///     uuids.is_some_and(|uuids| !uuids.is_empty())
/// }
/// ```
///
/// # Versions
///
/// A client that is pinned sends only what servers of that version know. Each request is stamped
/// with the lowest version that has all of it: the highest, among those that changed something in
/// its method, that the pin allows. A method that the pin does not have fails before anything is
/// sent, and so does one that was removed `until` the pin or, without a pin, until the current version
/// (`RpcError::Removed`). What a version is below of is decided by the stamped version: arguments that came later
/// follow their `old`, names and arguments that were given up `until` later are used.
///
/// With several majors a pin chooses one of them, and an unpinned client sends the current one.
/// `since` names at most one version of each, newest first; a major newer than all that are listed
/// has it from the start, one older than all of them never had it.
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// # use serde_json::{Map, Value};
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # pub struct Flavor { id: u32 }
/// /// Manages instances.
/// #[rpc_manager(
///     client = ComputeApi,
///     topic = "compute",
///     version("6.2", "5.13"),
///     aliases(victoria = "5.12", zed = "6.2"),
///     history("6.2" = "hosts answer on a second topic")
/// )]
/// pub trait ComputeManager {
///     /// `flavor` was called `instance_type` in 5.x, which needed `bdms` too.
///     #[rpc(call, legacy(bdms = None, until = "6.0"))]
///     async fn resize(
///         &self,
///         ctx: Context,
///         instance: u32,
///         #[arg(was("instance_type", until = "6.0"))] flavor: Flavor,
///         #[arg(since("6.1", "5.8"), old = drop)] request_spec: Option<Map<String, Value>>,
///     ) -> Result<(), RemoteError>;
///
///     /// Was called `failover_host`, and takes its arguments apart for older servers.
///     #[rpc(
///         call,
///         since = "5.2",
///         was("failover_host", until = "5.4"),
///         downgrade(until = "5.7", with = without_cluster)
///     )]
///     async fn failover(&self, ctx: Context, cluster: String) -> Result<(), RemoteError>;
///
///     /// Hosts of 5.x have it still: it is sent to them, and served to callers from there.
///     #[rpc(call, until = "6.0")]
///     async fn get_rdp_console(&self, ctx: Context, instance: u32) -> Result<String, RemoteError>;
/// }
///
/// fn without_cluster(mut args: Map<String, Value>) -> Map<String, Value> {
///     args.remove("cluster");
///     args
/// }
///
/// # async fn client(transport: rpc_runtime::Transport) -> Result<(), Box<dyn std::error::Error>> {
/// let api = ComputeApi::new(&transport).pinned(ComputeApi::pin("victoria")?);
/// assert!(api.supports_argument("resize", "request_spec")?);
/// assert!(api.supports("get_rdp_console")? && !ComputeApi::new(&transport).supports("get_rdp_console")?);
/// assert!(ComputeApi::pin("queens").is_err());
/// # Ok(())
/// # }
/// ```
///
/// # Destinations
///
/// The expressions of `to`, `from` and `legacy` see the context, the required arguments, borrowed,
/// and the parameters that these keys declare. Parameters of one name are one parameter. One that `from` or
/// `legacy` declares also stands for the argument of that name; one of `to` cannot have the name of an argument, which
/// `to` sees anyway: a client that is to take another type for both says so at the argument, as `stop` does below.
///
/// `to` evaluates to a `&str`, a `String`, an `Option` of them or a `Result` of any of these; an error is what
/// awaiting the request gives, and nothing is sent. `None` is such an error, unless `CallOptions` name a server: what
/// was meant for one host would be done by any. Where any server will do, that is said: `to = any_if_none(..)`.
///
/// The `to` of the trait is for all methods that have none of their own, but for fanouts and manual ones. One
/// that lacks an argument that it uses has to say where it goes, or `to = any`.
///
/// A route is a `fn(&RouteRequest<'_>) -> Result<Target, E>` with an error that can be displayed. It
/// sees the pin, the stamped version and the destination. `CallOptions` have the last word: their
/// server takes the place of the destination, their topic and exchange that of the target.
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, RouteRequest, Target, Version, rpc_manager};
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # pub struct Volume { id: u64, host: Option<String> }
/// /// Since 3.6 each host has a topic of its own.
/// fn by_topic(request: &RouteRequest<'_>) -> Result<Target, String> {
///     let Some(host) = request.destination else { return Ok(Target::new(request.topic)) };
///     match request.pin {
///         Some(pin) if pin < Version::new(3, 6) => Ok(Target::new(request.topic).with_server(host)),
///         _ => Ok(Target::new(format!("{}.{host}", request.topic))),
///     }
/// }
///
/// #[rpc_manager(
///     client = VolumeApi,
///     topic = "cinder-volume",
///     version = "3.9",
///     to = volume.host.as_deref().ok_or("the volume is on no host"),
///     route = by_topic
/// )]
/// pub trait VolumeManager {
///     #[rpc(cast)]
///     async fn delete(&self, ctx: Context, volume: Volume) -> Result<(), RemoteError>;
///
///     /// The client takes the volume; older servers get its id only.
///     #[rpc(call)]
///     async fn attach(
///         &self,
///         ctx: Context,
///         #[arg(from(volume: &Volume) = volume.id)] volume_id: u64,
///         #[arg(since = "3.3", old = drop)] volume: Option<Volume>,
///     ) -> Result<(), RemoteError>;
///
///     /// Any server does it for a volume that is on no host.
///     #[rpc(cast, to = any_if_none(&volume.host))]
///     async fn forget(&self, ctx: Context, volume: Volume) -> Result<(), RemoteError>;
///
///     /// The client needs the volume for the host, and sends it as an option.
///     #[rpc(cast, to = &volume.host)]
///     async fn stop(
///         &self,
///         ctx: Context,
///         #[arg(from(volume: &Volume) = volume)] volume: Option<Volume>,
///     ) -> Result<(), RemoteError>;
///
///     #[rpc(call, to(host: &str, backend: &str) = format!("{host}@{backend}"), since = "3.9")]
///     async fn get_pools(&self, ctx: Context) -> Result<Vec<String>, RemoteError>;
/// }
///
/// # async fn client(api: VolumeApi, ctx: Context, volume: Volume) -> Result<(), Box<dyn std::error::Error>> {
/// api.attach(&ctx, &volume).await?;
/// api.get_pools(&ctx, "host1", "lvm").await?;
/// # Ok(())
/// # }
/// ```
///
/// # How a method is sent
///
/// ```
/// use std::time::Duration;
/// # use rpc_runtime::{Context, RemoteError, RpcException, Version, rpc_manager};
/// # fn long_rpc_timeout() -> Duration { Duration::from_secs(1800) }
///
/// # #[derive(Debug, thiserror::Error, RpcException)]
/// # #[exception(module = "compute")]
/// # pub enum ComputeError {
/// #     #[error("no instance {id}")]
/// #     NotFound { id: u32 },
/// # }
/// #[rpc_manager(
///     client = ComputeApi,
///     topic = "compute",
///     version = "1.2",
///     profiles(long(timeout = long_rpc_timeout(), monitor = Duration::from_secs(60))),
///     error = ComputeError
/// )]
/// pub trait ComputeManager {
///     #[rpc(call_or_cast, profile = long, expected(ComputeError::NotFound { .. }))]
///     async fn stop(&self, ctx: Context, instance: u32, #[arg(default)] force: bool) -> Result<(), ComputeError>;
///
///     /// A call that became a cast in 1.2: no attribute says that.
///     #[rpc(call_or_cast, manual, since = "1.1")]
///     async fn back_up(&self, ctx: Context, instance: u32) -> Result<(), ComputeError>;
/// #
/// #   #[rpc(call, since = "1.2")]
/// #   async fn newest(&self, ctx: Context) -> Result<(), ComputeError>;
/// }
///
/// # async fn client(api: ComputeApi, ctx: Context) -> Result<(), Box<dyn std::error::Error>> {
/// api.stop(&ctx, 7).force(true).call().await?;
/// api.stop(&ctx, 7).cast().await?;
///
/// let request = api.prepare_back_up(&ctx).to("host1").arg("instance", &7);
/// if request.can_send(Version::new(1, 2)) {
///     request.at(Version::new(1, 2)).cast().await?;
/// } else {
///     request.at(Version::new(1, 1)).call::<Result<(), ComputeError>>().await?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Calls by name
///
/// Two parameters of one type are easily mistaken for each other. `by_name` has callers write their names: the
/// client method takes them in a struct, in the forms that it would take them in otherwise. All of them have to be
/// there when the caller is compiled; arguments with a default are set afterwards, as always.
///
/// ```
/// # use rpc_runtime::{Context, RemoteError, rpc_manager};
/// #[rpc_manager(client = ComputeApi, topic = "compute", version = "1.0")]
/// pub trait ComputeManager {
///     #[rpc(call, by_name, to(host: &str) = host)]
///     async fn rebuild(
///         &self,
///         ctx: Context,
///         image_ref: String,
///         orig_image_ref: String,
///         networks: Vec<String>,
///         #[arg(default = false)] evacuate: bool,
///     ) -> Result<(), RemoteError>;
/// }
///
/// # async fn client(api: ComputeApi, ctx: Context) -> Result<(), Box<dyn std::error::Error>> {
/// let args = ComputeApiRebuildArgs {
///     host: "host1",
///     image_ref: "cirros-2",
///     orig_image_ref: "cirros-1",
///     networks: ["net-1".to_owned()],
/// };
/// api.rebuild(&ctx, args).evacuate(true).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// A key that is unknown, given twice or in the wrong place, a version that cannot be, a signature
/// that cannot be served: each is a compile error at the token at fault, all of them at once. The
/// trait and the methods without errors stay there.
///
/// Only a running program can tell an unknown release or a malformed pin (`Client::pin` fails), two
/// endpoints of one server that answer one namespace, major and method (`ServerBuilder::start`
/// fails), and a pin below a method or argument, or not below what a method was removed in (the request
/// fails before anything is sent).
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
    let (attribute, item) = (attribute.into(), item.into());
    let imports = ide::imports(Some((&ide::TRAIT, &attribute)), &item, ide::MANAGER);
    let (expansion, errors) = expand::expand(attribute, item);
    errors.after(quote!(#imports #expansion)).into()
}

/// Makes an error type travel as Python exceptions.
///
/// Each variant of an enum, or a struct as a whole, is one exception class. A Python caller raises
/// that class; a Rust caller gets its variant back.
///
/// ```
/// use rpc_runtime::{RemoteError, RpcException};
///
/// #[derive(Debug, PartialEq, RpcException)]
/// #[exception(module = "cinder.exception", code = 500)]
/// pub enum VolumeError {
///     #[exception(message = "Volume %(volume_id)s could not be found.", code = 404)]
///     VolumeNotFound { volume_id: u64 },
///
///     #[exception(module = "builtins", class = "ValueError")]
///     Invalid(String),
///
///     #[exception(other)]
///     Other(RemoteError),
/// }
///
/// let remote = VolumeError::VolumeNotFound { volume_id: 7 }.to_remote();
/// assert!(remote.is("cinder.exception", "VolumeNotFound"));
/// assert_eq!(remote.message, "Volume 7 could not be found.");
/// assert_eq!((&remote.kwargs["volume_id"], remote.code()), (&7.into(), Some(404)));
/// assert_eq!(VolumeError::from_remote(&remote), Some(VolumeError::VolumeNotFound { volume_id: 7 }));
///
/// let invalid = RemoteError::builtin("ValueError", "too large");
/// assert_eq!(VolumeError::from_remote(&invalid), Some(VolumeError::Invalid("too large".into())));
/// ```
///
/// Named fields are the keyword arguments of the exception, and its text is the one positional
/// argument. Fields without names are its positional arguments. All of them are encoded and
/// decoded by serde; an exception that has a field which is no value of the field's type, or lacks one that is no
/// `Option`, is not this variant.
///
/// `RpcException::CLASSES` describes the classes, and so does the `INTERFACE` of every client whose methods declare
/// the type.
///
/// | Key | Where | Meaning |
/// |---|---|---|
/// | `module = ".."` | type, variant | Python module of the class; a variant's own goes before the enum's |
/// | `class = ".."` | struct, variant | name of the class; the default is the name of the variant or struct |
/// | `message = ".."` | struct, variant | text of the class, as Python formats it, see [below](#texts) |
/// | `code = 404` | type, variant | HTTP status of the class, sent as the keyword argument `code`; that of an enum is for the variants without a `module` or a field `code` of their own |
/// | `other` | variant | `Other(RemoteError)` takes every exception that is no other variant, and is sent on as it came |
/// | `name = ".."` | named field | name of the keyword argument; the default is the field's own |
/// | `cause` | named field | the error behind this one, a `Cause` or an `Option<Cause>`: sent as its text, as Python does, and what `source` gives |
/// | `crate = path` | type | where `rpc_runtime` is, if it was renamed or is re-exported |
///
/// # Texts
///
/// With a `message`, the text is that of Python's class: it has places for keyword arguments, `%(name)s` (or `r`, `d`,
/// `i`, `x`), with values as Python writes them (`None`, `True`, `['a']`), and `%%` for a `%`. The derive implements
/// `Display` and `Error`. All classes of a type need a text then; one with positional arguments has that of Python,
/// which is made of them.
///
/// Without any `message` the text is the type's own `Display`, for example by `thiserror`.
///
/// Classes of cinder and nova can be given a text in place of that of the class: that is a field called `message`. It is
/// an `Option<String>`; if it is set, it is the whole text, and keyword arguments that are `None` are not sent. If the
/// text of the class has `%(message)s`, it goes in there.
///
/// ```
/// use rpc_runtime::{RemoteError, RpcException};
///
/// #[derive(Debug, PartialEq, RpcException)]
/// #[exception(module = "cinder.exception")]
/// pub enum VolumeError {
///     #[exception(message = "Invalid volume: %(reason)s", code = 400)]
///     InvalidVolume { reason: Option<String>, message: Option<String> },
///
///     #[exception(message = "Volume driver reported an error: %(message)s", code = 500)]
///     VolumeDriverException { message: String },
/// }
///
/// // What cinder sends for `InvalidVolume("it is in use")`.
/// let remote = RemoteError::new("cinder.exception", "InvalidVolume", "it is in use").with_kwarg("code", 400);
/// let error = VolumeError::InvalidVolume { reason: None, message: Some("it is in use".to_owned()) };
/// assert_eq!((VolumeError::from_remote(&remote), error.to_remote()), (Some(error), remote));
///
/// let error = VolumeError::VolumeDriverException { message: "out of space".to_owned() };
/// assert_eq!(error.to_string(), "Volume driver reported an error: out of space");
/// assert_eq!(VolumeError::from_remote(&error.to_remote()), Some(error));
/// ```
#[proc_macro_derive(RpcException, attributes(exception))]
pub fn rpc_exception(item: TokenStream) -> TokenStream {
    let item = item.into();
    let imports = ide::imports(None, &item, ide::EXCEPTIONS);
    let (expansion, errors) = exception::expand(item);
    errors.after(quote!(#imports #expansion)).into()
}

/// Makes a struct a versioned object, as those of Python's oslo.versionedobjects.
///
/// A value is an argument, a result or part of one like any other: the derive implements serde's
/// `Serialize` and `Deserialize` in the form that Python's serialisers know.
///
/// ```
/// use rpc_runtime::VersionedObject;
/// use rpc_runtime::object::{Field, Origin, Project, ReadOnly};
///
/// pub const CINDER: Project = Project::new("cinder");
///
/// #[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
/// #[object(project = CINDER, version = "1.9")]
/// pub struct Volume {
///     pub id: ReadOnly<String>,
///     /// Null until it is scheduled.
///     pub host: Field<Option<String>>,
///     pub size: Field<u64>,
///     #[object(origin)]
///     pub origin: Origin,
/// }
///
/// let mut volume: Volume = serde_json::from_value(serde_json::json!({
///     "versioned_object.name": "Volume",
///     "versioned_object.namespace": "cinder",
///     "versioned_object.version": "1.9",
///     "versioned_object.data": {"id": "v-1", "host": null},
/// }))?;
/// assert_eq!(volume.id.as_deref(), Some("v-1"));
/// assert!(volume.host.is_set() && volume.host.value().is_none());
/// assert!(!volume.size.is_set());
///
/// volume.host.set("host1@lvm".to_owned());
/// let sent = serde_json::to_value(&volume)?;
/// assert_eq!(sent["versioned_object.data"], serde_json::json!({"id": "v-1", "host": "host1@lvm"}));
/// assert_eq!(sent["versioned_object.changes"], serde_json::json!(["host"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Fields
///
/// | Type | What it is |
/// |---|---|
/// | `Field<T>` | unset, or set to a value, which is never null |
/// | `Field<Option<T>>` | unset, or set to a value or null: a nullable field of Python |
/// | `ReadOnly<T>`, `ReadOnly<Option<T>>` | the same, and set once |
/// | `Origin`, with `#[object(origin)]` | no field on the wire: what the object came with, its version and the fields that the struct does not know |
///
/// `T` is any type of serde's: another object, a `Vec`, a map, an enum, a type of your own. Each field knows
/// whether it was changed since the object was loaded, and those that were are the `changes` of the message.
/// The struct has exactly one origin, and implements `Default`: an object without any field. Computed
/// properties of Python are methods.
///
/// # Keys of the struct: `#[object(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `project = CONSTANT` | the `Project` that it is of; mandatory |
/// | `version = "1.9"` | current version of the object, `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`, as a string; mandatory |
/// | `name = ".."` | name of the class; the default is that of the struct |
/// | `unknown = keep`, `unknown = drop` | whether fields that the struct does not know go out with the object again; the default is `keep`, Python drops them |
/// | `dict` | a plain dictionary of the fields is read as well, for what Python takes in both forms |
/// | `downgrade = function` | a `fn(&mut Map<String, Value>, Version)` that changes the data into that of an older version, see [below](#versions) |
/// | `crate = path` | where `rpc_runtime` is, if it was renamed or is re-exported |
///
/// ```
/// # use rpc_runtime::object::{Field, Origin, Project};
/// # use rpc_runtime::VersionedObject;
/// pub const NOVA: Project = Project::new("nova").with_prefix("nova_object");
///
/// #[derive(Debug, Clone, Default, VersionedObject)]
/// #[object(project = NOVA, version = "1.2.1", name = "Flavor", unknown = drop, dict)]
/// pub struct NovaFlavor {
///     pub memory_mb: Field<u64>,
///     #[object(origin)]
///     pub origin: Origin,
/// }
///
/// let flavor: NovaFlavor = serde_json::from_str(r#"{"memory_mb": 512, "color": "red"}"#)?;
/// assert_eq!(
///     serde_json::to_value(&flavor)?,
///     serde_json::json!({
///         "nova_object.name": "Flavor",
///         "nova_object.namespace": "nova",
///         "nova_object.version": "1.2.1",
///         "nova_object.data": {"memory_mb": 512},
///     })
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Keys of a field: `#[object(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `name = ".."` | name on the wire; the default is the field's own |
/// | `since = "1.5"` | version that the field came with; the default is the first one of the major |
/// | `until = "1.7"` | first version without the field: it is written below it only |
/// | `was("..", until = "1.2")` | older name on the wire, written below `until`; both are read |
/// | `default` | `VersionedObject::set_defaults` sets the field, if it is not set, to its type's `Default` |
/// | `default = expression` | the same with this value; a string literal serves every type that is `From<&str>` |
/// | `origin` | the field is the `Origin`; it takes no other key |
///
/// ```
/// # use rpc_runtime::object::{Field, Origin, Project};
/// # use rpc_runtime::VersionedObject;
/// # pub const CINDER: Project = Project::new("cinder");
/// #[derive(Debug, Clone, Default, VersionedObject)]
/// #[object(project = CINDER, version = "1.6")]
/// pub struct Snapshot {
///     #[object(name = "volume-size")]
///     pub volume_size: Field<u64>,
///     #[object(default = "creating")]
///     pub status: Field<String>,
///     #[object(default = false)]
///     pub use_quota: Field<bool>,
///     #[object(default)]
///     pub metadata: Field<std::collections::HashMap<String, String>>,
///     #[object(origin)]
///     pub origin: Origin,
/// }
///
/// let mut snapshot = Snapshot { use_quota: true.into(), ..Default::default() };
/// snapshot.set_defaults();
/// assert_eq!(snapshot.status.as_deref(), Some("creating"));
/// assert_eq!(snapshot.use_quota.get(), Some(&true));
/// assert!(snapshot.metadata.is_set() && !snapshot.volume_size.is_set());
/// ```
///
/// # Versions
///
/// An object of an older version of the major is read, and goes out in the version that it came with. Where
/// clients or servers are capped to older versions, objects are written in those: without the fields that came
/// later, with those that were removed since, each under the name of that time. What else was different then
/// is for `downgrade`, as `obj_make_compatible` in Python: it gets the data of the older version, and changes
/// that.
///
/// ```
/// # use rpc_runtime::object::{Field, Origin, Project};
/// # use rpc_runtime::{Version, VersionedObject};
/// # use serde_json::{Map, Value};
/// # pub const CINDER: Project = Project::new("cinder");
/// #[derive(Debug, Clone, Default, VersionedObject)]
/// #[object(project = CINDER, version = "1.9", downgrade = one_status)]
/// pub struct Volume {
///     #[object(since = "1.5")]
///     pub shared_targets: Field<bool>,
///     #[object(until = "1.7")]
///     pub consistencygroup_id: Field<Option<String>>,
///     #[object(was("volume_attachment", until = "1.2"))]
///     pub attachments: Field<Vec<String>>,
///     pub status: Field<String>,
///     #[object(origin)]
///     pub origin: Origin,
/// }
///
/// /// Before 1.8 there was no other word for it.
/// fn one_status(data: &mut Map<String, Value>, version: Version) {
///     if version < Version::new(1, 8) && data.get("status").is_some_and(|status| status == "reserved") {
///         data.insert("status".to_owned(), "attaching".into());
///     }
/// }
///
/// let names = |version| Volume::CLASS.fields.iter().filter_map(|field| field.name_at(version)).collect::<Vec<_>>();
/// assert_eq!(names(Version::new(1, 1)), ["consistencygroup_id", "volume_attachment", "status"]);
/// assert_eq!(names(Version::new(1, 9)), ["shared_targets", "attachments", "status"]);
/// ```
///
/// # Errors
///
/// A key that is unknown, given twice or in the wrong place, a version that cannot be, two fields with one
/// name, a field that is none: each is a compile error at the token at fault, all of them at once.
///
/// ```compile_fail
/// # use rpc_runtime::object::{Field, Origin, Project};
/// # use rpc_runtime::VersionedObject;
/// # pub const CINDER: Project = Project::new("cinder");
/// #[derive(Default, VersionedObject)]
/// #[object(project = CINDER, version = "1.9")]
/// pub struct Volume {
///     // since "1.10" is newer than the object's version "1.9"
///     #[object(since = "1.10")]
///     pub shared_targets: Field<bool>,
///     #[object(origin)]
///     pub origin: Origin,
/// }
/// ```
///
/// Reading fails for an object of another class, project or major version and for a newer one, and for a field
/// that is not of its type; the error names object and field.
#[proc_macro_derive(VersionedObject, attributes(object))]
pub fn versioned_object(item: TokenStream) -> TokenStream {
    let item = item.into();
    let imports = ide::imports(None, &item, ide::OBJECTS);
    let (expansion, errors) = object::expand(item);
    errors.after(quote!(#imports #expansion)).into()
}

/// Makes an enum a set of events: notifications that belong together, from which they are emitted and on which
/// listeners match.
///
/// Each variant is an event, with its type, its priority and what it says. A struct is a set of one event.
///
/// ```
/// use rpc_runtime::RpcNotification;
/// use rpc_runtime::notification::{Notification, Priority};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
/// pub struct Volume {
///     volume_id: String,
///     size: u64,
/// }
///
/// /// What happens to volumes.
/// #[derive(Debug, Clone, PartialEq, RpcNotification)]
/// pub enum VolumeEvent {
///     /// Before it is made.
///     #[event(type = "volume.create.start", priority = info)]
///     CreateStart(Volume),
///
///     #[event(type = "volume.create.error", priority = error)]
///     CreateError { volume: Volume, reason: String },
///
///     /// Whatever else comes.
///     #[event(other)]
///     Other(Notification),
/// }
///
/// let event = VolumeEvent::CreateStart(Volume { volume_id: "v1".to_owned(), size: 3 });
/// let sent = event.notification()?;
/// assert_eq!((sent.event_type(), sent.priority()), ("volume.create.start", Priority::Info));
/// assert_eq!(sent.payload().text(), r#"{"volume_id":"v1","size":3}"#);
/// assert_eq!(VolumeEvent::read(&sent)?, Some(event));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What the type is derived for is in its constant `EVENTS`, for documentation and comparisons.
///
/// # Keys of the type: `#[notification(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `topic = ".."` | topic that its events go to where a notifier or listener names none; the default is `notifications`. Its queues are `TOPIC.info` and so on |
/// | `exchange = ".."` | exchange of that topic; the default is the transport's |
/// | `version = "1.1"` | current version of the set, `MAJOR.MINOR`, as a string |
/// | `crate = path` | where `rpc_runtime` is, if it was renamed or is re-exported |
///
/// # Keys of a variant or struct: `#[event(..)]`
///
/// | Key | Meaning |
/// |---|---|
/// | `type = ".."` | what happened: a text, or a pattern, see [below](#patterns); mandatory |
/// | `priority = info` | one of `audit`, `critical`, `debug`, `error`, `info`, `sample` and `warn`, which may be called `warning`; mandatory |
/// | `since = "1.1"` | version of the set that the event came with; the default is the first one |
/// | `object` | the payload is a versioned object, see [below](#objects) |
/// | `other` | `Other(Notification)` takes every event that is no other variant, and is sent on as it came; no other key goes with it |
///
/// No two events of a set have one type. An event that is read has whatever priority its sender gave it.
///
/// ```
/// use rpc_runtime::{RpcNotification, Version};
///
/// #[derive(Debug, RpcNotification)]
/// #[notification(topic = "versioned_notifications", exchange = "nova", version = "1.1")]
/// pub enum KeypairEvent {
///     #[event(type = "keypair.import.start", priority = info)]
///     ImportStart { fingerprint: String },
///     #[event(type = "keypair.import.error", priority = error, since = "1.1")]
///     ImportError { fingerprint: String },
/// }
///
/// let set = KeypairEvent::EVENTS;
/// assert_eq!((set.topic, set.exchange), (Some("versioned_notifications"), Some("nova")));
/// assert_eq!(set.events[1].since, Some(Version::new(1, 1)));
///
/// /// Somebody logged in.
/// #[derive(Debug, RpcNotification)]
/// #[notification(topic = "identity")]
/// #[event(type = "identity.authenticate", priority = audit)]
/// pub struct Authenticated {
///     user: String,
/// }
/// ```
///
/// # Payloads and keys of fields: `#[event(..)]`
///
/// | Fields | Payload |
/// |---|---|
/// | none | `{}`; not looked at when it is read |
/// | one without a name | its value |
/// | with names | an object of JSON with a member for each; members that are no field are ignored, and absent is the same as null |
/// | one of them with `payload` | its value; the others are parts of the event type |
///
/// | Key | Meaning |
/// |---|---|
/// | `payload` | the field is the whole payload |
/// | `name = ".."` | name of the member; the default is the field's own |
///
/// All of them are encoded and decoded by serde, which need not be derived for the set. A payload that is not what the
/// variant says is a `PayloadError`, with the place of what is wrong and without the value, which may be secret.
///
/// ```
/// use rpc_runtime::RpcNotification;
/// use rpc_runtime::notification::{Notification, Priority};
/// use serde_json::json;
///
/// #[derive(Debug, PartialEq, RpcNotification)]
/// pub enum ImageEvent {
///     #[event(type = "image.purged", priority = debug)]
///     Purged,
///     #[event(type = "image.upload", priority = info)]
///     Upload { id: String, #[event(name = "min-disk")] min_disk: Option<u64> },
/// }
///
/// assert_eq!(ImageEvent::Purged.notification()?.payload().text(), "{}");
///
/// let came = Notification::new(Priority::Info, "image.upload", &json!({"id": "i1", "min-disk": 2, "tags": []}))?;
/// let event = ImageEvent::Upload { id: "i1".to_owned(), min_disk: Some(2) };
/// assert_eq!(ImageEvent::read(&came)?, Some(event));
///
/// let wrong = Notification::new(Priority::Info, "image.upload", &json!({"id": "i1", "min-disk": "secret"}))?;
/// assert_eq!(
///     ImageEvent::read(&wrong).unwrap_err().to_string(),
///     "the payload of \"image.upload\" is not what ImageEvent says: min-disk: invalid type: string, expected u64"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Patterns
///
/// `{field}` between two dots stands for any text there, which is that field: written by its `Display`, read by its
/// `FromStr`. It is never empty and has no dot, else the event cannot be written. A text that `FromStr` refuses is no
/// event of that pattern.
///
/// A type without parameters goes before patterns, and of the patterns one with fewer parameters before those with more;
/// patterns of as many are tried in the order of the variants.
///
/// ```
/// use rpc_runtime::RpcNotification;
/// use rpc_runtime::notification::{Notification, Priority};
/// use serde_json::{Value, json};
///
/// #[derive(Debug, PartialEq, RpcNotification)]
/// pub enum ComputeEvent {
///     #[event(type = "compute.{resource}.{id}.{phase}", priority = info)]
///     Changed {
///         resource: String,
///         id: u64,
///         phase: String,
///         #[event(payload)]
///         what: Value,
///     },
/// }
///
/// let came = Notification::new(Priority::Info, "compute.instance.7.end", &json!({"state": "active"}))?;
/// let event = ComputeEvent::Changed {
///     resource: "instance".to_owned(),
///     id: 7,
///     phase: "end".to_owned(),
///     what: json!({"state": "active"}),
/// };
/// assert_eq!(event.notification()?, came);
/// assert_eq!(ComputeEvent::read(&came)?, Some(event));
///
/// let other = Notification::new(Priority::Info, "compute.instance.x.end", &json!({}))?;
/// assert_eq!(ComputeEvent::read(&other)?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Objects
///
/// With `object` the payload is a type that derives `VersionedObject`, or a `Box` of one, as nova's versioned
/// notifications have it; it needs the feature `objects`. It goes out without the names of the fields that were changed,
/// and so do the objects in it: all of an event is news. Objects that are newer than their types are read, as long as the
/// major version is the same; fields that are not known are ignored. Another class, project or major version is a
/// `PayloadError` that names it.
///
/// ```
/// use rpc_runtime::object::{Field, Origin, Project};
/// use rpc_runtime::notification::{Notification, Priority};
/// use rpc_runtime::{RpcNotification, VersionedObject};
/// use serde_json::json;
///
/// pub const NOVA: Project = Project::new("nova").with_prefix("nova_object");
///
/// #[derive(Debug, Default, VersionedObject)]
/// #[object(project = NOVA, version = "1.1")]
/// pub struct ServiceStatusPayload {
///     pub host: Field<String>,
///     #[object(origin)]
///     pub origin: Origin,
/// }
///
/// #[derive(Debug, RpcNotification)]
/// #[notification(topic = "versioned_notifications", exchange = "nova")]
/// pub enum ServiceEvent {
///     #[event(type = "service.update", priority = info, object)]
///     Update(ServiceStatusPayload),
/// }
///
/// let payload = ServiceStatusPayload { host: "host1".to_owned().into(), ..Default::default() };
/// let sent = ServiceEvent::Update(payload).notification()?;
/// assert_eq!(
///     sent.payload().decode::<serde_json::Value>()?,
///     json!({
///         "nova_object.name": "ServiceStatusPayload",
///         "nova_object.namespace": "nova",
///         "nova_object.version": "1.1",
///         "nova_object.data": {"host": "host1"},
///     })
/// );
///
/// let newer = json!({
///     "nova_object.name": "ServiceStatusPayload",
///     "nova_object.namespace": "nova",
///     "nova_object.version": "1.4",
///     "nova_object.data": {"host": "host2", "uuid": "u1"},
/// });
/// let came = Notification::new(Priority::Info, "service.update", &newer)?;
/// let Some(ServiceEvent::Update(payload)) = ServiceEvent::read(&came)? else { panic!("it is another event") };
/// assert_eq!(payload.host.as_deref(), Some("host2"));
/// assert_eq!(ServiceEvent::EVENTS.events[0].class.map(|class| class.name), Some("ServiceStatusPayload"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A key that is unknown, given twice or in the wrong place, an event without a type or a priority, two of one type, a
/// pattern with a parameter that is no field, a topic that no broker could bind: each is a compile error at the token at
/// fault, all of them at once.
///
/// ```compile_fail
/// # use rpc_runtime::RpcNotification;
/// #[derive(RpcNotification)]
/// // topic "notifications.info" ends in a priority, which its queues get after it: write "notifications"
/// #[notification(topic = "notifications.info")]
/// pub enum VolumeEvent {
///     #[event(type = "volume.purged", priority = info)]
///     Purged,
/// }
/// ```
#[proc_macro_derive(RpcNotification, attributes(notification, event))]
pub fn rpc_notification(item: TokenStream) -> TokenStream {
    let item = item.into();
    let imports = ide::imports(None, &item, ide::EVENTS);
    let (expansion, errors) = notification::expand(item);
    errors.after(quote!(#imports #expansion)).into()
}
