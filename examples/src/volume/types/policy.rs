use serde::{Deserialize, Serialize};

/// Whether a volume may move when its type changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationPolicy {
    /// It stays where it is.
    Never,
    /// It moves if its backend can't do what the new type asks for.
    OnDemand,
}
