//! Types for the kinds of fields that Python has and serde has not.

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
