//! The log lines of a listener that peers and handlers bring about, beside those of any receiver: what they wrote is escaped
//! and shortened, and of each kind of line there are a few a minute. The others are logged at the level `debug`.

use std::sync::Arc;

use super::meta::Meta;
use super::unreadable::Unreadable;
use crate::rare_log::{FEW, RareLog, rarely};
use crate::receiving;
use crate::text::printable;

/// The lines of one listener.
#[derive(Debug)]
pub(super) struct Log {
    /// Those of any receiver.
    pub(super) received: Arc<receiving::Log>,
    unknown_priority: RareLog,
    unreadable: RareLog,
    failed: RareLog,
    given_up: RareLog,
    too_late: RareLog,
    cut_off: RareLog,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            received: Arc::default(),
            unknown_priority: RareLog::default(),
            unreadable: RareLog::few(FEW),
            failed: RareLog::few(FEW),
            given_up: RareLog::few(FEW),
            too_late: RareLog::default(),
            cut_off: RareLog::few(FEW),
        }
    }
}

impl Log {
    /// A notification of a priority that there is not.
    pub(super) fn unknown_priority(&self, priority: &str, queue: &str) {
        let [priority, queue] = [priority, queue].map(printable);
        rarely!(
            self.unknown_priority,
            warn,
            priority,
            queue,
            "ignored a notification of an unknown priority"
        );
    }

    /// A notification that an endpoint does not get.
    pub(super) fn unreadable(&self, error: &Unreadable, meta: &Meta) {
        let [event_type, message_id] = named(meta);
        let error = printable(&error.to_string());
        rarely!(
            self.unreadable,
            warn,
            event_type,
            message_id,
            "an endpoint cannot read a notification: {error}"
        );
    }

    /// A notification whose handler failed.
    pub(super) fn failed(&self, error: &str, meta: &Meta) {
        let [event_type, message_id] = named(meta);
        let error = printable(error);
        rarely!(self.failed, error, event_type, message_id, "the handler of a notification failed: {error}");
    }

    /// A notification that was delivered too often, and for which there is no other place.
    pub(super) fn given_up(&self, meta: &Meta, deliveries: u32) {
        let [event_type, message_id] = named(meta);
        rarely!(self.given_up, error, event_type, message_id, deliveries, "gave a notification up");
    }

    /// A notification whose handler was cut off and that will not come again.
    pub(super) fn cut_off(&self, meta: &Meta) {
        let [event_type, message_id] = named(meta);
        rarely!(self.cut_off, error, event_type, message_id, "the handler of a notification was cut off");
    }

    /// A notification that was to go back, but was acknowledged before.
    pub(super) fn too_late(&self, meta: &Meta) {
        let [event_type, message_id] = named(meta);
        rarely!(
            self.too_late,
            warn,
            event_type,
            message_id,
            "a notification that was acknowledged early cannot go back"
        );
    }
}

/// What a person finds a notification by.
fn named(meta: &Meta) -> [String; 2] {
    [&meta.event_type, &meta.message_id].map(|text| printable(text.as_deref().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logged::{Panicking, Warnings, forged};
    use crate::notification::priority::Priority;

    fn unreadable(why: String) -> Unreadable {
        Unreadable::Context { event_type: "e".to_owned(), why }
    }

    #[test]
    fn who_reads_the_log_may_panic() {
        let (log, meta) = (Log::default(), Meta::new(Priority::Info));
        let _guard = Panicking::set();
        log.unknown_priority("x", "q");
        log.unreadable(&unreadable(String::new()), &meta);
        log.failed("why", &meta);
        log.given_up(&meta, 5);
        log.too_late(&meta);
        log.cut_off(&meta);
    }

    #[test]
    fn a_peer_can_neither_forge_nor_flood_lines() {
        let (log, forged) = (Log::default(), forged());
        let meta = Meta {
            event_type: Some(forged.clone()),
            message_id: Some(forged.clone()),
            ..Meta::new(Priority::Info)
        };
        let (warnings, _guard) = Warnings::collect();
        let few = FEW as usize;
        assert_eq!(warnings.of_a_thousand(|| log.unknown_priority(&forged, &forged)), 1);
        assert_eq!(warnings.of_a_thousand(|| log.unreadable(&unreadable(forged.clone()), &meta)), few);
        assert_eq!(warnings.of_a_thousand(|| log.failed(&forged, &meta)), few);
        assert_eq!(warnings.of_a_thousand(|| log.given_up(&meta, 5)), few);
        assert_eq!(warnings.of_a_thousand(|| log.too_late(&meta)), 1);
        assert_eq!(warnings.of_a_thousand(|| log.cut_off(&meta)), few);
        warnings.check_lines();
    }
}
