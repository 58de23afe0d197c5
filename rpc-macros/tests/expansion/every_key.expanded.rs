/// Has every key.
pub(crate) trait Keys: ::core::marker::Send + ::core::marker::Sync + 'static + std::fmt::Debug {
    /// Its name on the wire is one that the client needs itself.
    fn with_volume(
        &self,
        context: MyContext,
        volume: Volume,
        r#ref: String,
        evacuate: bool,
        tag: Option<String>,
        policy: Option<String>,
        devices: Option<Vec<String>>,
        destination: Volume,
    ) -> impl ::core::future::Future<
        Output = Result<Option<Volume>, Failed>,
    > + ::core::marker::Send;
    #[cfg(feature = "formatted")]
    #[deprecated(since = "3.1", note = "use another")]
    fn formatted(
        &self,
        ctx: MyContext,
        host: String,
        backend: String,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    #[cfg(feature = "defaults")]
    fn defaults(
        &self,
        _: MyContext,
        empty: Vec<u32>,
        mode: String,
        owned: String,
        checked: u32,
        converted: u32,
    ) -> impl ::core::future::Future<Output = Result<(), Failed>> + ::core::marker::Send;
    /// Has a body.
    #[allow(unused_variables)]
    fn everybody(
        &self,
        ctx: MyContext,
    ) -> impl ::core::future::Future<
        Output = Result<(), Failed>,
    > + ::core::marker::Send {
        async move { Ok(()) }
    }
}
/// Client of [`Keys`]: topic `keys`, namespace `every`, version 3.5.
///
/// # Version history
///
/// - **3.2** adds `with`
/// - **3.3** adds `tag` to `with`
/// - **3.4** adds `policy` to `with`; adds `devices` to `with`; adds `checked` to `defaults`
/// - **3.5** changes `destination` of `with`; changes `converted` of `defaults`
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
pub(crate) struct KeysApi {
    client: crate::facade::codegen::Client,
}
#[cfg(feature = "defaults")]
/// A request of [`KeysApi::defaults`], sent when awaited.
#[must_use = "a request is sent when it is awaited"]
#[derive(::core::fmt::Debug)]
pub(crate) struct KeysApiDefaults {
    request: crate::facade::codegen::Draft,
}
#[allow(deprecated)]
const _: () = {
    use crate::facade::codegen as __rpc;
    #[allow(unused_imports)]
    use __rpc::NotAnObject as _;
    #[allow(unused_imports)]
    use __rpc::NotSent as _;
    #[allow(dead_code, clippy::too_many_arguments, clippy::type_complexity)]
    impl KeysApi {
        /// What [`Keys`] offers, as a constant.
        pub(crate) const INTERFACE: __rpc::Interface = __rpc::Interface::new(
                "Keys",
                "keys",
                __rpc::Version::new(3, 5),
                &[
                    Self::METHOD_WITH_VOLUME,
                    #[cfg(feature = "formatted")]
                    Self::METHOD_FORMATTED,
                    #[cfg(feature = "defaults")]
                    Self::METHOD_DEFAULTS,
                    Self::METHOD_EVERYBODY,
                ],
            )
            .with_namespace("every")
            .with_doc("Has every key.");
        const METHOD_WITH_VOLUME: __rpc::Method = __rpc::Method::call::<
            Result<Option<Volume>, Failed>,
        >(
                "with",
                &[__rpc::Version::new(3, 2)],
                &[
                    __rpc::Arg::new("volume", "Volume")
                        .with_object(__rpc::Of::<Volume>::OBJECT),
                    __rpc::Arg::new("ref", "String"),
                    __rpc::Arg::new("recreate", "bool"),
                    __rpc::Arg::new("tag", "Option<String>")
                        .with_since(&[__rpc::Version::new(3, 3)], __rpc::Old::Drop),
                    __rpc::Arg::new("policy", "Option<String>")
                        .with_since(
                            &[__rpc::Version::new(3, 4)],
                            __rpc::Old::ErrorIfSet,
                        ),
                    __rpc::Arg::new("devices", "Option<Vec<String>>")
                        .with_since(
                            &[__rpc::Version::new(3, 4)],
                            __rpc::Old::ErrorIfSet,
                        ),
                    __rpc::Arg::new("destination", "Volume")
                        .with_since(&[__rpc::Version::new(3, 5)], __rpc::Old::Convert)
                        .with_object(__rpc::Of::<Volume>::OBJECT),
                ],
            )
            .declares::<Result<Option<Volume>, Failed>, Failed>()
            .with_result("Option<Volume>")
            .with_object(__rpc::Of::<Option<Volume>>::OBJECT)
            .with_to("volume.server()")
            .with_doc("Its name on the wire is one that the client needs itself.");
        #[cfg(feature = "formatted")]
        const METHOD_FORMATTED: __rpc::Method = __rpc::Method::cast::<
            Result<(), Failed>,
        >(
                "formatted",
                &[__rpc::Version::new(3, 0)],
                &[
                    __rpc::Arg::new("host", "String"),
                    __rpc::Arg::new("backend", "String"),
                ],
            )
            .declares::<Result<(), Failed>, Failed>()
            .with_to("format!(\"{host}@{}\", backend)");
        #[cfg(feature = "defaults")]
        const METHOD_DEFAULTS: __rpc::Method = __rpc::Method::call::<
            Result<(), Failed>,
        >(
                "defaults",
                &[__rpc::Version::new(3, 0)],
                &[
                    __rpc::Arg::new("empty", "Vec<u32>").with_default("default"),
                    __rpc::Arg::new("mode", "String").with_default("\"rw\""),
                    __rpc::Arg::new("owned", "String")
                        .with_default("String::from(\"x\")"),
                    __rpc::Arg::new("checked", "u32")
                        .with_since(&[__rpc::Version::new(3, 4)], __rpc::Old::ErrorIfSet)
                        .with_default("8"),
                    __rpc::Arg::new("converted", "u32")
                        .with_since(&[__rpc::Version::new(3, 5)], __rpc::Old::Convert)
                        .with_default("9"),
                ],
            )
            .declares::<Result<(), Failed>, Failed>();
        const METHOD_EVERYBODY: __rpc::Method = __rpc::Method::fanout::<
            Result<(), Failed>,
        >("everybody", &[__rpc::Version::new(3, 0)], &[])
            .declares::<Result<(), Failed>, Failed>()
            .with_doc("Has a body.");
        /// A client that sends over `transport`.
        pub(crate) fn new(transport: &__rpc::Transport) -> Self {
            Self {
                client: __rpc::Client::new(transport, &Self::INTERFACE),
            }
        }
        /// The same client, sending only what servers of the version `pin` understand, whatever it was
        /// pinned to before.
        pub(crate) fn pinned(
            &self,
            pin: impl ::core::convert::Into<__rpc::VersionPin>,
        ) -> Self {
            Self {
                client: self.client.pinned(::core::convert::Into::into(pin)),
            }
        }
        /// The pin that a version or the name of a release stands for.
        pub(crate) fn pin(
            text: &__rpc::str,
        ) -> ::core::result::Result<__rpc::VersionPin, __rpc::PinError> {
            Self::INTERFACE.pin(text)
        }
        /// Whether the pin in force allows to send a method, by its name on the wire.
        pub(crate) fn supports(
            &self,
            method: &__rpc::str,
        ) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
            self.client.supports(method)
        }
        /// Whether the pin in force allows to send an argument, by its name on the wire.
        pub(crate) fn supports_argument(
            &self,
            method: &__rpc::str,
            argument: &__rpc::str,
        ) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
            self.client.supports_argument(method, argument)
        }
        /// The same client with these options before those that it has: what they do not set stays.
        pub(crate) fn with(&self, options: __rpc::CallOptions) -> Self {
            Self {
                client: self.client.with(options),
            }
        }
        /// An endpoint of `manager`, by value or in an `Arc`, as [`Keys`].
        pub(crate) fn endpoint<Form>(
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::Endpoint {
            __rpc::IntoEndpoint::into_endpoint(manager)
        }
        /// Sets up a server of `manager`, by value or in an `Arc`, as [`Keys`]: the one called `server` of the topic `keys`.
        pub(crate) fn serve<Form>(
            transport: &__rpc::Transport,
            server: impl ::core::convert::Into<__rpc::String>,
            manager: impl __rpc::IntoEndpoint<Self, Form>,
        ) -> __rpc::ServerBuilder {
            __rpc::serve(transport, &Self::INTERFACE, server, manager)
        }
        /// The address of any server: the topic `keys`.
        pub(crate) fn target() -> __rpc::Target {
            Self::INTERFACE.target()
        }
        /// Calls `with`, since 3.2, to `volume.server()`. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Its name on the wire is one that the client needs itself.
        ///
        /// # Arguments
        ///
        /// - `tag`: left out below 3.3
        /// - `policy`: left out below 3.4, refused there if it is set
        /// - `devices`: left out below 3.4, refused there if `has_any` is true for it
        /// - `destination`: sent below 3.5 as what `without_cluster` makes of it
        pub(crate) fn with_volume(
            &self,
            context: &MyContext,
            volume: impl __rpc::Borrow<Volume>,
            r#ref: impl ::core::convert::AsRef<__rpc::str>,
            evacuate: impl __rpc::Borrow<bool>,
            tag: impl __rpc::AsArg<__rpc::OptionOf<__rpc::str>>,
            policy: impl __rpc::AsArg<__rpc::OptionOf<__rpc::str>>,
            devices: impl __rpc::AsArg<__rpc::OptionOf<[String]>>,
            destination: impl __rpc::Borrow<Volume>,
        ) -> __rpc::Call<Result<Option<Volume>, Failed>> {
            let volume: &Volume = __rpc::Borrow::borrow(&volume);
            self.client
                .request(&Self::METHOD_WITH_VOLUME, context)
                .to(volume.server())
                .arg::<Volume>("volume", volume)
                .arg::<__rpc::str>("ref", ::core::convert::AsRef::as_ref(&r#ref))
                .arg::<bool>("recreate", __rpc::Borrow::borrow(&evacuate))
                .arg::<__rpc::Option<&__rpc::str>>("tag", &__rpc::AsArg::as_arg(&tag))
                .arg_unless_old::<
                    __rpc::Option<&__rpc::str>,
                >("policy", &__rpc::AsArg::as_arg(&policy))
                .arg_unless::<
                    __rpc::Option<&[String]>,
                >("devices", __rpc::AsArg::as_arg(&devices), has_any)
                .arg_or::<
                    &Volume,
                    _,
                >("destination", __rpc::Borrow::borrow(&destination), without_cluster)
                .call()
        }
        /// Casts `formatted`, since 3.0, to `format!("{host}@{}", backend)`. Fails with `RpcError`. To drop the future takes back no request that was sent.
        #[cfg(feature = "formatted")]
        #[deprecated(since = "3.1", note = "use another")]
        pub(crate) fn formatted(
            &self,
            ctx: &MyContext,
            host: impl ::core::convert::AsRef<__rpc::str>,
            backend: impl ::core::convert::AsRef<__rpc::str>,
        ) -> __rpc::Cast {
            let host: &__rpc::str = ::core::convert::AsRef::as_ref(&host);
            let backend: &__rpc::str = ::core::convert::AsRef::as_ref(&backend);
            self.client
                .request(&Self::METHOD_FORMATTED, ctx)
                .to(format!("{host}@{}", backend))
                .arg::<__rpc::str>("host", host)
                .arg::<__rpc::str>("backend", backend)
                .cast()
        }
        /// Calls `defaults`, since 3.0, to any server. Fails with `Failed` or `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// # Arguments
        ///
        /// - `empty`: the default of its type unless it is set
        /// - `mode`: `"rw"` unless it is set
        /// - `owned`: `String::from("x")` unless it is set
        /// - `checked`: `8` unless it is set; left out below 3.4, refused there if it is set
        /// - `converted`: `9` unless it is set; sent below 3.5 as what `u32::to_string` makes of it
        #[cfg(feature = "defaults")]
        pub(crate) fn defaults(&self, ctx: &MyContext) -> KeysApiDefaults {
            KeysApiDefaults {
                request: self
                    .client
                    .request(&Self::METHOD_DEFAULTS, ctx)
                    .arg::<
                        Vec<u32>,
                    >("empty", &(<Vec<u32> as ::core::default::Default>::default()))
                    .arg::<__rpc::str>("mode", "rw")
                    .arg::<String>("owned", &(String::from("x")))
                    .arg::<u32>("checked", &(8))
                    .arg_or::<&u32, _>("converted", &(9), u32::to_string),
            }
        }
        /// Casts `everybody` to every server, since 3.0. Fails with `RpcError`. To drop the future takes back no request that was sent.
        ///
        /// Has a body.
        pub(crate) fn everybody(&self, ctx: &MyContext) -> __rpc::Cast {
            self.client.request(&Self::METHOD_EVERYBODY, ctx).cast()
        }
    }
    #[cfg(feature = "defaults")]
    #[allow(dead_code)]
    impl KeysApiDefaults {
        /// Sets `empty`, which is the default of its type otherwise.
        pub(crate) fn empty(self, empty: impl __rpc::AsArg<[u32]>) -> Self {
            Self {
                request: self.request.arg::<[u32]>("empty", __rpc::AsArg::as_arg(&empty)),
            }
        }
        /// Sets `mode`, which is `"rw"` otherwise.
        pub(crate) fn mode(self, mode: impl ::core::convert::AsRef<__rpc::str>) -> Self {
            Self {
                request: self
                    .request
                    .arg::<__rpc::str>("mode", ::core::convert::AsRef::as_ref(&mode)),
            }
        }
        /// Sets `owned`, which is `String::from("x")` otherwise.
        pub(crate) fn owned(
            self,
            owned: impl ::core::convert::AsRef<__rpc::str>,
        ) -> Self {
            Self {
                request: self
                    .request
                    .arg::<__rpc::str>("owned", ::core::convert::AsRef::as_ref(&owned)),
            }
        }
        /// Sets `checked`, which is `8` otherwise. Left out below 3.4, refused there if it is set.
        pub(crate) fn checked(self, checked: impl __rpc::Borrow<u32>) -> Self {
            Self {
                request: self
                    .request
                    .arg_unless_default::<
                        u32,
                    >("checked", __rpc::Borrow::borrow(&checked), &(8)),
            }
        }
        /// Sets `converted`, which is `9` otherwise. Sent below 3.5 as what `u32::to_string` makes of it.
        pub(crate) fn converted(self, converted: impl __rpc::Borrow<u32>) -> Self {
            Self {
                request: self
                    .request
                    .arg_or::<
                        &u32,
                        _,
                    >("converted", __rpc::Borrow::borrow(&converted), u32::to_string),
            }
        }
    }
    #[cfg(feature = "defaults")]
    impl ::core::future::IntoFuture for KeysApiDefaults {
        type Output = <__rpc::Call<
            Result<(), Failed>,
        > as ::core::future::IntoFuture>::Output;
        type IntoFuture = <__rpc::Call<
            Result<(), Failed>,
        > as ::core::future::IntoFuture>::IntoFuture;
        fn into_future(self) -> Self::IntoFuture {
            let __sent: __rpc::Call<Result<(), Failed>> = self.request.call();
            ::core::future::IntoFuture::into_future(__sent)
        }
    }
    impl<__RpcManager: Keys> __rpc::Serves<__RpcManager> for KeysApi {
        const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;
        async fn dispatch(
            __manager: &__RpcManager,
            __incoming: __rpc::Incoming,
        ) -> __rpc::Outcome {
            match __incoming.method() {
                "with" => {
                    let (__ctx, __in) = __incoming
                        .open::<MyContext, MyContext>(&KeysApi::METHOD_WITH_VOLUME)?;
                    let __result = __manager
                        .with_volume(
                            __ctx,
                            __rpc::Of::<Volume>::required(__in, "volume")?,
                            __in.required("ref")?,
                            __in.required("recreate")?,
                            __in.optional("tag")?,
                            __in.optional("policy")?,
                            __in.optional("devices")?,
                            __rpc::Of::<Volume>::required(__in, "destination")?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                #[cfg(feature = "formatted")]
                "formatted" => {
                    let (__ctx, __in) = __incoming
                        .open::<MyContext, MyContext>(&KeysApi::METHOD_FORMATTED)?;
                    let __result = __manager
                        .formatted(
                            __ctx,
                            __in.required("host")?,
                            __in.required("backend")?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                #[cfg(feature = "defaults")]
                "defaults" => {
                    let (__ctx, __in) = __incoming
                        .open::<MyContext, MyContext>(&KeysApi::METHOD_DEFAULTS)?;
                    let __result = __manager
                        .defaults(
                            __ctx,
                            __in
                                .or_else(
                                    "empty",
                                    || <Vec<u32> as ::core::default::Default>::default(),
                                )?,
                            __in
                                .or_else(
                                    "mode",
                                    || <String as ::core::convert::From<
                                        &__rpc::str,
                                    >>::from("rw"),
                                )?,
                            __in.or_else("owned", || String::from("x"))?,
                            __in.or_else("checked", || 8)?,
                            __in.or_else("converted", || 9)?,
                        )
                        .await;
                    __incoming.outcome(__result)
                }
                "everybody" => {
                    let (__ctx, _) = __incoming
                        .open::<MyContext, MyContext>(&KeysApi::METHOD_EVERYBODY)?;
                    let __result = __manager.everybody(__ctx).await;
                    __incoming.outcome(__result)
                }
                _ => __incoming.unknown(),
            }
        }
    }
};
crate::facade::codegen::when_testing! {
    #[doc =
    " A fake of [`Keys`] for tests, served as a manager is: its methods raise `NotExecuted` until they are given an answer. Clones share the answers."]
    #[allow(dead_code)] #[derive(::core::clone::Clone, ::core::fmt::Debug,
    ::core::default::Default)] pub (crate) struct FakeKeys { answers : crate
    ::facade::codegen::Fake, } #[allow(deprecated)] const _ : () = { use crate
    ::facade::codegen as __rpc; #[allow(unused_imports)] use __rpc::NotSent as _;
    #[allow(dead_code, clippy::type_complexity)] impl FakeKeys { #[doc =
    " Answers `with` by `answer` from now on."] pub (crate) fn with_volume < __RpcFuture
    > (& self, answer : impl ::core::ops::Fn(MyContext, Volume, String, bool, Option <
    String >, Option < String >, Option < Vec < String > >, Volume) -> __RpcFuture +
    ::core::marker::Send + ::core::marker::Sync + 'static,) -> & Self where __RpcFuture :
    ::core::future::Future < Output = Result < Option < Volume >, Failed > > +
    ::core::marker::Send + 'static, { self.answers.give("with", answer, | __answer,
    __incoming | async move { let (__ctx, __in) = __incoming.open:: < MyContext,
    MyContext > (& KeysApi::METHOD_WITH_VOLUME) ?; let __result = __answer(__ctx,
    __rpc::Of:: < Volume > ::required(__in, "volume") ?, __in.required("ref") ?, __in
    .required("recreate") ?, __in.optional("tag") ?, __in.optional("policy") ?, __in
    .optional("devices") ?, __rpc::Of:: < Volume > ::required(__in, "destination") ?).
    await; __incoming.outcome(__result) }); self } #[doc =
    " Answers `formatted` by `answer` from now on."] #[cfg(feature = "formatted")] pub
    (crate) fn formatted < __RpcFuture > (& self, answer : impl
    ::core::ops::Fn(MyContext, String, String) -> __RpcFuture + ::core::marker::Send +
    ::core::marker::Sync + 'static,) -> & Self where __RpcFuture : ::core::future::Future
    < Output = Result < (), Failed > > + ::core::marker::Send + 'static, { self.answers
    .give("formatted", answer, | __answer, __incoming | async move { let (__ctx, __in) =
    __incoming.open:: < MyContext, MyContext > (& KeysApi::METHOD_FORMATTED) ?; let
    __result = __answer(__ctx, __in.required("host") ?, __in.required("backend") ?).
    await; __incoming.outcome(__result) }); self } #[doc =
    " Answers `defaults` by `answer` from now on."] #[cfg(feature = "defaults")] pub
    (crate) fn defaults < __RpcFuture > (& self, answer : impl ::core::ops::Fn(MyContext,
    Vec < u32 >, String, String, u32, u32) -> __RpcFuture + ::core::marker::Send +
    ::core::marker::Sync + 'static,) -> & Self where __RpcFuture : ::core::future::Future
    < Output = Result < (), Failed > > + ::core::marker::Send + 'static, { self.answers
    .give("defaults", answer, | __answer, __incoming | async move { let (__ctx, __in) =
    __incoming.open:: < MyContext, MyContext > (& KeysApi::METHOD_DEFAULTS) ?; let
    __result = __answer(__ctx, __in.or_else("empty", || < Vec < u32 > as
    ::core::default::Default > ::default()) ?, __in.or_else("mode", || < String as
    ::core::convert::From < & __rpc::str >> ::from("rw")) ?, __in.or_else("owned", ||
    String::from("x")) ?, __in.or_else("checked", || 8) ?, __in.or_else("converted", ||
    9) ?). await; __incoming.outcome(__result) }); self } #[doc =
    " Answers `everybody` by `answer` from now on."] pub (crate) fn everybody <
    __RpcFuture > (& self, answer : impl ::core::ops::Fn(MyContext) -> __RpcFuture +
    ::core::marker::Send + ::core::marker::Sync + 'static,) -> & Self where __RpcFuture :
    ::core::future::Future < Output = Result < (), Failed > > + ::core::marker::Send +
    'static, { self.answers.give("everybody", answer, | __answer, __incoming | async move
    { let (__ctx, _) = __incoming.open:: < MyContext, MyContext > (&
    KeysApi::METHOD_EVERYBODY) ?; let __result = __answer(__ctx). await; __incoming
    .outcome(__result) }); self } } impl __rpc::Serves < FakeKeys > for KeysApi { const
    INTERFACE : & 'static __rpc::Interface = & Self::INTERFACE; async fn dispatch(__fake
    : & FakeKeys, __incoming : __rpc::Incoming) -> __rpc::Outcome { __fake.answers
    .dispatch(& Self::INTERFACE, __incoming). await } } };
}
