const _: () = {
    use ::rpc_runtime::codegen as __rpc;
    #[automatically_derived]
    #[allow(deprecated)]
    impl __rpc::RpcException for VolumeError {
        const CLASSES: &'static [__rpc::exception::ExceptionClass] = &[
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "VolumeNotFound",
                    &[__rpc::exception::ExceptionArg::keyword("volume_id", "Uuid")],
                )
                .with_code(404)
                .with_message("Volume %(volume_id)s could not be found."),
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "InvalidVolume",
                    &[
                        __rpc::exception::ExceptionArg::keyword(
                            "reason",
                            "Option<String>",
                        ),
                        __rpc::exception::ExceptionArg::keyword(
                            "message",
                            "Option<String>",
                        ),
                    ],
                )
                .with_code(400)
                .with_message("Invalid volume: %(reason)s"),
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "DriverError",
                    &[
                        __rpc::exception::ExceptionArg::keyword("message", "String"),
                        __rpc::exception::ExceptionArg::keyword("size", "u64"),
                    ],
                )
                .with_code(500)
                .with_message("Driver error {%(code)s}: %(message)s (%(size)d%%)"),
            __rpc::exception::ExceptionClass::new(
                    "cinder.exception",
                    "ExportFailure",
                    &[
                        __rpc::exception::ExceptionArg::keyword("reason", "Cause"),
                        __rpc::exception::ExceptionArg::keyword("volume_id", "Uuid"),
                    ],
                )
                .with_code(500)
                .with_message("Failed to export: %(reason)r"),
            __rpc::exception::ExceptionClass::new("cinder.exception", "Full", &[])
                .with_code(500)
                .with_message("Full."),
            __rpc::exception::ExceptionClass::new(
                "builtins",
                "ValueError",
                &[
                    __rpc::exception::ExceptionArg::positional("String"),
                    __rpc::exception::ExceptionArg::positional("u32"),
                ],
            ),
        ];
        const TAKES_OTHERS: ::core::primitive::bool = true;
        fn to_remote(&self) -> __rpc::RemoteError {
            match self {
                Self::VolumeNotFound { volume_id } => {
                    __rpc::exception::remote(self, "cinder.exception", "VolumeNotFound")
                        .with_kwarg("volume_id", __rpc::exception::value(volume_id))
                        .with_kwarg("code", 404)
                }
                Self::InvalidVolume { reason, message } => {
                    __rpc::exception::with_text(
                        __rpc::exception::remote(
                                self,
                                "cinder.exception",
                                "InvalidVolume",
                            )
                            .with_kwarg("reason", __rpc::exception::value(reason))
                            .with_kwarg("code", 400),
                        message.is_some(),
                    )
                }
                Self::DriverError { size, .. } => {
                    __rpc::exception::remote(self, "cinder.exception", "DriverError")
                        .with_kwarg("size", __rpc::exception::value(size))
                        .with_kwarg("code", 500)
                }
                Self::ExportFailure { reason, volume_id } => {
                    __rpc::exception::remote(self, "cinder.exception", "ExportFailure")
                        .with_kwarg("reason", __rpc::exception::value(reason))
                        .with_kwarg("volume_id", __rpc::exception::value(volume_id))
                        .with_kwarg("code", 500)
                }
                Self::Full { .. } => {
                    __rpc::exception::remote(self, "cinder.exception", "Full")
                        .with_kwarg("code", 500)
                }
                Self::Invalid(field0, field1) => {
                    __rpc::exception::positional(
                        self,
                        "builtins",
                        "ValueError",
                        [
                            __rpc::exception::value(field0),
                            __rpc::exception::value(field1),
                        ],
                    )
                }
                Self::Other(remote) => ::core::clone::Clone::clone(remote),
            }
        }
        fn from_remote(remote: &__rpc::RemoteError) -> ::core::option::Option<Self> {
            let known = || -> ::core::option::Option<Self> {
                if remote.is("cinder.exception", "VolumeNotFound") {
                    return ::core::option::Option::Some(Self::VolumeNotFound {
                        volume_id: __rpc::exception::kwarg::<Uuid>(remote, "volume_id")?,
                    });
                }
                if remote.is("cinder.exception", "InvalidVolume") {
                    return ::core::option::Option::Some({
                        let field0 = __rpc::exception::kwarg::<
                            Option<String>,
                        >(remote, "reason")?;
                        let field1 = __rpc::exception::unless::<
                            Option<String>,
                        >(
                            remote,
                            ::core::format_args!(
                                "Invalid volume: {}", __rpc::exception::Str(& field0)
                            ),
                        )?;
                        Self::InvalidVolume {
                            reason: field0,
                            message: field1,
                        }
                    });
                }
                if remote.is("cinder.exception", "DriverError") {
                    return ::core::option::Option::Some({
                        let field1 = __rpc::exception::kwarg::<u64>(remote, "size")?;
                        let field0 = __rpc::exception::between::<
                            String,
                        >(
                            remote,
                            ::core::format_args!("Driver error {{500}}: "),
                            ::core::format_args!(
                                " ({}%)", __rpc::exception::Decimal(& field1)
                            ),
                        )?;
                        Self::DriverError {
                            message: field0,
                            size: field1,
                        }
                    });
                }
                if remote.is("cinder.exception", "ExportFailure") {
                    return ::core::option::Option::Some(Self::ExportFailure {
                        reason: __rpc::exception::kwarg::<Cause>(remote, "reason")?,
                        volume_id: __rpc::exception::kwarg::<Uuid>(remote, "volume_id")?,
                    });
                }
                if remote.is("cinder.exception", "Full") {
                    return ::core::option::Option::Some(Self::Full {});
                }
                if remote.is("builtins", "ValueError") {
                    return ::core::option::Option::Some(
                        Self::Invalid(
                            __rpc::exception::arg::<String>(remote, 0)?,
                            __rpc::exception::arg::<u32>(remote, 1)?,
                        ),
                    );
                }
                ::core::option::Option::None
            };
            known()
                .or_else(|| ::core::option::Option::Some(
                    Self::Other(::core::clone::Clone::clone(remote)),
                ))
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::fmt::Display for VolumeError {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::VolumeNotFound { volume_id, .. } => {
                    f.write_fmt(
                        ::core::format_args!(
                            "Volume {} could not be found.",
                            __rpc::exception::Str(volume_id)
                        ),
                    )
                }
                Self::InvalidVolume { reason, message, .. } => {
                    match message {
                        ::core::option::Option::Some(text) => {
                            ::core::fmt::Display::fmt(text, f)
                        }
                        ::core::option::Option::None => {
                            f.write_fmt(
                                ::core::format_args!(
                                    "Invalid volume: {}", __rpc::exception::Str(reason)
                                ),
                            )
                        }
                    }
                }
                Self::DriverError { message, size, .. } => {
                    f.write_fmt(
                        ::core::format_args!(
                            "Driver error {{500}}: {} ({}%)",
                            __rpc::exception::Str(message),
                            __rpc::exception::Decimal(size)
                        ),
                    )
                }
                Self::ExportFailure { reason, .. } => {
                    f.write_fmt(
                        ::core::format_args!(
                            "Failed to export: {}", __rpc::exception::Repr(reason)
                        ),
                    )
                }
                Self::Full { .. } => f.write_fmt(::core::format_args!("Full.")),
                Self::Invalid(field0, field1) => {
                    __rpc::exception::text_of_args(
                        f,
                        "builtins",
                        "ValueError",
                        &[
                            __rpc::exception::value(field0),
                            __rpc::exception::value(field1),
                        ],
                    )
                }
                Self::Other(remote) => ::core::fmt::Display::fmt(remote, f),
            }
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::core::error::Error for VolumeError {
        fn source(
            &self,
        ) -> ::core::option::Option<&(dyn ::core::error::Error + 'static)> {
            #[allow(unreachable_patterns)]
            match self {
                Self::ExportFailure { reason, .. } => __rpc::exception::source(reason),
                _ => ::core::option::Option::None,
            }
        }
    }
};
