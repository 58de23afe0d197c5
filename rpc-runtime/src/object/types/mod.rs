//! Types for the kinds of fields that Python has and serde has not.

/// Types that travel as the text that they are printed as and read from.
macro_rules! as_text {
    ($($ty:ty),*) => { $(
        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}

mod address;
mod boolean;
mod date_time;
mod integer;
mod json_text;
mod sensitive;

pub use address::{IpNetwork, MacAddress, ParseAddressError};
pub use boolean::{Boolean, FlexibleBoolean};
pub use date_time::{DateTime, ParseDateTimeError};
pub use integer::{Integer, ParseIntegerError};
pub use json_text::JsonText;
pub use sensitive::Sensitive;
