//! The lock of a file that excludes Python's processes as well.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;

use crate::lock::lock;

/// A lock of POSIX, as oslo.concurrency takes it, is one of a whole process: each of its threads has it, and loses it when
/// another one closes the file. So they take turns.
static TURN: Mutex<()> = Mutex::new(());

/// The lock, for as long as this is there.
pub(super) struct Lock {
    /// Closed before the turn is over.
    _file: File,
    _turn: MutexGuard<'static, ()>,
}

impl Lock {
    /// Takes the lock, unless another process has it. The file and its folder are made if they are not there.
    pub(super) fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let turn = lock(&TURN);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::options().append(true).create(true).open(path)?;
        match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file, _turn: turn })),
            Err(Errno::ACCESS | Errno::AGAIN) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
