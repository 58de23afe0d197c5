#[allow(deprecated)]
const _: () = {
    use crate::facade::codegen::object as __rpc;
    #[allow(unused_imports)]
    use __rpc::NotAnObject as _;
    #[automatically_derived]
    impl __rpc::VersionedObject for CinderVolume {
        const CLASS: __rpc::ObjectClass = __rpc::ObjectClass::new(
                &crate::projects::CINDER,
                "Volume",
                "1.9.2",
                &[
                    __rpc::ObjectField::new(
                        "id",
                        "ReadOnly<Uuid>",
                        __rpc::Of::<ReadOnly<Uuid>>::OBJECT,
                    ),
                    __rpc::ObjectField::new(
                        "host",
                        "Field<Option<String>>",
                        __rpc::Of::<Field<Option<String>>>::OBJECT,
                    ),
                    __rpc::ObjectField::new(
                            "shared_targets",
                            "Field<bool>",
                            __rpc::Of::<Field<bool>>::OBJECT,
                        )
                        .with_since(__rpc::Version::new(1, 5)),
                    __rpc::ObjectField::new(
                            "attachments",
                            "Field<Option<VolumeAttachmentList>>",
                            __rpc::Of::<Field<Option<VolumeAttachmentList>>>::OBJECT,
                        )
                        .with_was("volume_attachment", __rpc::Version::new(1, 2)),
                    __rpc::ObjectField::new(
                            "consistencygroup_id",
                            "Field<Option<Uuid>>",
                            __rpc::Of::<Field<Option<Uuid>>>::OBJECT,
                        )
                        .with_until(__rpc::Version::new(1, 7)),
                    __rpc::ObjectField::new(
                            "access_mode",
                            "Field<Option<String>>",
                            __rpc::Of::<Field<Option<String>>>::OBJECT,
                        )
                        .with_since(__rpc::Version::new(1, 3))
                        .with_until(__rpc::Version::new(1, 8))
                        .with_was("mode", __rpc::Version::new(1, 6))
                        .with_default("default"),
                    __rpc::ObjectField::new(
                            "multiattach",
                            "Field<bool>",
                            __rpc::Of::<Field<bool>>::OBJECT,
                        )
                        .with_default("false"),
                    __rpc::ObjectField::new(
                            "status",
                            "Field<String>",
                            __rpc::Of::<Field<String>>::OBJECT,
                        )
                        .with_default("\"creating\""),
                    __rpc::ObjectField::new(
                        "source-name",
                        "Field<String>",
                        __rpc::Of::<Field<String>>::OBJECT,
                    ),
                    __rpc::ObjectField::new(
                        "type",
                        "Field<String>",
                        __rpc::Of::<Field<String>>::OBJECT,
                    ),
                ],
            )
            .dropping_unknown()
            .reading_dictionaries()
            .with_downgrade(without_cluster);
        fn set_defaults(&mut self) {
            __rpc::set_default(&mut self.access_mode, ::core::default::Default::default);
            __rpc::set_default(&mut self.multiattach, || false);
            __rpc::set_default(
                &mut self.status,
                || <_ as ::core::convert::From<
                    &::core::primitive::str,
                >>::from("creating"),
            );
        }
        fn what_changed(&self) -> ::std::vec::Vec<&::core::primitive::str> {
            __rpc::what_changed(self)
        }
    }
    #[automatically_derived]
    impl __rpc::Fields for CinderVolume {
        fn origin(&self) -> &__rpc::Origin {
            &self.origin
        }
        fn origin_mut(&mut self) -> &mut __rpc::Origin {
            &mut self.origin
        }
        fn number(
            __name: &::core::primitive::str,
        ) -> ::core::option::Option<::core::primitive::usize> {
            match __name {
                "id" => ::core::option::Option::Some(0),
                "host" => ::core::option::Option::Some(1),
                "shared_targets" => ::core::option::Option::Some(2),
                "attachments" | "volume_attachment" => ::core::option::Option::Some(3),
                "consistencygroup_id" => ::core::option::Option::Some(4),
                "access_mode" | "mode" => ::core::option::Option::Some(5),
                "multiattach" => ::core::option::Option::Some(6),
                "status" => ::core::option::Option::Some(7),
                "source-name" => ::core::option::Option::Some(8),
                "type" => ::core::option::Option::Some(9),
                _ => ::core::option::Option::None,
            }
        }
        fn slots(&self) -> ::std::vec::Vec<&dyn __rpc::SlotState> {
            ::std::vec![
                & self.id, & self.host, & self.shared_targets, & self.attachments, & self
                .consistencygroup_id, & self.access_mode, & self.multiattach, & self
                .status, & self.source_name, & self.r#type
            ]
        }
        fn slots_mut(&mut self) -> ::std::vec::Vec<&mut dyn __rpc::SlotState> {
            ::std::vec![
                & mut self.id, & mut self.host, & mut self.shared_targets, & mut self
                .attachments, & mut self.consistencygroup_id, & mut self.access_mode, &
                mut self.multiattach, & mut self.status, & mut self.source_name, & mut
                self.r#type
            ]
        }
        fn read<'de, A: __rpc::MapAccess<'de>>(
            &mut self,
            __number: ::core::primitive::usize,
            __data: &mut A,
        ) -> ::core::result::Result<(), A::Error> {
            match __number {
                0 => __rpc::read(&mut self.id, __data),
                1 => __rpc::read(&mut self.host, __data),
                2 => __rpc::read(&mut self.shared_targets, __data),
                3 => __rpc::read(&mut self.attachments, __data),
                4 => __rpc::read(&mut self.consistencygroup_id, __data),
                5 => __rpc::read(&mut self.access_mode, __data),
                6 => __rpc::read(&mut self.multiattach, __data),
                7 => __rpc::read(&mut self.status, __data),
                8 => __rpc::read(&mut self.source_name, __data),
                9 => __rpc::read(&mut self.r#type, __data),
                _ => __rpc::skip(__data),
            }
        }
        fn write<W: __rpc::WriteFields>(
            &self,
            __out: &mut W,
        ) -> ::core::result::Result<(), W::Error> {
            __out.field(0, "id", &self.id)?;
            __out.field(1, "host", &self.host)?;
            __out.field(2, "shared_targets", &self.shared_targets)?;
            __out.field(3, "attachments", &self.attachments)?;
            __out.field(4, "consistencygroup_id", &self.consistencygroup_id)?;
            __out.field(5, "access_mode", &self.access_mode)?;
            __out.field(6, "multiattach", &self.multiattach)?;
            __out.field(7, "status", &self.status)?;
            __out.field(8, "source-name", &self.source_name)?;
            __out.field(9, "type", &self.r#type)?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __rpc::HoldsObjects for CinderVolume {
        fn class() -> &'static __rpc::ObjectClass {
            const { &<Self as __rpc::VersionedObject>::CLASS }
        }
    }
    #[automatically_derived]
    impl __rpc::Serialize for CinderVolume {
        fn serialize<S: __rpc::Serializer>(
            &self,
            __to: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            __rpc::serialize(self, __to)
        }
    }
    #[automatically_derived]
    impl<'de> __rpc::Deserialize<'de> for CinderVolume {
        fn deserialize<D: __rpc::Deserializer<'de>>(
            __from: D,
        ) -> ::core::result::Result<Self, D::Error> {
            __rpc::deserialize(__from)
        }
    }
};
