//! Log lines as events.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context as Layered;

use super::notifier::{Notifier, is_sending, masked_text, quietly};
use super::priority::Priority;
use crate::context::Context;
use crate::secrets::is_secret;

/// A layer of `tracing` that makes an event of each log line from some level on, as oslo.messaging's handlers for Python's
/// logging do. With the feature `log-notifications`.
///
/// ```
/// use rpc_runtime::Transport;
/// use rpc_runtime::notification::{LogNotifications, Notifier, TestDriver};
/// use tracing_subscriber::layer::SubscriberExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (transport, test) = (Transport::connect("memory://").await?, TestDriver::new());
/// let notifier = Notifier::builder(&transport).publisher_id("volume.host1").driver(test.clone()).build()?;
/// let subscriber = tracing_subscriber::registry().with(LogNotifications::records(notifier.clone()));
/// tracing::subscriber::with_default(subscriber, || tracing::warn!(volume = "v1", "almost full"));
///
/// notifier.flush(std::time::Duration::from_secs(5)).await?;
/// let emission = &test.take()[0];
/// assert_eq!(emission.event_type(), "logrecord");
/// assert!(emission.payload().text().contains(r#""msg":"almost full""#));
/// # Ok(())
/// # }
/// ```
///
/// The events are emitted [detached](Notifier::emit_detached), so that a line costs its thread no wait, whether it is one of a
/// runtime or not; where there are too many, the oldest go. They have no context. Values of fields that are called a token, a
/// password or the like are `***`, and so is what follows such a word in a text.
///
/// # When the program ends
///
/// What was logged last may still wait then, and is counted as dropped when the runtime ends. It is often why the program ends,
/// so whoever wants it told [flushes](Notifier::flush) before, and after all that may log:
///
/// ```
/// use std::time::Duration;
///
/// use rpc_runtime::Transport;
/// use rpc_runtime::notification::{LogNotifications, Notifier};
/// use tracing_subscriber::layer::SubscriberExt;
/// use tracing_subscriber::util::SubscriberInitExt;
///
/// # async fn serve(_: &Transport) -> Result<(), std::io::Error> { Err(std::io::Error::other("the disk is full")) }
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let transport = Transport::connect("memory://").await?; // or rabbit://user:password@host:5672/
///     let notifier = Notifier::builder(&transport).publisher_id("volume.host1").build()?;
///     tracing_subscriber::registry().with(LogNotifications::errors(notifier.clone())).init();
///
///     if let Err(error) = serve(&transport).await {
///         tracing::error!(%error, "the service ends");
///     }
///     notifier.flush(Duration::from_secs(10)).await?;
///     # assert_eq!(notifier.counters().sent, 1);
///     transport.close(Duration::from_secs(5)).await;
///     Ok(())
/// }
/// ```
///
/// # What makes no events
///
/// What this crate and the libraries below it log makes no events, nor does what is logged by the drivers of any notifier while
/// they send: an event that could not be sent would lead to the next one.
#[derive(Debug, Clone)]
pub struct LogNotifications {
    notifier: Notifier,
    level: Level,
    form: Form,
}

/// What an event says of a line.
#[derive(Debug, Clone, Copy)]
enum Form {
    Record,
    Error,
}

impl LogNotifications {
    /// Events as `LoggingNotificationHandler` makes them: their type is `logrecord` and their priority the level; the payload
    /// has the members of a Python log record, and the fields of the line as `extra`. By default of warnings and errors.
    ///
    /// | Member | What it is |
    /// |---|---|
    /// | `name` | the target |
    /// | `levelno`, `levelname` | the level as Python has it: 30 and `WARNING` |
    /// | `pathname`, `lineno` | where the line is in the code |
    /// | `msg` | the message |
    /// | `funcName` | the span in which it was logged, or null |
    /// | `thread` | a number of the thread in this process |
    /// | `process`, `processName` | the process, by its id and its program |
    /// | `exc_info` | null |
    /// | `extra` | the fields |
    #[must_use]
    pub fn records(notifier: Notifier) -> Self {
        Self { notifier, level: Level::WARN, form: Form::Record }
    }

