use std::future::ready;

use serde::Serialize;
use serde_json::Value;
use tracing::{debug, error, info, warn};

use super::super::super::priority::Priority;
use super::super::driver::{Delivering, NotifyDriver};
use super::super::emission::Emission;
use super::masking::{masked, masked_text};
use crate::json;
use crate::text::printable;

/// What a payload is in the log that is nested deeper than it is read.
const TOO_DEEP: &str = "nested too deeply to be masked";

/// Writes each event to the log as a line of JSON, under the target `rpc_runtime::notification` and with its type in the
/// field `event_type`, at the level of its priority: `critical` is an error, `audit` and `sample` are infos.
///
/// What is called a password, a token, a secret or the like is written as `***`, at any depth, and so is what follows such a
/// word in a text. The context is not written.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct LogDriver;

/// An event as it is written.
#[derive(Serialize)]
struct Line<'a> {
    message_id: &'a str,
    publisher_id: Option<String>,
    event_type: String,
    priority: &'a str,
    payload: Value,
    timestamp: &'a str,
}

impl LogDriver {
    /// The driver.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

fn line(emission: &Emission) -> String {
    let line = Line {
        message_id: emission.message_id(),
        publisher_id: emission.publisher_id().map(|id| masked_text(id).into_owned()),
        event_type: masked_text(emission.event_type()).into_owned(),
        priority: emission.priority().wire_name(),
        payload: emission.payload().decode().map_or_else(|_| TOO_DEEP.into(), masked),
        timestamp: emission.timestamp(),
    };
    let mut out = Vec::new();
    json::write_plain::<0, _>(&mut out, &line);
    // What is written is ASCII.
    String::from_utf8(out).unwrap_or_default()
}

macro_rules! logged {
    ($level:ident, $emission:expr) => {
        $level!(
            target: "rpc_runtime::notification",
            event_type = printable($emission.event_type()),
            "{}", line($emission)
        )
    };
}

impl NotifyDriver for LogDriver {
    fn name(&self) -> &str {
        "log"
    }

    fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
        match emission.priority() {
            Priority::Critical | Priority::Error => logged!(error, emission),
            Priority::Warn => logged!(warn, emission),
            Priority::Audit | Priority::Info | Priority::Sample => logged!(info, emission),
            Priority::Debug => logged!(debug, emission),
        }
        Box::pin(ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures::FutureExt;
    use serde_json::json;
    use tracing::field::{Field, Visit};
    use tracing::{Event, Level, Subscriber};
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context as Layered, SubscriberExt};

    use super::*;
    use crate::context::Context;
    use crate::notification::Notification;
    use crate::notification::notifier::emission::Home;
    use crate::notification::notifier::redaction::redacted;
    use crate::notification::notifier::retry::Retry;

    /// The lines: their targets, levels and fields.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<(String, Level, Fields)>>>);

    /// The type of the event, and the message.
    #[derive(Default)]
    struct Fields(String, String);

    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            match field.name() {
                "event_type" => self.0 = format!("{value:?}"),
                _ => self.1 = format!("{value:?}"),
            }
        }
    }

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Layered<'_, S>) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            let (target, level) = (event.metadata().target().to_owned(), *event.metadata().level());
            self.0.lock().unwrap().push((target, level, fields));
        }
    }

    fn logged(priority: Priority, event_type: &str, payload: &Value) -> (Level, String, String) {
        let event = Notification::new(priority, event_type, payload).unwrap();
        let context = redacted(&Context::new().with_auth_token("t0p")).unwrap();
        let publisher = Some("compute.host1".into());
        let emission = Emission::new(publisher, event, context, Home::default(), Retry::NEVER);
        let lines = Lines::default();
        let subscriber = tracing_subscriber::registry().with(lines.clone());
        tracing::subscriber::with_default(subscriber, || {
            LogDriver::new().notify(&emission).now_or_never().unwrap().unwrap();
        });
        let mut lines = lines.0.lock().unwrap();
        let (target, level, Fields(event_type, line)) = lines.pop().unwrap();
        assert!(lines.is_empty());
        assert_eq!(target, "rpc_runtime::notification");
        (level, event_type, line)
    }

    #[test]
    fn one_line_of_json_without_secrets() {
        let payload =
            json!({"volume": "v1", "disks": [{"admin_password": "t0p", "size": 5}], "cmd": "--password t0p"});
        let (level, event_type, line) = logged(Priority::Info, "volume.create.end", &payload);
        assert_eq!((level, &*event_type), (Level::INFO, "\"volume.create.end\""));
        assert!(line.is_ascii() && !line.contains('\n'), "{line}");
        let mut read: Value = serde_json::from_str(&line).unwrap();
        for name in ["message_id", "timestamp"] {
            assert!(read[name].take().is_string());
        }
        assert_eq!(
            read,
            json!({
                "message_id": null, "publisher_id": "compute.host1", "event_type": "volume.create.end",
                "priority": "INFO", "timestamp": null,
                "payload": {"volume": "v1", "disks": [{"admin_password": "***", "size": 5}], "cmd": "--password ***"},
            })
        );
    }

    #[test]
    fn every_priority_has_a_level() {
        for (priority, level) in [
            (Priority::Audit, Level::INFO),
            (Priority::Critical, Level::ERROR),
            (Priority::Debug, Level::DEBUG),
            (Priority::Error, Level::ERROR),
            (Priority::Info, Level::INFO),
            (Priority::Sample, Level::INFO),
            (Priority::Warn, Level::WARN),
        ] {
            assert_eq!(logged(priority, "e", &json!(1)).0, level, "{priority}");
        }
    }

    #[test]
    fn nobody_forges_a_line() {
        let (_, event_type, line) = logged(Priority::Info, "e\nERROR forged", &json!("a\nERROR forged"));
        assert!(!event_type.contains('\n') && !line.contains('\n'), "{event_type} {line}");
        let deep = (0..200).fold(json!("t0p"), |inner, _| json!([inner]));
        let (_, _, line) = logged(Priority::Info, "e", &deep);
        assert!(line.contains(TOO_DEEP) && !line.contains("t0p"), "{line}");
    }
}
