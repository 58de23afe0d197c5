use serde::{Deserialize, Serialize};

use super::Map;

/// An image of the image service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageMeta {
    /// The id of the image.
    pub id: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}

/// A snapshot that an image was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageSnapshot {
    /// The id of the snapshot.
    pub id: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map,
}
