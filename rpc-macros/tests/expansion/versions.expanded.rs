/// What changed in which version.
pub trait ComputeManager: ::core::marker::Send + ::core::marker::Sync + 'static {
    /// Renamed and removed arguments.
    fn resize(
        &self,
        ctx: Context,
        instance: Instance,
        flavor: Flavor,
        request_spec: Option<Spec>,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// Renamed, with older arguments for older servers.
    fn failover(
        &self,
        ctx: Context,
        cluster: String,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// In no version of the newer major.
    fn reset(
        &self,
        ctx: Context,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// What older servers are sent beside is made of what another argument is made of, which stays in its place.
    fn attach(
        &self,
        ctx: Context,
        server: String,
        image: String,
        device: String,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
}
/// Client of [`ComputeManager`]: topic `compute`, version 6.2 and 5.13.
///
/// # Version history
///
/// - **5.2** adds `failover`
/// - **5.4** renames `failover_host` to `failover`
/// - **5.7** changes the arguments of `failover`
/// - **5.8** adds `request_spec` to `resize`
/// - **5.9** removes `size` from `attach`
/// - **6.0** renames `instance_type` of `resize` to `flavor`; removes `bdms` from `resize`; removes `reserve` from `resize`; removes `reset`
/// - **6.1** adds `request_spec` to `resize`
/// - **6.2** hosts answer on a second topic
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
                __rpc::Version::new(6, 2),
                &[
                    Self::METHOD_RESIZE,
                    Self::METHOD_FAILOVER,
                    Self::METHOD_RESET,
                    Self::METHOD_ATTACH,
                ],
            )
            .with_older(&[__rpc::Version::new(5, 13)])
            .with_aliases(
                &[
                    ("victoria", __rpc::Version::new(5, 12)),
                    ("zed", __rpc::Version::new(6, 2)),
                ],
            )
            .with_history(
                &[(__rpc::Version::new(6, 2), "hosts answer on a second topic")],
            )
            .with_doc("What changed in which version.");
        const METHOD_RESIZE: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "resize",
                &[__rpc::Version::new(6, 0), __rpc::Version::new(5, 0)],
                &[
                    __rpc::Arg::new("instance", "Instance")
                        .with_object(__rpc::Of::<Instance>::OBJECT),
                    __rpc::Arg::new("flavor", "Flavor")
                        .with_was("instance_type", __rpc::Version::new(6, 0))
                        .with_object(__rpc::Of::<Flavor>::OBJECT),
                    __rpc::Arg::new("request_spec", "Option<Spec>")
                        .with_since(
                            &[__rpc::Version::new(6, 1), __rpc::Version::new(5, 8)],
                            __rpc::Old::Drop,
                        )
                        .with_object(__rpc::Of::<Option<Spec>>::OBJECT),
                ],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_legacy(
                &[
                    __rpc::Legacy::new("bdms", __rpc::Version::new(6, 0)),
                    __rpc::Legacy::new("reserve", __rpc::Version::new(6, 0)),
                ],
            )
            .with_doc("Renamed and removed arguments.");
        const METHOD_FAILOVER: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "failover",
                &[__rpc::Version::new(6, 0), __rpc::Version::new(5, 2)],
                &[__rpc::Arg::new("cluster", "String")],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_was("failover_host", __rpc::Version::new(5, 4))
            .with_downgrade(__rpc::Version::new(5, 7), without_cluster)
            .with_doc("Renamed, with older arguments for older servers.");
        const METHOD_RESET: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >("reset", &[__rpc::Version::new(5, 0)], &[])
            .declares::<Result<(), Failed>, Failed>()
            .with_until(__rpc::Version::new(6, 0))
            .with_doc("In no version of the newer major.");
        const METHOD_ATTACH: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "attach",
                &[__rpc::Version::new(6, 0), __rpc::Version::new(5, 0)],
                &[
                    __rpc::Arg::new("server", "String"),
                    __rpc::Arg::new("image", "String"),
                    __rpc::Arg::new("device", "String"),
                ],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_legacy(&[__rpc::Legacy::new("size", __rpc::Version::new(5, 9))])
            .with_doc(
                "What older servers are sent beside is made of what another argument is made of, which stays in its place.",
            );
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
        /// Calls `resize`, since 6.0 and 5.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Renamed and removed arguments.
        ///
        /// # Arguments
        ///
        /// - `flavor`: called `instance_type` below 6.0
        /// - `request_spec`: left out below 6.1 (in 5.x below 5.8)
        pub fn resize(
            &self,
            ctx: &__rpc::Context,
            instance: impl __rpc::Borrow<Instance>,
            flavor: impl __rpc::Borrow<Flavor>,
            request_spec: impl __rpc::AsArg<__rpc::OptionOf<Spec>>,
        ) -> __rpc::Call<Result<(), Failed>> {
            let instance: &Instance = __rpc::Borrow::borrow(&instance);
            self.client
                .request(&Self::METHOD_RESIZE, ctx)
                .arg::<Instance>("instance", instance)
                .arg::<Flavor>("flavor", __rpc::Borrow::borrow(&flavor))
                .arg::<
                    __rpc::Option<&Spec>,
                >("request_spec", &__rpc::AsArg::as_arg(&request_spec))
                .legacy_arg("bdms", &(None::<()>))
                .legacy_arg("reserve", &(instance.reserve()))
                .call()
        }
        /// Calls `failover`, since 6.0 and 5.2, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Renamed, with older arguments for older servers.
        pub fn failover(
            &self,
            ctx: &__rpc::Context,
            cluster: impl ::core::convert::AsRef<__rpc::str>,
        ) -> __rpc::Call<Result<(), Failed>> {
            self.client
                .request(&Self::METHOD_FAILOVER, ctx)
                .arg::<__rpc::str>("cluster", ::core::convert::AsRef::as_ref(&cluster))
                .call()
        }
        /// Calls `reset`, since 5.0, until 6.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// In no version of the newer major.
        pub fn reset(&self, ctx: &__rpc::Context) -> __rpc::Call<Result<(), Failed>> {
            self.client.request(&Self::METHOD_RESET, ctx).call()
        }
        /// Calls `attach`, since 6.0 and 5.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// What older servers are sent beside is made of what another argument is made of, which stays in its place.
        pub fn attach(
            &self,
            ctx: &__rpc::Context,
            server: impl ::core::convert::AsRef<__rpc::str>,
            image: &Image,
            device: impl ::core::convert::AsRef<__rpc::str>,
        ) -> __rpc::Call<Result<(), Failed>> {
            self.client
                .request(&Self::METHOD_ATTACH, ctx)
                .arg::<__rpc::str>("server", ::core::convert::AsRef::as_ref(&server))
                .arg::<__rpc::str>("image", ::core::convert::AsRef::as_ref(&(image)))
                .arg::<__rpc::str>("device", ::core::convert::AsRef::as_ref(&device))
                .legacy_arg("size", &(image.size()))
                .call()
        }
    }
    impl<__RpcManager: ComputeManager> __rpc::Serves<__RpcManager> for ComputeApi {
        const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;
        async fn dispatch(
            __manager: &__RpcManager,
            __incoming: __rpc::Incoming,
        ) -> __rpc::Outcome {
            match __incoming.method() {
                "resize" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_RESIZE)?;
                    let __result = __manager
                        .resize(
                            __ctx,
                            __rpc::Of::<Instance>::required(__in, "instance")?,
                            __rpc::Of::<Flavor>::required(__in, "flavor")?,
                            __rpc::Of::<Option<Spec>>::optional(__in, "request_spec")?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "failover" | "failover_host" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_FAILOVER)?;
                    let __result = __manager
                        .failover(__ctx, __in.required("cluster")?)
                        .await;
                    __incoming.outcome(__result)
                }
                "reset" => {
                    let (__ctx, _) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_RESET)?;
                    let __result = __manager.reset(__ctx).await;
                    __incoming.outcome(__result)
                }
                "attach" => {
                    let (__ctx, __in) = __incoming
                        .open::<Context, __rpc::Context>(&ComputeApi::METHOD_ATTACH)?;
                    let __result = __manager
                        .attach(
                            __ctx,
                            __in.required("server")?,
                            __in.required("image")?,
                            __in.required("device")?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                _ => __incoming.unknown(),
            }
        }
    }
};
