//! A service with a hundred methods, each like the one of the small service.

use rpc_runtime::{Call, Context, RemoteError, rpc_manager};

/// So many methods it has.
pub(crate) const METHODS: usize = 100;

pub(crate) struct Echoes;

macro_rules! hundred {
    ($($number:literal $name:ident)*) => {
        #[rpc_manager(client = HundredApi, topic = "hundred", version = "1.0", error = RemoteError)]
        pub(crate) trait Hundred {
            $(
                #[rpc(call)]
                async fn $name(&self, ctx: Context, value: String) -> Result<String, RemoteError>;
            )*
        }

        impl Hundred for Echoes {
            $(
                async fn $name(&self, _: Context, value: String) -> Result<String, RemoteError> {
                    Ok(value)
                }
            )*
        }

        /// Calls the method of that number.
        pub(crate) fn call(
            api: &HundredApi,
            number: usize,
            context: &Context,
            value: String,
        ) -> Call<Result<String, RemoteError>> {
            match number % METHODS {
                $($number => api.$name(context, value),)*
                _ => api.m_00(context, value),
            }
        }
    };
}

hundred! {
    0 m_00 1 m_01 2 m_02 3 m_03 4 m_04 5 m_05 6 m_06 7 m_07 8 m_08 9 m_09
    10 m_10 11 m_11 12 m_12 13 m_13 14 m_14 15 m_15 16 m_16 17 m_17 18 m_18 19 m_19
    20 m_20 21 m_21 22 m_22 23 m_23 24 m_24 25 m_25 26 m_26 27 m_27 28 m_28 29 m_29
    30 m_30 31 m_31 32 m_32 33 m_33 34 m_34 35 m_35 36 m_36 37 m_37 38 m_38 39 m_39
    40 m_40 41 m_41 42 m_42 43 m_43 44 m_44 45 m_45 46 m_46 47 m_47 48 m_48 49 m_49
    50 m_50 51 m_51 52 m_52 53 m_53 54 m_54 55 m_55 56 m_56 57 m_57 58 m_58 59 m_59
    60 m_60 61 m_61 62 m_62 63 m_63 64 m_64 65 m_65 66 m_66 67 m_67 68 m_68 69 m_69
    70 m_70 71 m_71 72 m_72 73 m_73 74 m_74 75 m_75 76 m_76 77 m_77 78 m_78 79 m_79
    80 m_80 81 m_81 82 m_82 83 m_83 84 m_84 85 m_85 86 m_86 87 m_87 88 m_88 89 m_89
    90 m_90 91 m_91 92 m_92 93 m_93 94 m_94 95 m_95 96 m_96 97 m_97 98 m_98 99 m_99
}
