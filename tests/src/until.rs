//! Waiting for a state that others bring about.

use std::time::Duration;

use anyhow::{Result, bail};
use rpc_runtime::{CallError, RpcError};
use tokio::time::{Instant, sleep};

use crate::limits::PATIENCE;

const PAUSE: Duration = Duration::from_millis(50);

/// Asks `check` again and again until it has a value; fails with `what` when [`PATIENCE`] is at its end, or at
/// once if `check` fails.
pub async fn until<T>(what: &str, check: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    until_within(PATIENCE, what, check).await
}

/// The same with a limit of one's own.
pub async fn until_within<T>(
    limit: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = check().await? {
            return Ok(value);
        }
        if Instant::now() > deadline {
            bail!("{what}: not within {limit:?}");
        }
        sleep(PAUSE).await;
    }
}

/// What a call comes to once a server is found. A bus without a broker has two seconds for that, which is little on a busy
/// machine; what finds nobody is not executed, and is called again. Fails if none is found within [`PATIENCE`].
pub async fn until_found<T, E>(
    mut call: impl AsyncFnMut() -> Result<T, CallError<E>>,
) -> Result<Result<T, CallError<E>>> {
    until("a server is found", async || {
        let outcome = call().await;
        let rpc = outcome.as_ref().err().and_then(CallError::rpc);
        Ok((!matches!(rpc, Some(RpcError::Undeliverable { .. }))).then_some(outcome))
    })
    .await
}
