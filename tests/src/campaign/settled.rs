//! Waiting for a value, with the last one that was seen in the error.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::limits::PATIENCE;
use crate::until_within;

/// Reads a value again and again until it is `good`, and returns it.
pub(super) async fn settled<T: fmt::Debug>(
    what: &str,
    read: impl AsyncFnMut() -> Result<T>,
    good: impl Fn(&T) -> bool,
) -> Result<T> {
    settled_within(PATIENCE, what, read, good).await
}

/// The same with a limit of one's own.
pub(super) async fn settled_within<T: fmt::Debug>(
    limit: Duration,
    what: &str,
    mut read: impl AsyncFnMut() -> Result<T>,
    good: impl Fn(&T) -> bool,
) -> Result<T> {
    let mut last = None;
    let found = until_within(limit, what, async || {
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
