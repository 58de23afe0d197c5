//! JSON as Python's `json` module writes and reads it.

mod float;
mod formatter;
mod literal;
mod nesting;
mod scan;
mod specials;
mod tolerant;
mod unsealed;
mod writer;

use serde::Serialize;

use writer::Writer;

pub(crate) use literal::literal_len;
pub(crate) use nesting::deeper_than;
pub(crate) use scan::{Member, Members, members, sealed_members};
pub(crate) use tolerant::{read, without_lone_surrogates};

/// JSON text inside a JSON string: the inner message in its envelope.
pub(crate) const IN_ENVELOPE: u8 = 1;
/// JSON text inside a JSON string of a JSON text that is itself in an envelope: a failure.
pub(crate) const IN_FAILURE: u8 = 2;

/// Appends `value` to `out` as Python writes it, escaped for a text that is `LEVEL` strings deep.
///
/// The text is pure ASCII, so escaping it for one string more only touches quotes and
/// backslashes: no second pass and no second buffer are needed.
///
/// NaN and infinite floats become `null`, as `serde_json` has it.
///
/// # Errors
///
/// Those of `T` and of maps whose keys are not scalars. What was appended until then stays.
pub(crate) fn write<const LEVEL: u8, T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    value: &T,
) -> Result<(), serde_json::Error> {
    value.serialize(Writer::<LEVEL>(out))
}

/// The same for a value that can always be written: a string, or what consists of strings and of
/// `serde_json`'s values.
#[expect(clippy::expect_used, reason = "such values and writing to memory do not fail")]
pub(crate) fn write_plain<const LEVEL: u8, T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    write::<LEVEL, T>(out, value).expect("strings and JSON values can be written");
}

/// Appends JSON text that came from elsewhere, made ASCII and escaped for a text that is `LEVEL`
/// strings deep. Blanks other than spaces become spaces.
pub(crate) fn write_raw<const LEVEL: u8>(out: &mut Vec<u8>, json: &str) {
    formatter::escape_raw::<LEVEL>(json, |part| out.extend_from_slice(part));
}
