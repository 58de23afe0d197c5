//! A message of ZeroMQ.

use std::fmt;

use bytes::Bytes;

/// A message: one or more frames, which come together or not at all.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Multipart(pub(crate) Vec<Bytes>);

impl Multipart {
    /// How many bytes its frames have together.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }
}

/// Frames can be long, and secret: only their lengths are shown.
impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Multipart ")?;
        f.debug_list().entries(self.0.iter().map(Bytes::len)).finish()
    }
}
