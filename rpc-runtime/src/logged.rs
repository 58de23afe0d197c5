//! What is logged, for tests.

use std::fmt::{Debug, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// The warnings and errors that the current thread logs, or what is of lower levels too.
#[derive(Clone)]
pub(crate) struct Warnings {
    lines: Arc<Mutex<Vec<String>>>,
    down_to: Level,
}

/// Lives as long as the process. Of a single subscriber tracing asks the thread that comes to a line first, and for all others,
/// whether anybody wants that line; and the first may be one of another test, which has no subscriber.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Warnings::down_to(Level::WARN)));

impl Warnings {
    /// Collects them until the guard is dropped.
    pub(crate) fn collect() -> (Self, DefaultGuard) {
        Self::collect_down_to(Level::WARN)
    }

    /// The same with all lines from this level on.
    pub(crate) fn collect_down_to(level: Level) -> (Self, DefaultGuard) {
        LazyLock::force(&ANOTHER);
        let warnings = Self::down_to(level);
        let guard = tracing::subscriber::set_default(warnings.clone());
        (warnings, guard)
    }

    fn down_to(level: Level) -> Self {
        Self { lines: Arc::default(), down_to: level }
    }

    /// Those with `text` in them.
    pub(crate) fn with(&self, text: &str) -> Vec<String> {
        self.lines.lock().unwrap().iter().filter(|line| line.contains(text)).cloned().collect()
    }
}

/// A text of a peer that would like to be a line of the log.
pub(crate) fn forged() -> String {
    format!("x\n2026-11-28T15:00:00Z ERROR keystone: \u{1b}[31mall is lost{}", "!".repeat(1 << 20))
}

impl Warnings {
    /// How many lines are left of a thousand.
    pub(crate) fn of_a_thousand(&self, log: impl Fn()) -> usize {
        let before = self.with("").len();
        (0..1000).for_each(|_| log());
        self.with("").len() - before
    }

    /// Panics if one is longer than it has to be, or more than a line.
    pub(crate) fn check_lines(&self) {
        for line in self.with("") {
            assert!(line.len() < 3000, "{}", line.len());
            assert!(!line.contains(char::is_control), "{line}");
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.down_to
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.lines.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A log that panics at each line.
pub(crate) struct Panicking;

impl Panicking {
    /// Has the current thread log so until the guard is dropped.
    pub(crate) fn set() -> DefaultGuard {
        tracing::subscriber::set_default(Self)
    }
}

impl Subscriber for Panicking {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        panic!("the log panics");
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
