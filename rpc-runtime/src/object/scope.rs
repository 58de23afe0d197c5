//! What serde has no place for between an object and who reads or writes it: values are read and written on one thread from
//! beginning to end, so it is kept with that.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::fault::ObjectError;
use super::releases::ObjectVersions;

thread_local! {
    /// The versions in which objects are written at most.
    static CAP: RefCell<Option<Arc<ObjectVersions>>> = const { RefCell::new(None) };
    /// Whether an object with changes has been written.
    static CHANGED: Cell<bool> = const { Cell::new(false) };
    /// Why the last object was not read.
    static FAULT: RefCell<Option<ObjectError>> = const { RefCell::new(None) };
}

/// Writes what `write` does with objects in these versions at most.
pub(crate) fn capped<R>(versions: Option<&Arc<ObjectVersions>>, write: impl FnOnce() -> R) -> R {
    /// Puts back what was there, also if a user's `Serialize` panics.
    struct Restore(Option<Arc<ObjectVersions>>);

    impl Drop for Restore {
        fn drop(&mut self) {
            CAP.set(self.0.take());
        }
    }

    let Some(versions) = versions else { return write() };
    let _restore = Restore(CAP.replace(Some(Arc::clone(versions))));
    write()
}

/// The versions in which objects are written at most here, if there are any.
pub(super) fn cap() -> Option<Arc<ObjectVersions>> {
    CAP.with_borrow(Clone::clone)
}

/// Writes a value, and tells whether an object in it had changes.
#[inline]
pub(super) fn notice_changes<E>(write: impl FnOnce() -> Result<(), E>) -> Result<bool, E> {
    let before = CHANGED.replace(false);
    let outcome = write();
    let changed = CHANGED.replace(before);
    outcome.map(|()| changed)
}

/// Says that an object with changes was written.
pub(super) fn has_changes() {
    CHANGED.set(true);
}

/// Keeps what the text of a deserializer's error will say in words.
pub(super) fn failed(error: ObjectError) {
    FAULT.set(Some(error));
}

/// Why an object was not read, if that is what `error` says. A type may have tried to read an object and then something else:
/// what it says in the end counts.
pub(crate) fn fault_of(error: &serde_json::Error) -> Option<ObjectError> {
    let fault = FAULT.take()?;
    error.to_string().contains(&fault.to_string()).then_some(fault)
}
