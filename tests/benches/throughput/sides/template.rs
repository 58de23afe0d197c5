//! Ready-made bodies in which only ids change.

use anyhow::{Context, Result};
use bytes::Bytes;

use crate::content::ID;

/// An id in its 32 digits.
pub(super) type Id = [u8; ID.len()];

/// A body with ids at known places.
#[derive(Clone)]
pub(super) struct Template {
    body: Bytes,
    places: Vec<usize>,
}

impl Template {
    /// The ids are those behind `keys`: names of members, with what comes before the id in its value.
    pub(super) fn new(body: &Bytes, keys: &[(&str, &str)]) -> Result<Self> {
        let place = |(name, prefix): &(&str, &str)| {
            // As it stands in the envelope, where quotes are escaped.
            let before = format!("{name}\\\": \\\"{prefix}{ID}");
            let at = body.windows(before.len()).position(|window| window == before.as_bytes());
            Ok(at.with_context(|| format!("no {name} in the body"))? + before.len() - ID.len())
        };
        Ok(Self { body: body.clone(), places: keys.iter().map(place).collect::<Result<_>>()? })
    }

    /// The body with these ids, in the order of the keys.
    pub(super) fn with<const N: usize>(&self, ids: [&Id; N]) -> Vec<u8> {
        let mut body = self.body.to_vec();
        for (place, id) in self.places.iter().zip(ids) {
            body[*place..][..id.len()].copy_from_slice(id);
        }
        body
    }

    /// The id of the key of that number, in a body like this one.
    pub(super) fn id(&self, body: &[u8], key: usize) -> Option<Id> {
        body.get(*self.places.get(key)?..)?.first_chunk().copied()
    }
}