    /// Events as `LoggingErrorNotificationHandler` makes them: their type is `error_notification`, their priority `error`, and
    /// the payload has the message as `error`. By default of errors alone.
    #[must_use]
    pub fn errors(notifier: Notifier) -> Self {
        Self { notifier, level: Level::ERROR, form: Form::Error }
    }

    /// From which level on lines make events. `TRACE` is as good as `DEBUG`: Python has nothing below.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    fn emit(&self, line: Line, metadata: &Metadata<'_>, span: Option<&'static str>) {
        let Some(severity) = Severity::of(*metadata.level()) else { return };
        let nobody = Context::new();
        match self.form {
            Form::Error => {
                let payload = ErrorNotification { error: &masked_text(&line.message) };
                self.notifier.notify_detached(&nobody, Priority::Error, "error_notification", &payload);
            }
            Form::Record => {
                let payload = Record {
                    name: line.target.as_deref().unwrap_or(metadata.target()),
                    levelno: severity.number,
                    levelname: severity.name,
                    exc_info: None,
                    pathname: line.file.as_deref().or(metadata.file()),
                    lineno: line.line.or(metadata.line().map(u64::from)),
                    msg: &masked_text(&line.message),
                    func_name: span,
                    thread: THREAD.with(|number| *number),
                    process_name: &PROGRAM,
                    process: std::process::id(),
                    extra: &line.fields,
                };
                self.notifier.notify_detached(&nobody, severity.priority, "logrecord", &payload);
            }
        }
    }
}

impl<S: Subscriber> Layer<S> for LogNotifications {
    fn on_event(&self, event: &Event<'_>, context: Layered<'_, S>) {
        let metadata = event.metadata();
        if *metadata.level() > self.level || is_own(metadata.target()) || is_sending() {
            return;
        }
        // What the values of its fields log when they are written is not to come here again.
        quietly(|| {
            let mut line = Line::default();
            event.record(&mut line);
            let of_others = !line.target.as_deref().is_some_and(is_own);
            if of_others && self.notifier.is_enabled() {
                self.emit(line, metadata, context.current_span().metadata().map(Metadata::name));
            }
        });
    }
}

/// Whether a target is one of this crate, or of what it sends by.
fn is_own(target: &str) -> bool {
    const OWN: &[&str] = &[
        "rpc_runtime",
        "amq_protocol",
        "amq_protocol_tcp",
        "amq_protocol_types",
        "amq_protocol_uri",
        "async_rs",
        "lapin",
        "mio",
        "rustls",
        "rustls_native_certs",
        "tokio",
    ];
    OWN.contains(&target.split("::").next().unwrap_or(target))
}

/// A level as Python has it.
struct Severity {
    number: u8,
    name: &'static str,
    priority: Priority,
}

impl Severity {
    fn of(level: Level) -> Option<Self> {
        let (number, name, priority) = match level {
            Level::ERROR => (40, "ERROR", Priority::Error),
            Level::WARN => (30, "WARNING", Priority::Warn),
            Level::INFO => (20, "INFO", Priority::Info),
            Level::DEBUG => (10, "DEBUG", Priority::Debug),
            _ => return None,
        };
        Some(Self { number, name, priority })
    }
}

#[derive(Serialize)]
struct ErrorNotification<'a> {
    error: &'a str,
}

#[derive(Serialize)]
struct Record<'a> {
    name: &'a str,
    levelno: u8,
    levelname: &'static str,
    exc_info: Option<&'static str>,
    pathname: Option<&'a str>,
    lineno: Option<u64>,
    msg: &'a str,
    #[serde(rename = "funcName")]
    func_name: Option<&'static str>,
    thread: u64,
    #[serde(rename = "processName")]
    process_name: &'a str,
    process: u32,
    extra: &'a Map<String, Value>,
}

