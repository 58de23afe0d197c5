//! JSON as Python's `json` module writes and reads it, and JSON text inside a string of JSON text.
//!
//! `serde_json` does the work wherever it can: it parses, it writes scalars and finds the digits of floats, and
//! it has the last word on what is JSON. What it does not do, and what this module is for:
//!
//! * **Write the inside of a string.** A message is text within a string of another text. With `serde_json`
//!   that is a second buffer and a second pass which escapes all that the first one wrote. Here a text is
//!   written in one pass, in the form that it has so many strings deep.
//! * **Write as Python does**: its blanks, its escapes (all but printable ASCII), its floats.
//! * **Find the members of an object without making values of them**: where names and values are, those of one
//!   object within included. `serde_json` finds them too, as `RawValue`, and is asked where anything is unusual;
//!   but it does not say how deep it went and whether it passed a lone surrogate, which takes more passes.
//! * **Read what Python writes although it is not JSON**: `NaN`, infinities, lone surrogates.
//!
//! Reading takes two passes at least: one that takes the escapes of the string away and one that finds the
//! members. Values are text until somebody decodes them, with `serde_json`.
//!
//! | File | What it does |
//! |---|---|
//! | `writer` | a serializer that appends to a text some strings deep |
//! | `formatter` | what `serde_json` is told for the writer: quotes, escapes, text from elsewhere |
//! | `float` | floats as Python's `repr` |
//! | `literal` | which bytes need no escapes, eight and sixteen at a time |
//! | `sealed` | takes the text out of a string |
//! | `scan` | finds the members of an object in one pass |
//! | `tolerant` | repairs what Python writes and `serde_json` refuses |
//! | `nesting` | tells whether a text is nested too deeply |
//!
//! # What is certain
//!
//! * What is written is ASCII without control characters, and is for `serde_json` the value that it would have
//!   written itself; an error of it is an error here. `tests/vectors` compares it with Python byte for byte.
//! * What is [`unsealed`] is what `serde_json` reads the string as, and what [`members`] finds is what it
//!   finds: `None` of either means that the text is to be read by it, never that it is wrong.
//! * [`read`] changes nothing in a text that `serde_json` accepts.
//! * What reads does not panic, whatever the bytes, and recurses no deeper than a fixed limit.
//!
//! # Limits
//!
//! A text is written at most two strings deep. [`members`] leaves objects to `serde_json` that are nested
//! deeper than 32 levels, or whose names have escapes. How long and how deep a text may be, its reader says:
//! memory grows with the text only.
//!
//! # What it costs
//!
//! Writing takes less than plain `serde_json` does, 0.5 to 0.7 of its instructions. Reading takes the two passes
//! on top of the one that makes the values: 1.5 to 1.7 of `serde_json` alone. With a string to escape in each
//! object it is 1.3 and 2.0. The benchmark `wire` counts all of that, as nothing here is public.
//! To look for escapes 64 bytes at a time and to take them away during the scan saved 14 % of decoding, and
//! was not worth its 200 lines.

mod float;
mod formatter;
mod literal;
mod nesting;
mod scan;
mod sealed;
#[cfg(test)]
mod tests;
mod tolerant;
mod writer;

use serde::Serialize;

use writer::Writer;

pub(crate) use formatter::quote;
pub(crate) use literal::literal_len;
pub(crate) use nesting::deeper_than;
pub(crate) use scan::{Member, Members, members, push};
pub(crate) use sealed::unsealed;
pub(crate) use tolerant::{read, without_lone_surrogates};

/// In how many strings a text may be.
const DEEPEST: u8 = 2;

/// Appends `value` to `out` as Python writes it, escaped for a text that is `LEVEL` strings deep: 0 is a text by
/// itself, 1 one in a string of another, 2 one in a string of such a text.
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
    const { assert!(LEVEL <= DEEPEST, "no text is that many strings deep") };
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
    const { assert!(LEVEL <= DEEPEST, "no text is that many strings deep") };
    formatter::escape_raw::<LEVEL>(json, |part| out.extend_from_slice(part));
}
