#[allow(deprecated)]
const _: () = {
    use ::rpc_runtime::codegen::object as __rpc;
    #[allow(unused_imports)]
    use __rpc::NotAnObject as _;
    #[automatically_derived]
    impl __rpc::VersionedObject for Tag {
        const CLASS: __rpc::ObjectClass = __rpc::ObjectClass::new(
            &NOVA,
            "Tag",
            "1.1",
            &[
                __rpc::ObjectField::new(
                    "resource_id",
                    "Field<String>",
                    __rpc::Of::<Field<String>>::OBJECT,
                ),
                __rpc::ObjectField::new(
                    "tag",
                    "Field<String>",
                    __rpc::Of::<Field<String>>::OBJECT,
                ),
            ],
        );
        fn what_changed(&self) -> ::std::vec::Vec<&::core::primitive::str> {
            __rpc::what_changed(self)
        }
    }
    #[automatically_derived]
    impl __rpc::Fields for Tag {
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
                "resource_id" => ::core::option::Option::Some(0),
                "tag" => ::core::option::Option::Some(1),
                _ => ::core::option::Option::None,
            }
        }
        fn slots(&self) -> ::std::vec::Vec<&dyn __rpc::SlotState> {
            ::std::vec![& self.resource_id, & self.tag]
        }
        fn slots_mut(&mut self) -> ::std::vec::Vec<&mut dyn __rpc::SlotState> {
            ::std::vec![& mut self.resource_id, & mut self.tag]
        }
        fn read<'de, A: __rpc::MapAccess<'de>>(
            &mut self,
            __number: ::core::primitive::usize,
            __data: &mut A,
        ) -> ::core::result::Result<(), A::Error> {
            match __number {
                0 => __rpc::read(&mut self.resource_id, __data),
                1 => __rpc::read(&mut self.tag, __data),
                _ => __rpc::skip(__data),
            }
        }
        fn write<W: __rpc::WriteFields>(
            &self,
            __out: &mut W,
        ) -> ::core::result::Result<(), W::Error> {
            __out.field(0, "resource_id", &self.resource_id)?;
            __out.field(1, "tag", &self.tag)?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __rpc::HoldsObjects for Tag {
        fn class() -> &'static __rpc::ObjectClass {
            const { &<Self as __rpc::VersionedObject>::CLASS }
        }
    }
    #[automatically_derived]
    impl __rpc::Serialize for Tag {
        fn serialize<S: __rpc::Serializer>(
            &self,
            __to: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            __rpc::serialize(self, __to)
        }
    }
    #[automatically_derived]
    impl<'de> __rpc::Deserialize<'de> for Tag {
        fn deserialize<D: __rpc::Deserializer<'de>>(
            __from: D,
        ) -> ::core::result::Result<Self, D::Error> {
            __rpc::deserialize(__from)
        }
    }
};
