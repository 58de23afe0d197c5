/// Where messages go.
pub trait ComputeManager: ::core::marker::Send + ::core::marker::Sync + 'static {
    /// By parameters that are not sent.
    fn rebuild(
        &self,
        ctx: Context,
        instance: Instance,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// Anywhere, if need be.
    fn build(
        &self,
        ctx: Context,
        host: Option<String>,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// Anywhere, whatever.
    fn prefetch(
        &self,
        ctx: Context,
        image: String,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// By a route of its own.
    fn live_migration(
        &self,
        ctx: Context,
        host: String,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// To every server of a cell.
    fn reload(
        &self,
        ctx: Context,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
}
/// Client of [`ComputeManager`]: topic `compute`, version 6.0.
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub struct ComputeApi {
    client: ::rpc_runtime::codegen::Client,
}
#[allow(deprecated)]
const _: () = {
    use ::rpc_runtime::codegen as __rpc;
    #[allow(unused_imports)]
    use __rpc::NotAnObject as _;
    #[allow(unused_imports)]
    use __rpc::NotSent as _;
    #[allow(dead_code, clippy::too_many_arguments, clippy::type_complexity)]
    impl ComputeApi {
        /// What [`ComputeManager`] offers, as a constant.
        pub const INTERFACE: __rpc::Interface = __rpc::Interface::new(
                "ComputeManager",
                "compute",
                __rpc::Version::new(6, 0),
                &[
                    Self::METHOD_REBUILD,
                    Self::METHOD_BUILD,
                    Self::METHOD_PREFETCH,
                    Self::METHOD_LIVE_MIGRATION,
                    Self::METHOD_RELOAD,
                ],
            )
            .with_route({
                #[allow(non_snake_case)]
                fn __route_of_ComputeManager<__Target: __rpc::Routed>(
                    __target: __Target,
                ) -> __Target {
                    __target
                }
                |__request| __rpc::Routed::routed(
                    __route_of_ComputeManager(by_cell(__request)),
                )
            })
            .with_doc("Where messages go.");
        const METHOD_REBUILD: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "rebuild",
                &[__rpc::Version::new(6, 0)],
                &[
                    __rpc::Arg::new("instance", "Instance")
                        .with_object(__rpc::Of::<Instance>::OBJECT),
                ],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_to("host_of(host, pool, instance)")
            .with_params(&[("host", "Option<&str>"), ("pool", "&Pool")])
            .with_doc("By parameters that are not sent.");
        const METHOD_BUILD: __rpc::Method = __rpc::Method::cast::<
            Result<(), Failed>,
        >(
                "build",
                &[__rpc::Version::new(6, 0)],
                &[__rpc::Arg::new("host", "Option<String>")],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_to("any_if_none(host)")
            .with_doc("Anywhere, if need be.");
        const METHOD_PREFETCH: __rpc::Method = __rpc::Method::cast::<
            Result<(), Failed>,
        >(
                "prefetch",
                &[__rpc::Version::new(6, 0)],
                &[__rpc::Arg::new("image", "String")],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_doc("Anywhere, whatever.");
        const METHOD_LIVE_MIGRATION: __rpc::Method = __rpc::Method::cast::<
            Result<(), Failed>,
        >(
                "live_migration",
                &[__rpc::Version::new(6, 0)],
                &[__rpc::Arg::new("host", "String")],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_to("host")
            .with_route({
                #[allow(non_snake_case)]
                fn __route_of_live_migration<__Target: __rpc::Routed>(
                    __target: __Target,
                ) -> __Target {
                    __target
                }
                |__request| __rpc::Routed::routed(
                    __route_of_live_migration(crate::routes::alternate(__request)),
                )
            })
            .with_doc("By a route of its own.");
        const METHOD_RELOAD: __rpc::Method = __rpc::Method::fanout::<
            Result<(), Failed>,
        >("reload", &[__rpc::Version::new(6, 0)], &[])
            .declares::<Result<(), Failed>, Failed>()
            .with_to("cell")
            .with_params(&[("cell", "&str")])
            .with_doc("To every server of a cell.");
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
        /// Calls `rebuild`, since 6.0, to `host_of(host, pool, instance)` by `by_cell`. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// By parameters that are not sent.
        pub fn rebuild(
            &self,
            ctx: &__rpc::Context,
            host: Option<&str>,
            pool: &Pool,
            instance: impl __rpc::Borrow<Instance>,
        ) -> __rpc::Call<Result<(), Failed>> {
            let instance: &Instance = __rpc::Borrow::borrow(&instance);
            self.client
                .request(&Self::METHOD_REBUILD, ctx)
                .to(host_of(host, pool, instance))
                .arg::<Instance>("instance", instance)
                .call()
        }
        /// Casts `build`, since 6.0, to `any_if_none(host)` by `by_cell`. Fails with `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Anywhere, if need be.
        pub fn build(
            &self,
            ctx: &__rpc::Context,
            host: impl __rpc::AsArg<__rpc::OptionOf<__rpc::str>>,
        ) -> __rpc::Cast {
            let host: __rpc::Option<&__rpc::str> = __rpc::AsArg::as_arg(&host);
            self.client
                .request(&Self::METHOD_BUILD, ctx)
                .to(__rpc::any_if_none(host))
                .arg::<__rpc::Option<&__rpc::str>>("host", &host)
                .cast()
        }
        /// Casts `prefetch`, since 6.0, to any server by `by_cell`. Fails with `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Anywhere, whatever.
        pub fn prefetch(
            &self,
            ctx: &__rpc::Context,
            image: impl ::core::convert::AsRef<__rpc::str>,
        ) -> __rpc::Cast {
            self.client
                .request(&Self::METHOD_PREFETCH, ctx)
                .arg::<__rpc::str>("image", ::core::convert::AsRef::as_ref(&image))
                .cast()
        }
        /// Casts `live_migration`, since 6.0, to `host` by `crate::routes::alternate`. Fails with `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// By a route of its own.
        pub fn live_migration(
            &self,
            ctx: &__rpc::Context,
            host: impl ::core::convert::AsRef<__rpc::str>,
        ) -> __rpc::Cast {
            let host: &__rpc::str = ::core::convert::AsRef::as_ref(&host);
            self.client
                .request(&Self::METHOD_LIVE_MIGRATION, ctx)
                .to(host)
                .arg::<__rpc::str>("host", host)
                .cast()
        }
        /// Casts `reload` to every server, since 6.0, to `cell` by `by_cell`. Fails with `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// To every server of a cell.
        pub fn reload(&self, ctx: &__rpc::Context, cell: &str) -> __rpc::Cast {
            self.client.request(&Self::METHOD_RELOAD, ctx).to(cell).cast()
        }
    }
    impl<__RpcManager: ComputeManager> __rpc::Serves<__RpcManager> for ComputeApi {
        const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;
        async fn dispatch(
            __manager: &__RpcManager,
            __incoming: __rpc::Incoming,
        ) -> __rpc::Outcome {
            match __incoming.method() {
                "rebuild" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_REBUILD)?;
                    let __result = __manager
                        .rebuild(
                            __ctx,
                            __rpc::Of::<Instance>::required(__in, "instance")?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "build" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_BUILD)?;
                    let __result = __manager.build(__ctx, __in.required("host")?).await;
                    __incoming.outcome(__result)
                }
                "prefetch" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_PREFETCH)?;
                    let __result = __manager
                        .prefetch(__ctx, __in.required("image")?)
                        .await;
                    __incoming.outcome(__result)
                }
                "live_migration" => {
                    let (__ctx, __in) = __incoming
                        .open::<
                            Context,
                            __rpc::Context,
                        >(&ComputeApi::METHOD_LIVE_MIGRATION)?;
                    let __result = __manager
                        .live_migration(__ctx, __in.required("host")?)
                        .await;
                    __incoming.outcome(__result)
                }
                "reload" => {
                    let (__ctx, _) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_RELOAD)?;
                    let __result = __manager.reload(__ctx).await;
                    __incoming.outcome(__result)
                }
                _ => __incoming.unknown(),
            }
        }
    }
};
