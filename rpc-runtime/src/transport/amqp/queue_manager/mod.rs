//! Names of queues that a service has again after a restart, as the queue manager of oslo.messaging makes them.
//!
//! Such a name ends with a number, which all processes of a service on one host, of either language, draw from one counter
//! in shared memory. It begins anew with each process group, as a restarted service is one: so its processes find the
//! queues of those before them, and what came there meanwhile.
//!
//! * `counter` is the file with the counter, `group` tells one run of a service from the next.
//! * `lock` keeps others from the counter for a moment.

mod counter;
mod group;
mod lock;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};

use self::counter::Counter;
use self::group::Group;
use self::lock::Lock;
use super::options::AmqpOptions;
use crate::clock::after;
use crate::error::{Cause, Fault, FaultKind};
use crate::transport::error::OptionError;

/// Where files are in memory, and gone when the host restarts.
const SHARED_MEMORY: &str = "/dev/shm";
/// What Linux calls this host.
const HOSTNAME: &str = "/proc/sys/kernel/hostname";
/// The longest name of a file.
const MAX_NAME: usize = 255;

/// How long to wait for the lock at first, and at most: as long as Python does.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// How long each attempt has at least, which takes no time to speak of unless the files are out of reach.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Makes names for queues.
#[derive(Debug)]
pub(super) struct QueueManager {
    /// What all names have in common.
    prefix: String,
    files: Arc<Files>,
}

#[derive(Debug)]
struct Files {
    lock: PathBuf,
    counter: Counter,
}

impl QueueManager {
    /// The queue manager that the options ask for, if they do.
    pub(super) fn new(options: &AmqpOptions) -> Result<Option<Self>, OptionError> {
        if !options.use_queue_manager {
            return Ok(None);
        }
        let lock_path = options.lock_folder()?;
        let hostname = options.hostname.clone().map_or_else(own_host, Ok)?;
        let processname = options.processname.clone().map_or_else(own_program, Ok)?;
        Self::at(&hostname, &processname, &lock_path, Path::new(SHARED_MEMORY)).map(Some)
    }

    fn at(host: &str, process: &str, lock_path: &Path, memory: &Path) -> Result<Self, OptionError> {
        for (option, name) in [("hostname", host), ("processname", process)] {
            if name.contains(['/', '\0']) {
                let why = format!("option {option}={name:?}: it is part of the name of a file");
                return Err(OptionError(why));
            }
        }
        let [lock, counter] =
            [format!("oslo_read_shm_{host}_{process}"), format!("{host}_{process}_qmanager")];
        if lock.len().max(counter.len()) > MAX_NAME {
            return Err(OptionError("options hostname and processname are too long together".to_owned()));
        }
        let files = Files { lock: lock_path.join(lock), counter: Counter::new(memory.join(counter)) };
        Ok(Self { prefix: format!("{host}:{process}"), files: Arc::new(files) })
    }

    /// The end of a name that no other process of this service has. It waits for the lock and the files until `deadline`.
    pub(super) async fn next(&self, deadline: Instant, blocking: &Handle) -> Result<String, Fault> {
        let mut pause = FIRST_PAUSE;
        loop {
            let files = Arc::clone(&self.files);
            let drawing = blocking.spawn_blocking(move || files.draw());
            // A file may be on a host that does not answer: the thread that hangs is left to itself.
            let Ok(drawn) = timeout_at(deadline.max(after(ATTEMPT)), drawing).await else {
                let (lock, counter) = (self.files.lock.display(), self.files.counter.path().display());
                let why = format!("use_queue_manager: no answer from {lock} or {counter}");
                return Err(Fault::new(FaultKind::NoAnswer, why));
            };
            match drawn.map_err(|_| Fault::new(FaultKind::Closed, "the transport is closed"))?? {
                Some(number) => return Ok(format!("{}:{number}", self.prefix)),
                None if Instant::now() >= deadline => {
                    let why = format!("somebody else holds the lock {}", self.files.lock.display());
                    return Err(Fault::new(FaultKind::NoAnswer, why));
                }
                None => sleep(pause.min(deadline.saturating_duration_since(Instant::now()))).await,
            }
            pause = (pause + FIRST_PAUSE).min(LONGEST_PAUSE);
        }
    }
}

impl Files {
    /// The next number, or none if somebody else is at it.
    fn draw(&self) -> Result<Option<u64>, Fault> {
        let unusable = |what: &str, path: &dyn Display, error: io::Error| {
            let why = format!("use_queue_manager: {what} {path}: {error}");
            Fault { source: Some(Cause::new(error)), ..Fault::new(FaultKind::Unusable, why) }
        };
        let lock = Lock::try_take(&self.lock);
        let lock = lock.map_err(|error| unusable("cannot lock", &self.lock.display(), error))?;
        let Some(_lock) = lock else { return Ok(None) };
        let group = Group::of_this_process();
        let group = group.map_err(|error| unusable("cannot read", &"the process group", error))?;
        let counter = &self.counter;
        let number = counter.draw(group);
        number.map(Some).map_err(|error| unusable("cannot count in", &counter.path().display(), error))
    }
}

/// The name of this host.
fn own_host() -> Result<String, OptionError> {
    let found = fs::read_to_string(HOSTNAME);
    let unknown =
        |error| OptionError(format!("option hostname is not set, and {HOSTNAME} tells none: {error}"));
    found.map(|name| name.trim_end().to_owned()).map_err(unknown)
}

/// The name of this program, as it was called.
fn own_program() -> Result<String, OptionError> {
    let program = env::args_os().next().map(PathBuf::from);
    let name = program.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    let unknown = || OptionError("option processname is not set, and this program has no name".to_owned());
    name.map(str::to_owned).ok_or_else(unknown)
}

#[cfg(test)]
mod tests;
