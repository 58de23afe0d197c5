//! The options as a configuration has them.

use super::AmqpOptions;
use crate::config::DriverOption;
use crate::transport::error::OptionError;

impl AmqpOptions {
    /// These options, overridden by those that are configured.
    pub(crate) fn configured(mut self, options: Vec<DriverOption>) -> Result<Self, OptionError> {
        for DriverOption { name, text, place, is_made } in options {
            self.read(name, &text).map_err(|OptionError(why)| match is_made {
                // It has the value.
                false => OptionError(format!("{place}: {why}")),
                true => OptionError(format!(
                    "{place}: option {name}: what is substituted in it makes it no such value"
                )),
            })?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AmqpOptions, unused};
    use crate::config::known::{KNOWN, Known, RABBIT, Use};

    /// It is one of `[oslo_concurrency]` there.
    const ELSEWHERE: &str = "lock_path";

    #[test]
    fn all_that_the_driver_has_can_be_configured_and_nothing_else() {
        let of_driver = || KNOWN.iter().filter(|known| known.group == RABBIT);
        let names = |with_effect: bool| {
            let has = |known: &&Known| with_effect != matches!(known.becomes, Use::None(_));
            let mut names: Vec<_> = of_driver().filter(has).map(|known| known.name).collect();
            names.sort_unstable();
            names
        };
        let mut ours: Vec<_> = AmqpOptions::NAMES.iter().copied().filter(|name| *name != ELSEWHERE).collect();
        ours.sort_unstable();
        assert_eq!(names(true), ours);
        let mut unused: Vec<_> = unused::names().collect();
        unused.sort_unstable();
        assert_eq!(names(false), unused);
    }
}