thread_local! {
    /// The standard library has no numbers of threads.
    static THREAD: u64 = {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

static PROGRAM: LazyLock<String> = LazyLock::new(|| {
    let program = std::env::current_exe().ok();
    let name = program.as_ref().and_then(|program| program.file_name());
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
});

/// What a log line says.
#[derive(Default)]
struct Line {
    message: String,
    fields: Map<String, Value>,
    /// Of a line that came by the crate `log`, which is where these are.
    target: Option<String>,
    file: Option<String>,
    line: Option<u64>,
}

impl Line {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        let value = if is_secret(field.name()) { "***".into() } else { value.into() };
        match (field.name(), value) {
            ("message", Value::String(message)) => self.message = message,
            ("log.target", Value::String(target)) => self.target = Some(target),
            ("log.file", Value::String(file)) => self.file = Some(file),
            ("log.line", Value::Number(line)) => self.line = line.as_u64(),
            ("log.module_path", _) => {}
            (name, Value::String(text)) => {
                self.fields.insert(name.to_owned(), masked_text(&text).into_owned().into());
            }
            (name, value) => {
                self.fields.insert(name.to_owned(), value);
            }
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::notification::{Delivering, DriverName, Emission, NotifyDriver, TestDriver};
    use crate::transport::Transport;

    const SOON: Duration = Duration::from_secs(60);

    async fn notifier(driver: impl NotifyDriver + 'static) -> Notifier {
        let transport = Transport::connect("memory://").await.unwrap();
        Notifier::builder(&transport).publisher_id("p").driver(driver).build().unwrap()
    }

    fn payload(emission: &Emission) -> Value {
        emission.payload().decode().unwrap()
    }

    /// The events that `log` makes.
    async fn events(layer: impl FnOnce(Notifier) -> LogNotifications, log: impl FnOnce()) -> Vec<Emission> {
        let test = TestDriver::new();
        let notifier = notifier(test.clone()).await;
        let subscriber = tracing_subscriber::registry().with(layer(notifier.clone()));
        tracing::subscriber::with_default(subscriber, log);
        notifier.flush(SOON).await.unwrap();
        test.take()
    }

    #[tokio::test]
    async fn a_line_becomes_a_record_of_python() {
        let line = u64::from(line!());
        let log = || {
            tracing::warn_span!("attach").in_scope(|| {
                tracing::warn!(target: "cinder::volume", volume = "v1", size = 5, left = -1,
                full = 0.5, ok = true, user_token = "t0p", "almost full, {}", "password=t0p")
            });
            tracing::info!("not of the level");
        };
        let events = events(LogNotifications::records, log).await;
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].event_type(), events[0].priority()), ("logrecord", Priority::Warn));
        let mut payload = payload(&events[0]);
        assert!(payload["lineno"].take().as_u64().is_some_and(|at| (line..line + 20).contains(&at)));
        for number in ["thread", "process"] {
            assert!(payload[number].take().as_u64().is_some_and(|number| number > 0), "{number}");
        }
        assert!(payload["processName"].take().as_str().is_some_and(|name| name.starts_with("rpc_runtime")));
        assert!(
            payload["pathname"].take().as_str().is_some_and(|path| path.ends_with("notification/layer.rs"))
        );
        let expected = json!({
            "name": "cinder::volume", "levelno": 30, "levelname": "WARNING", "exc_info": null, "pathname": null,
            "lineno": null, "msg": "almost full, password=***", "funcName": "attach", "thread": null,
            "processName": null, "process": null,
            "extra": {"volume": "v1", "size": 5, "left": -1, "full": 0.5, "ok": true, "user_token": "***"},
        });
        assert_eq!(payload, expected);
    }

    #[tokio::test]
    async fn levels_are_priorities() {
        let log = || {
            tracing::error!(target: "x", "e");
            tracing::warn!(target: "x", "w");
            tracing::info!(target: "x", "i");
            tracing::debug!(target: "x", "d");
            tracing::trace!(target: "x", "t");
        };
        let events = events(|notifier| LogNotifications::records(notifier).level(Level::TRACE), log).await;
        let priorities: Vec<_> = events.iter().map(Emission::priority).collect();
        assert_eq!(priorities, [Priority::Error, Priority::Warn, Priority::Info, Priority::Debug]);
    }

    #[tokio::test]
    async fn errors_alone() {
        let log = || {
            tracing::error!(target: "x", volume = 5, "it failed");
            tracing::warn!(target: "x", "it did not");
        };
        let events = events(LogNotifications::errors, log).await;
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].event_type(), events[0].priority()), ("error_notification", Priority::Error));
        assert_eq!(payload(&events[0]), json!({"error": "it failed"}));
    }

    /// A value that logs when it is written.
    struct Chatty;

    impl fmt::Debug for Chatty {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            tracing::error!(target: "x", "I am written");
            f.write_str("Chatty")
        }
    }

    #[tokio::test]
    async fn what_sends_makes_no_events() {
        let log = || {
            for target in ["rpc_runtime", "rpc_runtime::panics", "lapin::channel", "mio::poll", "tokio::task"]
            {
                assert!(is_own(target), "{target}");
            }
            tracing::error!(target: "rpc_runtime::panics", "of this crate");
            tracing::error!(target: "rustls::conn", "of a library");
            tracing::error!(target: "log", { log.target = "rustls::conn" }, "of a library that knows no tracing");
            tracing::error!(target: "log", { log.target = "mysql", log.file = "a.rs", log.line = 7 }, "of another");
            tracing::error!(target: "tokio_postgres::query", chatty = ?Chatty, "of a third one");
        };
        let events = events(LogNotifications::records, log).await;
        let [mysql, postgres] = &events.iter().map(payload).collect::<Vec<_>>()[..] else {
            panic!("{events:?}")
        };
        assert_eq!(
            (&mysql["name"], &mysql["pathname"], &mysql["lineno"]),
            (&json!("mysql"), &json!("a.rs"), &json!(7))
        );
        assert_eq!(mysql["extra"], json!({}));
        assert_eq!(
            (&postgres["msg"], &postgres["extra"]),
            (&json!("of a third one"), &json!({"chatty": "Chatty"}))
        );
    }

    /// Logs each event that it is given, as something of the user's.
    #[derive(Debug)]
    struct Loud(TestDriver);

    impl NotifyDriver for Loud {
        fn name(&self) -> &str {
            "loud"
        }

        fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
            Box::pin(async move {
                tracing::error!(target: "loud", "before");
                tokio::task::yield_now().await;
                tracing::error!(target: "loud", "after");
                self.0.notify(emission).await
            })
        }
    }

    #[tokio::test]
    async fn a_driver_that_logs_does_not_feed_itself() {
        let test = TestDriver::new();
        let notifier = notifier(Loud(test.clone())).await;
        let subscriber = tracing_subscriber::registry().with(LogNotifications::records(notifier.clone()));
        let _guard = tracing::subscriber::set_default(subscriber);
        tracing::error!(target: "x", "once");
        notifier.flush(SOON).await.unwrap();
        notifier.info(&Context::new(), "e", &1).await.unwrap();
        notifier.flush(SOON).await.unwrap();
        assert_eq!(notifier.counters().sent, 2);
        assert_eq!(test.take().len(), 2);
        assert!(!is_sending());
        tracing::error!(target: "x", "twice");
        notifier.flush(SOON).await.unwrap();
        assert_eq!(test.take().len(), 1);
    }

    #[test]
    fn a_thread_without_runtime_may_log() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let test = TestDriver::new();
        let notifier = runtime.block_on(notifier(test.clone()));
        let subscriber = tracing_subscriber::registry().with(LogNotifications::records(notifier.clone()));
        std::thread::spawn(|| {
            tracing::subscriber::with_default(subscriber, || tracing::error!(target: "x", "outside"));
        })
        .join()
        .unwrap();
        runtime.block_on(notifier.flush(SOON)).unwrap();
        assert_eq!(payload(&test.take()[0])["msg"], "outside");
    }

    #[tokio::test]
    async fn a_notifier_that_sends_nothing_costs_nothing() {
        let transport = Transport::connect("memory://").await.unwrap();
        let notifier = Notifier::builder(&transport).drivers([DriverName::Noop]).build().unwrap();
        let subscriber = tracing_subscriber::registry().with(LogNotifications::records(notifier.clone()));
        tracing::subscriber::with_default(subscriber, || tracing::error!(target: "x", "nobody hears it"));
        assert_eq!(notifier.counters(), crate::notification::NotifierCounters::default());
    }
}
