/// How methods are sent and waited for.
pub trait ComputeManager: ::core::marker::Send + ::core::marker::Sync + 'static {
    /// Stops an instance.
    fn stop(
        &self,
        ctx: Context,
        id: u32,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    fn start(
        &self,
        ctx: Context,
        force: bool,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    fn rebuild(
        &self,
        ctx: Context,
    ) -> impl ::core::future::Future<
        Output = Result<u32, Failed>,
    > + ::core::marker::Send;
    /// A call that became a cast.
    fn back_up(
        &self,
        ctx: Context,
        id: u32,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
}
/// Client of [`ComputeManager`]: topic `compute`, version 1.1.
///
/// # Version history
///
/// - **1.1** adds `back_up`
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct ComputeApi {
    client: ::rpc_runtime::codegen::Client,
}
/// A request of [`ComputeApi::start`], sent by `call` or `cast`.
#[must_use = "a request is sent when it is awaited"]
#[derive(::core::fmt::Debug)]
pub struct ComputeApiStart {
    request: ::rpc_runtime::codegen::Draft,
}
#[allow(deprecated)]
const _: () = {
    use ::rpc_runtime::codegen as __rpc;
    #[allow(dead_code, clippy::too_many_arguments, clippy::type_complexity)]
    impl ComputeApi {
        /// What [`ComputeManager`] offers, as a constant.
        pub const INTERFACE: __rpc::Interface = __rpc::Interface::new(
                "ComputeManager",
                "compute",
                __rpc::Version::new(1, 1),
                &[
                    Self::METHOD_STOP,
                    Self::METHOD_START,
                    Self::METHOD_REBUILD,
                    Self::METHOD_BACK_UP,
                ],
            )
            .with_doc("How methods are sent and waited for.");
        const METHOD_STOP: __rpc::Method = __rpc::Method::call_or_cast::<
            Result<(), Failed>,
        >("stop", &[__rpc::Version::new(1, 0)], &[__rpc::Arg::new("id", "u32")])
            .declares::<Result<(), Failed>, Failed>()
            .with_timeout(|| long_rpc_timeout())
            .with_expected(&["Failed::NotFound{..}", "Failed::Busy"])
            .with_doc("Stops an instance.");
        const METHOD_START: __rpc::Method = __rpc::Method::call_or_cast::<
            Result<(), Failed>,
        >(
                "start",
                &[__rpc::Version::new(1, 0)],
                &[__rpc::Arg::new("force", "bool").with_default("default")],
            )
            .declares::<Result<(), Failed>, Failed>();
        const METHOD_REBUILD: __rpc::Method = __rpc::Method::call::<
            Result<u32, Failed>,
        >("rebuild", &[__rpc::Version::new(1, 0)], &[])
            .declares::<Result<u32, Failed>, Failed>()
            .with_result("u32")
            .with_timeout(|| Duration::from_secs(600))
            .with_monitor(|| Duration::from_secs(60));
        const METHOD_BACK_UP: __rpc::Method = __rpc::Method::call_or_cast::<
            Result<(), Failed>,
        >("back_up", &[__rpc::Version::new(1, 1)], &[__rpc::Arg::new("id", "u32")])
            .declares::<Result<(), Failed>, Failed>()
            .as_manual()
            .with_doc("A call that became a cast.");
        /// A client that sends over `transport`.
        pub fn new(transport: &__rpc::Transport) -> Self {
            Self {
                client: __rpc::Client::new(transport, &Self::INTERFACE),
            }
        }
        /// The same client, sending only what servers of the version `pin` understand, whatever it was
        /// pinned to before.
        pub fn pinned(
            &self,
            pin: impl ::core::convert::Into<__rpc::VersionPin>,
        ) -> Self {
            Self {
                client: self.client.pinned(::core::convert::Into::into(pin)),
            }
        }
        /// The pin that a version or the name of a release stands for.
        pub fn pin(
            text: &__rpc::str,
        ) -> ::core::result::Result<__rpc::VersionPin, __rpc::PinError> {
            Self::INTERFACE.pin(text)
        }
        /// Whether the pin in force allows to send a method, by its name on the wire.
        pub fn supports(
            &self,
            method: &__rpc::str,
        ) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
            self.client.supports(method)
        }
        /// Whether the pin in force allows to send an argument, by its name on the wire.
        pub fn supports_argument(
            &self,
            method: &__rpc::str,
            argument: &__rpc::str,
        ) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
            self.client.supports_argument(method, argument)
        }
        /// The same client with these options before those that it has: what they do not set stays.
        pub fn with(&self, options: __rpc::CallOptions) -> Self {
            Self {
                client: self.client.with(options),
            }
        }
        /// An endpoint of `manager`, by value or in an `Arc`, as [`ComputeManager`].
        pub fn endpoint<Form>(
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::Endpoint {
            __rpc::IntoEndpoint::into_endpoint(manager)
        }
        /// Sets up a server of `manager`, by value or in an `Arc`, as [`ComputeManager`]: the one called `server` of the topic `compute`.
        pub fn serve<Form>(
            transport: &__rpc::Transport,
            server: impl ::core::convert::Into<__rpc::String>,
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::ServerBuilder {
            __rpc::serve(transport, &Self::INTERFACE, server, manager)
        }
        /// The address of any server: the topic `compute`.
        pub fn target() -> __rpc::Target {
            Self::INTERFACE.target()
        }
        /// Calls or casts `stop`, since 1.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Stops an instance.
        pub fn stop(
            &self,
            ctx: &__rpc::Context,
            id: impl __rpc::Borrow<u32>,
        ) -> __rpc::CallOrCast<Result<(), Failed>> {
            self.client
                .request(&Self::METHOD_STOP, ctx)
                .arg::<u32>("id", __rpc::Borrow::borrow(&id))
                .call_or_cast()
        }
        /// Calls or casts `start`, since 1.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// # Arguments
        ///
        /// - `force`: the default of its type unless it is set
        pub fn start(&self, ctx: &__rpc::Context) -> ComputeApiStart {
            ComputeApiStart {
                request: self
                    .client
                    .request(&Self::METHOD_START, ctx)
                    .arg::<
                        bool,
                    >("force", &(<bool as ::core::default::Default>::default())),
            }
        }
        /// Calls `rebuild`, since 1.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        pub fn rebuild(&self, ctx: &__rpc::Context) -> __rpc::Call<Result<u32, Failed>> {
            self.client.request(&Self::METHOD_REBUILD, ctx).call()
        }
        /// Calls or casts `back_up`, since 1.1, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// A call that became a cast.
        pub fn prepare_back_up(&self, ctx: &__rpc::Context) -> __rpc::Prepared {
            __rpc::Prepared::new(self.client.request(&Self::METHOD_BACK_UP, ctx))
        }
    }
    #[allow(dead_code)]
    impl ComputeApiStart {
        /// Sets `force`, which is the default of its type otherwise.
        pub fn force(self, force: impl __rpc::Borrow<bool>) -> Self {
            Self {
                request: self.request.arg::<bool>("force", __rpc::Borrow::borrow(&force)),
            }
        }
    }
    #[allow(dead_code)]
    impl ComputeApiStart {
        /// Waits for the result.
        pub fn call(self) -> __rpc::Call<Result<(), Failed>> {
            self.request.call()
        }
        /// Waits for the broker only.
        pub fn cast(self) -> __rpc::Cast {
            self.request.cast()
        }
    }
    impl<__RpcManager: ComputeManager> __rpc::Serves<__RpcManager> for ComputeApi {
        const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;
        async fn dispatch(
            __manager: &__RpcManager,
            __incoming: __rpc::Incoming,
        ) -> __rpc::Outcome {
            match __incoming.method() {
                "stop" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_STOP)?;
                    let __result = __manager.stop(__ctx, __in.required("id")?).await;
                    __incoming
                        .outcome_expecting(
                            __result,
                            |__error| {
                                ::core::matches!(
                                    __error, Failed::NotFound { .. } | Failed::Busy
                                )
                            },
                        )
                }
                "start" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_START)?;
                    let __result = __manager
                        .start(
                            __ctx,
                            __in
                                .or_else(
                                    "force",
                                    || <bool as ::core::default::Default>::default(),
                                )?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "rebuild" => {
                    let (__ctx, _) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_REBUILD)?;
                    let __result = __manager.rebuild(__ctx).await;
                    __incoming.outcome(__result)
                }
                "back_up" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_BACK_UP)?;
                    let __result = __manager.back_up(__ctx, __in.required("id")?).await;
                    __incoming.outcome(__result)
                }
                _ => __incoming.unknown(),
            }
        }
    }
};
