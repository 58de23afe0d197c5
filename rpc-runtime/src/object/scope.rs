//! What serde has no place for between an object and who reads or writes it: values are read and written on one thread from
//! beginning to end, so it is kept with that.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
#[cfg(feature = "notifications")]
use std::thread::LocalKey;

use super::fault::ObjectError;
use super::releases::ObjectVersions;

thread_local! {
    /// The versions in which objects are written at most.
    static CAP: RefCell<Option<Arc<ObjectVersions>>> = const { RefCell::new(None) };
    /// Whether an object with changes has been written.
    static CHANGED: Cell<bool> = const { Cell::new(false) };
    /// Why the last object was not read.
    static FAULT: RefCell<Option<ObjectError>> = const { RefCell::new(None) };
    /// Whether objects are written without the names of what was changed.
    static OMITS_CHANGES: Cell<bool> = const { Cell::new(false) };
    /// Whether objects are read that are newer than their class, of the same major version.
    static READS_NEWER: Cell<bool> = const { Cell::new(false) };
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

/// Writes what `write` does with the objects in it as if nothing of them had been changed.
#[cfg(feature = "notifications")]
pub(crate) fn omitting_changes<R>(write: impl FnOnce() -> R) -> R {
    with_flag(&OMITS_CHANGES, write)
}

/// Whether that is how objects are written here.
pub(super) fn omits_changes() -> bool {
    OMITS_CHANGES.get()
}

/// Reads what `read` does, where an object may be newer than its class as long as the major version is the same.
#[cfg(feature = "notifications")]
pub(crate) fn reading_newer<R>(read: impl FnOnce() -> R) -> R {
    with_flag(&READS_NEWER, read)
}

/// Whether that is how objects are read here.
pub(super) fn reads_newer() -> bool {
    READS_NEWER.get()
}

#[cfg(feature = "notifications")]
fn with_flag<R>(flag: &'static LocalKey<Cell<bool>>, run: impl FnOnce() -> R) -> R {
    /// Puts back what was there, also if code of a user's panics.
    struct Restore(&'static LocalKey<Cell<bool>>, bool);

    impl Drop for Restore {
        fn drop(&mut self) {
            self.0.set(self.1);
        }
    }

    let _restore = Restore(flag, flag.replace(true));
    run()
}
