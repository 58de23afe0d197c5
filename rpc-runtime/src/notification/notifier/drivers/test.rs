use std::collections::VecDeque;
use std::future::ready;
use std::sync::{Arc, Mutex};

use super::super::driver::{Delivering, NotifyDriver};
use super::super::emission::Emission;
use crate::lock::lock;

/// How many events are kept.
const KEPT: usize = 10_000;

/// Keeps the events that it is given, for a test to look at: the last 10,000. Clones share them.
///
/// ```
/// use rpc_runtime::notification::{Notifier, TestDriver};
/// use rpc_runtime::{Context, Transport};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (transport, test) = (Transport::connect("memory://").await?, TestDriver::new());
/// let notifier = Notifier::builder(&transport).publisher_id("volume.host1").driver(test.clone()).build()?;
/// notifier.info(&Context::request(), "volume.create.end", &"v1").await?;
///
/// let emissions = test.take();
/// assert_eq!((emissions[0].event_type(), emissions[0].payload().text()), ("volume.create.end", r#""v1""#));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct TestDriver(Arc<Mutex<VecDeque<Emission>>>);

impl TestDriver {
    /// A driver that has no event yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The events since the last time, in the order in which they came.
    #[must_use]
    pub fn take(&self) -> Vec<Emission> {
        std::mem::take(&mut *lock(&self.0)).into()
    }
}

impl NotifyDriver for TestDriver {
    fn name(&self) -> &str {
        "test"
    }

    fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
        let mut kept = lock(&self.0);
        let oldest = if kept.len() >= KEPT { kept.pop_front() } else { None };
        kept.push_back(emission.clone());
        drop((kept, oldest));
        Box::pin(ready(Ok(())))
    }
}
