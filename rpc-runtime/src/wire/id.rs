//! The ids of messages: new ones, and those that came.

use uuid::Uuid;

use super::python;

/// The longest `_unique_id` that is kept and the longest `_msg_id` that is answered, in bytes. Real ones have 32.
pub(super) const LONGEST_ID: usize = 255;

/// A new random id as messages bear it: a UUID of 32 hexadecimal digits without dashes.
#[must_use]
pub fn new_id() -> String {
    random_id(&mut [0; 32]).to_owned()
}

/// The same without memory of its own.
///
/// The bits are from a generator in the process (`fast-rng`): to ask the kernel for them took longer
/// than to encode a small reply.
pub(crate) fn random_id(buffer: &mut [u8; 32]) -> &str {
    Uuid::new_v4().simple().encode_lower(buffer)
}

/// The text of a `_unique_id`, which is a JSON value; ids that are longer than any real one are not
/// worth the memory.
pub(super) fn unique_id(id: &str) -> Option<String> {
    if id == "null" {
        return None;
    }
    let id = python::string(id).unwrap_or_else(|| id.to_owned());
    (id.len() <= LONGEST_ID).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_are_32_digits_and_never_the_same() {
        let ids = [new_id(), new_id()];
        assert!(
            ids.iter().all(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())),
            "{ids:?}"
        );
        assert_ne!(ids[0], ids[1]);
    }
}
