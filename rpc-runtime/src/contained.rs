//! Running what is the users' on threads and tasks that serve others as well.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs what is the users': their wakers, and what they have for a log. A panic in it would end for everybody what the
/// thread or the task does.
pub(crate) fn contained(what: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(what)) {
        // It was printed, and to drop it may panic again.
        std::mem::forget(panic);
    }
}
