//! The driver `routing`: it chooses others by rules.

mod glob;
mod rules;

use std::collections::HashMap;
use std::sync::Arc;

use self::rules::Rule;
pub use self::rules::{RoutingError, RoutingRules};
use super::delivery::deliver;
use super::driver::{Delivering, NotifyDriver};
use super::emission::Emission;
use super::setup::NotifierError;

/// Gives each event to the drivers whose rules accept it.
#[derive(Debug)]
pub(super) struct RoutingDriver {
    /// Each driver once, with its rules in all groups.
    drivers: Vec<(Arc<dyn NotifyDriver>, Vec<Rule>)>,
}

impl RoutingDriver {
    /// `find` has the drivers by their names.
    ///
    /// # Errors
    /// There is no driver of a name, or it cannot be had.
    pub(super) fn new(
        rules: &RoutingRules,
        find: impl Fn(&str) -> Result<Option<Arc<dyn NotifyDriver>>, NotifierError>,
    ) -> Result<Self, NotifierError> {
        let mut drivers: Vec<(Arc<dyn NotifyDriver>, Vec<Rule>)> = Vec::new();
        // A file may have thousands of them.
        let mut places = HashMap::new();
        for rule in rules.iter() {
            match places.get(&*rule.driver) {
                Some(place) => {
                    let (_, rules): &mut (_, Vec<_>) = &mut drivers[*place];
                    rules.push(rule.clone());
                }
                None => {
                    let unknown = || NotifierError::UnknownDriver { why: rule.unknown_driver() };
                    places.insert(&*rule.driver, drivers.len());
                    drivers.push((find(&rule.driver)?.ok_or_else(unknown)?, vec![rule.clone()]));
                }
            }
        }
        Ok(Self { drivers })
    }
}

impl NotifyDriver for RoutingDriver {
    fn name(&self) -> &str {
        "routing"
    }

    fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
        let (event_type, priority) = (emission.event_type(), emission.priority());
        let accepted = self.drivers.iter().filter_map(move |(driver, rules)| {
            rules.iter().any(|rule| rule.accepts(event_type, priority)).then_some(driver)
        });
        Box::pin(deliver(accepted, emission))
    }

    fn sends(&self) -> bool {
        self.drivers.iter().any(|(driver, _)| driver.sends())
    }
}
