//! Rust and Python on one bus, in all pairings: what holds whatever is between them. A test binary gives each of these tests a
//! bus of its own.

mod bus;
pub mod calls;
pub mod casts;
pub mod errors;
pub mod python;
mod values;

pub use self::bus::Bus;
pub use self::values::values;
