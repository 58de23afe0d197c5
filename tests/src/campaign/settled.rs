//! Waiting for a value, with the last one that was seen in the error.

use std::fmt;

use anyhow::{Context as _, Result};

use crate::until;

/// Reads a value again and again until it is `good`, and returns it.
pub(super) async fn settled<T: fmt::Debug>(
    what: &str,
    mut read: impl AsyncFnMut() -> Result<T>,
    good: impl Fn(&T) -> bool,
) -> Result<T> {
    let mut last = None;
    let found = until(what, async || {
        let value = read().await?;
        if good(&value) {
            return Ok(Some(value));
        }
        last = Some(value);
        Ok(None)
    })
    .await;
    found.with_context(|| format!("last seen: {last:?}"))
}
