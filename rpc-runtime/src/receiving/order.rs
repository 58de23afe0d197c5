//! What comes first, the acknowledgement or the handling.

use std::sync::Arc;

use super::claims::Claims;
use super::duplicates::Duplicates;

/// When messages are acknowledged, and with that how repeated ones are found.
#[derive(Debug)]
pub(crate) enum Order {
    Early(Duplicates),
    Late(Arc<Claims>),
}
