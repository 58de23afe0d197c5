//! Where notifications go: a queue for each topic and priority.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use tokio::sync::Mutex;

use super::super::super::names::{TOPIC, check_exchange, check_topic};
use super::super::super::priority::Priority;
use super::super::emission::Home;
use crate::error::Fault;
use crate::transport::driver::{Driver, Route};

/// One queue, and whether it was declared.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) route: Route,
    /// Which declaration it is there by; 0 if by none.
    declared: AtomicU64,
    /// How many there were. Held while one is under way.
    declarations: Mutex<u64>,
    /// How many events wait for one. Whoever comes after them waits behind them, so that events leave in the order in
    /// which they came.
    waiting: AtomicUsize,
}

impl Place {
    fn new(exchange: &Arc<str>, topic: &str, priority: Priority) -> Self {
        let queue = format!("{topic}.{}", priority.name()).into();
        let route = Route::Notification { exchange: Arc::clone(exchange), queue };
        Self {
            route,
            declared: AtomicU64::new(0),
            declarations: Mutex::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// By which declaration the queue is there, if by any and nobody waits for one.
    pub(super) fn declared(&self) -> Option<u64> {
        let declared = self.declared.load(Ordering::Acquire);
        (declared != 0 && self.waiting.load(Ordering::Acquire) == 0).then_some(declared)
    }

    /// Declares the queue unless that was done before; by which declaration it is there.
    pub(super) async fn declare(&self, driver: &dyn Driver) -> Result<u64, Fault> {
        // The others wait for the first one, and are let go in turn.
        let _waiting = Waiting::among(&self.waiting);
        let mut declarations = self.declarations.lock().await;
        let declared = self.declared.load(Ordering::Acquire);
        if declared != 0 {
            return Ok(declared);
        }
        driver.declare(&self.route).await?;
        *declarations += 1;
        self.declared.store(*declarations, Ordering::Release);
        Ok(*declarations)
    }

    /// Notes that the queue is not there any more that was declared so.
    pub(super) fn lost(&self, declared: u64) {
        // Another one may have noticed before.
        let _ = self.declared.compare_exchange(declared, 0, Ordering::AcqRel, Ordering::Relaxed);
    }
}

/// One that is counted for as long as it waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn among(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The places of one topic, one for each priority.
#[derive(Debug)]
pub(super) struct Topic([Place; Priority::ALL.len()]);

impl Topic {
    fn new(exchange: &Arc<str>, topic: &str) -> Self {
        Self(Priority::ALL.map(|priority| Place::new(exchange, topic, priority)))
    }

    pub(super) fn place(&self, priority: Priority) -> &Place {
        // `ALL` has them in the order in which they are numbered.
        &self.0[priority as usize]
    }
}

/// All places of a notifier.
#[derive(Debug)]
pub(in crate::notification) struct Places {
    /// What it was told, which goes before what the set of an event says.
    exchange: Option<Arc<str>>,
    topics: Option<Vec<String>>,
    /// The exchange if nobody says.
    usual_exchange: Arc<str>,
    /// By what sets of events say; a program has a few.
    known: RwLock<Vec<(Home, Arc<[Topic]>)>>,
}

impl Places {
    /// The names were checked.
    pub(in crate::notification) fn new(
        exchange: Option<String>,
        topics: Option<Vec<String>>,
        usual_exchange: Arc<str>,
    ) -> Self {
        Self { exchange: exchange.map(Into::into), topics, usual_exchange, known: RwLock::default() }
    }

    /// The topics of an event whose set says this.
    ///
    /// # Errors
    /// What is wrong with what the set says.
    pub(super) fn of(&self, home: Home) -> Result<Arc<[Topic]>, String> {
        let known = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, topics)) = known.iter().find(|(known, _)| *known == home) {
            return Ok(Arc::clone(topics));
        }
        drop(known);
        let exchange = match (&self.exchange, home.exchange) {
            (Some(exchange), _) => Arc::clone(exchange),
            (None, Some(exchange)) => exchange.into(),
            (None, None) => Arc::clone(&self.usual_exchange),
        };
        let usual = [home.topic.unwrap_or(TOPIC).to_owned()];
        let topics = self.topics.as_deref().unwrap_or(&usual);
        check_exchange(&exchange)?;
        topics.iter().try_for_each(|topic| check_topic(topic))?;
        let topics: Arc<[Topic]> = topics.iter().map(|topic| Topic::new(&exchange, topic)).collect();
        let mut known = self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Two may have come at once: what they know of the queues is in one place.
        if let Some((_, topics)) = known.iter().find(|(known, _)| *known == home) {
            return Ok(Arc::clone(topics));
        }
        known.push((home, Arc::clone(&topics)));
        Ok(topics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(places: &Places, home: Home, priority: Priority) -> Vec<String> {
        places.of(home).unwrap().iter().map(|topic| topic.place(priority).route.to_string()).collect()
    }

    #[test]
    fn what_the_notifier_was_told_goes_before_what_the_set_says() {
        let set = Home { exchange: Some("nova"), topic: Some("versioned_notifications") };
        let places = Places::new(None, None, "openstack".into());
        assert_eq!(routes(&places, Home::default(), Priority::Info), ["openstack/notifications.info"]);
        assert_eq!(routes(&places, set, Priority::Warn), ["nova/versioned_notifications.warn"]);
        assert!(Arc::ptr_eq(&places.of(set).unwrap(), &places.of(set).unwrap()));

        let topics = vec!["a".to_owned(), "b".to_owned()];
        let places = Places::new(Some("x".to_owned()), Some(topics), "openstack".into());
        assert_eq!(routes(&places, set, Priority::Error), ["x/a.error", "x/b.error"]);
        assert_eq!(routes(&places, set, Priority::Sample), ["x/a.sample", "x/b.sample"]);
        let odd = Home { exchange: None, topic: Some("a.info") };
        assert!(Places::new(None, None, "x".into()).of(odd).unwrap_err().contains("ends with a priority"));
    }
}
