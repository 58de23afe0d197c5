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
            ),
            __rpc::exception::ExceptionClass::new(
                "builtins",
                "ValueError",
                &[
                    __rpc::exception::ExceptionArg::positional("String"),
                    __rpc::exception::ExceptionArg::positional("u32"),
                ],
            ),
            __rpc::exception::ExceptionClass::new("cinder.exception", "Full", &[]),
            __rpc::exception::ExceptionClass::new(
                "cinder.exception",
                "Renamed",
                &[__rpc::exception::ExceptionArg::keyword("type", "String")],
            ),
        ];
        const TAKES_OTHERS: ::core::primitive::bool = true;
        fn to_remote(&self) -> __rpc::RemoteError {
            match self {
                Self::VolumeNotFound { volume_id } => {
                    __rpc::exception::remote(self, "cinder.exception", "VolumeNotFound")
                        .with_kwarg("volume_id", __rpc::exception::value(volume_id))
                }
                Self::Invalid(__field0, __field1) => {
                    __rpc::exception::positional(
                        self,
                        "builtins",
                        "ValueError",
                        [
                            __rpc::exception::value(__field0),
                            __rpc::exception::value(__field1),
                        ],
                    )
                }
                Self::Full { .. } => {
                    __rpc::exception::remote(self, "cinder.exception", "Full")
                }
                Self::Renamed { kind } => {
                    __rpc::exception::remote(self, "cinder.exception", "Renamed")
                        .with_kwarg("type", __rpc::exception::value(kind))
                }
                Self::Other(__remote) => ::core::clone::Clone::clone(__remote),
            }
        }
        fn from_remote(__remote: &__rpc::RemoteError) -> ::core::option::Option<Self> {
            let __known = || -> ::core::option::Option<Self> {
                if __remote.is("cinder.exception", "VolumeNotFound") {
                    return ::core::option::Option::Some(Self::VolumeNotFound {
                        volume_id: __rpc::exception::kwarg::<
                            Uuid,
                        >(__remote, "volume_id")?,
                    });
                }
                if __remote.is("builtins", "ValueError") {
                    return ::core::option::Option::Some(
                        Self::Invalid(
                            __rpc::exception::arg::<String>(__remote, 0)?,
                            __rpc::exception::arg::<u32>(__remote, 1)?,
                        ),
                    );
                }
                if __remote.is("cinder.exception", "Full") {
                    return ::core::option::Option::Some(Self::Full {});
                }
                if __remote.is("cinder.exception", "Renamed") {
                    return ::core::option::Option::Some(Self::Renamed {
                        kind: __rpc::exception::kwarg::<String>(__remote, "type")?,
                    });
                }
                ::core::option::Option::None
            };
            __known()
                .or_else(|| ::core::option::Option::Some(
                    Self::Other(::core::clone::Clone::clone(__remote)),
                ))
        }
    }
};
