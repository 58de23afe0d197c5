//! Whatever there is to hear on a bus, a line for each event.

use std::io::{self, Write as _};
use std::process;

use anyhow::Context as _;
use clap::Parser;
use rpc_runtime::Context;
use rpc_runtime::notification::{Filter, Listener, Meta, Notification, NotificationEndpoint, Priority};
use rpc_runtime::service::{HookError, Hooks, ServiceBuilder};

use crate::bus::{Bus, BusArgs};

/// Prints what services tell by notifications.
#[derive(Debug, Parser)]
pub struct ListenerArgs {
    /// With memory://, a volume service and its client run in this process, so that there is something to hear.
    #[command(flatten)]
    pub bus: BusArgs,
    /// A topic to listen to; several may be given. The default is what configuration files say, or notifications.
    #[arg(long)]
    pub topic: Vec<String>,
    /// The exchange of the topics; that of the transport unless given.
    #[arg(long)]
    pub exchange: Option<String>,
    /// Only this priority; several may be given.
    #[arg(long)]
    pub priority: Vec<Priority>,
    /// Only events whose type begins with what this regular expression matches: volume\\.create
    #[arg(long, value_name = "REGEX")]
    pub event_type: Option<String>,
    /// Only events of publishers whose id begins with what this matches: volume\\.host1
    #[arg(long, value_name = "REGEX")]
    pub publisher_id: Option<String>,
    /// Only events with a text in their payload that begins with what this matches: status=error; several may be given,
    /// which have to match all.
    #[arg(long, value_name = "KEY=REGEX", value_parser = key_and_regex)]
    pub payload: Vec<(String, String)>,
    /// The pool to be a member of: it hears everything, and each of its members a part. Without one this listener takes
    /// away what others wait for.
    #[arg(long)]
    pub pool: Option<String>,
}

fn key_and_regex(text: &str) -> Result<(String, String), String> {
    let (key, regex) = text.split_once('=').ok_or("expected KEY=REGEX")?;
    Ok((key.to_owned(), regex.to_owned()))
}

impl ListenerArgs {
    /// The topics to listen to.
    ///
    /// # Errors
    /// The configuration's cannot be read.
    pub fn topics(&self, bus: &Bus) -> anyhow::Result<Vec<String>> {
        if !self.topic.is_empty() {
            return Ok(self.topic.clone());
        }
        Ok(bus.config.list("oslo_messaging_notifications", "topics")?.unwrap_or_default())
    }

    /// Has a service listen, and print what it hears.
    ///
    /// # Errors
    /// An argument is not what it should be.
    pub fn listen(&self, service: ServiceBuilder, bus: &Bus) -> anyhow::Result<ServiceBuilder> {
        let mut endpoint = NotificationEndpoint::new(print).filter(self.filter()?);
        if !self.priority.is_empty() {
            endpoint = endpoint.priorities(self.priority.iter().copied());
        }
        let mut builder = Listener::builder(&bus.notifications).endpoint(endpoint);
        let topics = self.topics(bus)?;
        for topic in &topics {
            builder = match &self.exchange {
                Some(exchange) => builder.topic_of(&**exchange, &**topic),
                None => builder.topic(&**topic),
            };
        }
        if let Some(pool) = &self.pool {
            builder = builder.pool(&**pool);
        }
        // In order, for those who read.
        Ok(service.listener(builder.concurrency(1)).manager(Announcement { topics }))
    }

    fn filter(&self) -> anyhow::Result<Filter> {
        let mut filter = Filter::new();
        if let Some(regex) = &self.event_type {
            filter = filter.event_type(regex).context("--event-type")?;
        }
        if let Some(regex) = &self.publisher_id {
            filter = filter.publisher_id(regex).context("--publisher-id")?;
        }
        for (key, regex) in &self.payload {
            filter = filter.payload(key, regex).context("--payload")?;
        }
        Ok(filter)
    }
}

/// Says that the listener listens.
struct Announcement {
    topics: Vec<String>,
}

impl Hooks for Announcement {
    async fn post_start_hook(&self) -> Result<(), HookError> {
        println!("listening to {}; Ctrl-C ends it", self.topics.join(", "));
        Ok(())
    }
}

/// Time, priority, publisher, type and payload.
async fn print(_: Context, event: Notification, meta: Meta) {
    let time = meta.timestamp.as_deref().unwrap_or("-");
    let publisher = meta.publisher_id.as_deref().unwrap_or("-");
    let priority = event.priority().wire_name();
    let line = format!("{time} {priority} {publisher} {} {}", event.event_type(), event.payload().text());
    if writeln!(io::stdout(), "{}", one_line(&line)).is_err() {
        // Nobody reads any more. What was not acknowledged goes back to its queue.
        process::exit(1);
    }
}

/// What others wrote, so that it neither makes lines of its own nor tells the terminal what to do.
fn one_line(text: &str) -> String {
    // Some are no control characters, but turn the direction of what follows.
    let harmful = |char: char| {
        char.is_control()
            || matches!(char, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|char| if harmful(char) { ' ' } else { char }).collect()
}
