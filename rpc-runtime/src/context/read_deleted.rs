/// Which records a request sees: cinder's and nova's `read_deleted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReadDeleted {
    /// Those that are not deleted.
    #[default]
    No,
    /// All.
    Yes,
    /// Deleted ones only.
    Only,
}

impl ReadDeleted {
    /// As it is on the wire.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Only => "only",
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        [Self::No, Self::Yes, Self::Only].into_iter().find(|value| value.as_str() == text)
    }
}
