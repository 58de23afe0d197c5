//! Where the tasks of a raw client library run.

use anyhow::Result;
use tokio::runtime::{Builder, Handle};

use crate::setup::Contender;

/// One of its own with one worker, as this project has it, or that of the callers and the server.
pub(crate) fn of(contender: Contender) -> Result<Handle> {
    match contender {
        Contender::RawOwn | Contender::RawOwnEvents | Contender::RawAmqp1Own => {
            let runtime =
                Builder::new_multi_thread().worker_threads(1).thread_name("raw").enable_all().build()?;
            // It is there until the process ends.
            Ok(Box::leak(Box::new(runtime)).handle().clone())
        }
        _ => Ok(Handle::current()),
    }
}
