//! Ready-made bodies in which only ids change.

use anyhow::{Context, Result};
use bytes::Bytes;

use crate::waiters::Id;

/// A body with ids at known places.
pub(super) struct Template<const IDS: usize> {
    body: Bytes,
    places: [usize; IDS],
}

impl<const IDS: usize> Template<IDS> {
    /// The ids take the places of these.
    pub(super) fn new(body: &Bytes, ids: [&str; IDS]) -> Result<Self> {
        let mut places = [0; IDS];
        for (place, id) in places.iter_mut().zip(ids) {
            let found = body.windows(id.len()).position(|window| window == id.as_bytes());
            *place = found.with_context(|| format!("no {id} in the body"))?;
        }
        Ok(Self { body: body.clone(), places })
    }

    /// The body with these ids.
    pub(super) fn with(&self, ids: [&Id; IDS]) -> Vec<u8> {
        let mut body = self.body.to_vec();
        for (place, id) in self.places.iter().zip(ids) {
            body[*place..][..id.len()].copy_from_slice(id);
        }
        body
    }

    /// The ids in a body like this one.
    pub(super) fn ids(&self, body: &[u8]) -> Option<[Id; IDS]> {
        let mut ids = [Id::default(); IDS];
        for (id, place) in ids.iter_mut().zip(self.places) {
            *id = *body.get(place..)?.first_chunk()?;
        }
        Some(ids)
    }
}
