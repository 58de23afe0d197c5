//! Tests of notifiers as a whole, on a bus that does what they say.

mod building;
mod delivery;
mod detached;
mod redaction;
mod vectors;

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::transport::Transport;
use crate::transport::driver::{Outgoing, PublishError, Route};
use crate::transport::stub::Stub;
use crate::wire::{Content, Limits, Notification as Read};

/// A bound on hanging.
const SOON: Duration = Duration::from_secs(60);

/// What happens on a bus, in order.
#[derive(Clone, Default)]
struct Bus(Arc<Mutex<Vec<(&'static str, Outgoing)>>>, Arc<Mutex<Vec<Route>>>);

impl Bus {
    /// A bus that gives these outcomes, one after the other, and takes everything after them.
    fn with(outcomes: impl IntoIterator<Item = Result<(), PublishError>>) -> (Self, Stub) {
        let bus = Self::default();
        let mut outcomes = outcomes.into_iter().collect::<Vec<_>>().into_iter();
        let outcomes = Mutex::new(move || outcomes.next().unwrap_or(Ok(())));
        let stub = Stub::publishing({
            let bus = bus.clone();
            move |message| {
                let outcome = (outcomes.lock().unwrap())();
                bus.0.lock().unwrap().push((if outcome.is_ok() { "taken" } else { "refused" }, message));
                ready(outcome)
            }
        });
        let declaring = bus.clone();
        let stub = stub.declaring(move |route| {
            declaring.1.lock().unwrap().push(route);
            ready(Ok(()))
        });
        (bus, stub)
    }

    fn new() -> (Self, Stub) {
        Self::with([])
    }

    /// The messages that were handed over.
    fn published(&self) -> Vec<Outgoing> {
        self.0.lock().unwrap().iter().map(|(_, message)| message.clone()).collect()
    }

    /// The routes of those that were taken.
    fn taken(&self) -> Vec<String> {
        let published = self.0.lock().unwrap();
        published
            .iter()
            .filter(|(what, _)| *what == "taken")
            .map(|(_, message)| message.route.to_string())
            .collect()
    }

    fn declared(&self) -> Vec<String> {
        self.1.lock().unwrap().iter().map(Route::to_string).collect()
    }
}

/// A notifier on a bus.
fn notifier(stub: Stub, with: impl FnOnce(NotifierBuilder) -> NotifierBuilder) -> Notifier {
    let builder =
        Notifier::builder(&Transport::for_tests(stub)).publisher_id("compute.host1").exchange("nova");
    with(builder).build().unwrap()
}

/// A body as a listener reads it.
fn read(message: &Outgoing) -> Read {
    Read::decode(&message.body, &Content::JSON, &Limits::default()).unwrap()
}

/// The message within a body, whether it has an envelope or not.
fn inner(body: &[u8]) -> Value {
    let body: Value = serde_json::from_slice(body).unwrap();
    match &body["oslo.message"] {
        Value::String(message) => serde_json::from_str(message).unwrap(),
        _ => body,
    }
}
