//! Which driver gets which events, as oslo.messaging's file of rules says it.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_saphyr::{MessageFormatter, Spanned, UserMessageFormatter};

use super::super::super::priority::Priority;
use super::super::name::DriverName;
use super::glob::Glob;
use crate::text::printable;

/// Rules of which driver gets which events, in the form of oslo.messaging's option `routing_config`: groups of drivers, each
/// driver with the event types and priorities that it accepts.
///
/// Event types and priorities are patterns: `*` is anything, `?` one character, `[ab]` one of these. Priorities may be in any
/// case. Of a driver that has both, both must accept an event; one that has neither accepts every event. A driver that accepts
/// an event in several groups gets it once.
///
/// ```
/// use rpc_runtime::notification::{DriverName, Notifier, Priority, RoutingRules};
/// use rpc_runtime::Transport;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let rules: RoutingRules = "
/// billing:
///   messagingv2:
///     accepted_events: [compute.instance.*]
///     accepted_priorities: [info, error]
/// operators:
///   log:
///     accepted_priorities: [WARN, error]
/// "
/// .parse()?;
/// assert_eq!(rules.drivers("compute.instance.create.end", Priority::Error), ["messagingv2", "log"]);
///
/// let transport = Transport::connect("memory://").await?;
/// let notifier = Notifier::builder(&transport).drivers([DriverName::Routing]).routing(rules).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct RoutingRules(Vec<Rule>);

/// The rule of one driver in one group.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    group: String,
    pub(super) driver: String,
    line: u64,
    events: Option<Vec<Glob>>,
    priorities: Option<Vec<Glob>>,
}

/// Rules that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", Place(file.as_deref(), *line))]
#[non_exhaustive]
pub struct RoutingError {
    /// The file, if they come from one.
    pub file: Option<PathBuf>,
    /// The line that is at fault, from 1 on, if it is one.
    pub line: Option<u64>,
    /// What is wrong.
    pub why: String,
}

struct Place<'a>(Option<&'a Path>, Option<u64>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = self.0 {
            write!(f, "{}: ", file.display())?;
        }
        match self.1 {
            Some(line) => write!(f, "line {line}: "),
            None => Ok(()),
        }
    }
}

/// A rule as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default, deserialize_with = "given")]
    accepted_events: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    accepted_priorities: Option<Vec<String>>,
}

/// What is there has to be a list: nothing at all would be taken for everything.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    Vec::deserialize(from).map(Some)
}

impl RoutingRules {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// [`RoutingError`]: the file cannot be read, it is not YAML, or it does not have the form; names the line, and what is
    /// wrong.
    pub fn read(file: impl AsRef<Path>) -> Result<Self, RoutingError> {
        let file = file.as_ref();
        let of_file = |error: RoutingError| RoutingError { file: Some(file.to_owned()), ..error };
        let text = std::fs::read_to_string(file).map_err(|error| of_file(wrong(None, error.to_string())))?;
        text.parse().map_err(of_file)
    }

    /// The drivers that get such an event.
    #[must_use]
    pub fn drivers(&self, event_type: &str, priority: Priority) -> Vec<&str> {
        let mut seen = HashSet::new();
        let accepting = self.0.iter().filter(|rule| rule.accepts(event_type, priority));
        accepting.map(|rule| &*rule.driver).filter(|driver| seen.insert(*driver)).collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }
}

/// Reads the text of such a file. Without any group there are no rules, and no driver gets anything.
impl FromStr for RoutingRules {
    type Err = RoutingError;

    fn from_str(text: &str) -> Result<Self, RoutingError> {
        type Groups = BTreeMap<String, BTreeMap<String, Spanned<Text>>>;
        let options = serde_saphyr::options! { with_snippet: false };
        let groups = serde_saphyr::from_str_with_options::<Option<Groups>>(text, options);
        let groups = groups.map_err(|error| {
            let line = error.location().map(|at| at.line());
            wrong(line, printable(&UserMessageFormatter.format_message(error.without_snippet())))
        })?;
        let rules = groups.into_iter().flatten().flat_map(|(group, drivers)| {
            drivers.into_iter().map(move |(driver, text)| Rule::new(group.clone(), driver, text))
        });
        rules.collect::<Result<_, _>>().map(Self)
    }
}

impl Rule {
    fn new(group: String, driver: String, text: Spanned<Text>) -> Result<Self, RoutingError> {
        let line = text.referenced.line();
        let refused = |why| wrong(Some(line), format!("{driver:?} of the group {group:?}: {why}"));
        if driver == DriverName::Routing.name() {
            return Err(refused("what is routed cannot be routed again".to_owned()));
        }
        let globs = |patterns: Option<Vec<String>>, lower: bool| {
            let globs = patterns.map(|patterns| {
                let globs = patterns.into_iter().map(|pattern| {
                    let pattern = if lower { pattern.to_lowercase() } else { pattern };
                    Glob::new(&pattern)
                        .ok_or_else(|| refused(format!("a pattern of {} bytes is too long", pattern.len())))
                });
                globs.collect::<Result<Vec<_>, _>>()
            });
            globs.transpose()
        };
        let Text { accepted_events, accepted_priorities } = text.value;
        let (events, priorities) = (globs(accepted_events, false)?, globs(accepted_priorities, true)?);
        Ok(Self { group, driver, line, events, priorities })
    }

    pub(super) fn accepts(&self, event_type: &str, priority: Priority) -> bool {
        let accepts = |globs: &Option<Vec<Glob>>, text: &str| {
            globs.as_ref().is_none_or(|globs| globs.iter().any(|glob| glob.matches(text)))
        };
        accepts(&self.events, event_type) && accepts(&self.priorities, priority.name())
    }

    /// What is said if there is no driver of that name.
    pub(super) fn unknown_driver(&self) -> String {
        let Self { group, driver, line, .. } = self;
        format!(
            "line {line} of the rules: {driver:?} of the group {group:?} is neither a driver of oslo.messaging nor one \
             that was given by NotifierBuilder::routed_driver"
        )
    }
}

fn wrong(line: Option<u64>, why: String) -> RoutingError {
    RoutingError { file: None, line, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> String {
        text.parse::<RoutingRules>().unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, said) in [
            ("g:\n  log:\n    accepted_event: ['a']\n", "line 3: unknown field `accepted_event`"),
            ("g:\n  log:\n    accepted_events: a\n", "line 3: "),
            ("g:\n  log:\n    accepted_events:\n  noop: {}", "line 3: "),
            ("g:\n  log:\n    accepted_events:\n      - a: b\n", "line 4: "),
            ("g:\n  log:\n", "line 2: "),
            ("g:\n", "line 1: "),
            ("- g\n", "line 1: "),
            ("g:\n  log: {}\n  log: {}\n", "line 3: duplicate mapping key `log`"),
            ("g:\n\tlog: {}\n", "line 2: "),
            ("g: [\n", "line 1: "),
            (
                "g:\n  routing:\n    accepted_events: ['*']\n",
                "\"routing\" of the group \"g\": what is routed cannot",
            ),
        ] {
            let why = why(text);
            assert!(why.contains(said) && !why.contains("column"), "{text:?}: {why}");
        }
        let large = format!("g:\n  log:\n    accepted_events: ['{}']", "a".repeat(5000));
        assert!(why(&large).contains("a pattern of 5000 bytes is too long"));
    }

    #[test]
    fn a_bomb_of_aliases_does_not_go_off() {
        let mut text = "a0: &a0 {log: {accepted_events: [x]}}\n".to_owned();
        text.extend((1..40).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1)));
        assert!(text.parse::<RoutingRules>().is_err());
    }

    #[test]
    fn no_group_is_no_rule() {
        for text in ["", "# nothing", "~", "{}", "g: {}"] {
            assert!(text.parse::<RoutingRules>().unwrap().0.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.yaml");
        let missing = RoutingRules::read(&file).unwrap_err();
        assert!(missing.to_string().contains("rules.yaml: ") && missing.line.is_none(), "{missing}");
        std::fs::write(&file, "g: {log: {accepted: []}}").unwrap();
        let wrong = RoutingRules::read(&file).unwrap_err();
        assert!(wrong.to_string().contains("rules.yaml: line 1: unknown field"), "{wrong}");
        std::fs::write(&file, "g: {log: {accepted_events: [a]}}").unwrap();
        assert_eq!(RoutingRules::read(&file).unwrap().drivers("a", Priority::Info), ["log"]);
    }

    #[test]
    fn both_lists_have_to_accept_an_event() {
        let rules: RoutingRules = "
one:
  messaging:
    accepted_events: ['a.*', b]
    accepted_priorities: ['INFO', 'w*']
  noop: {accepted_events: []}
two:
  log: {}
  messaging: {accepted_events: [a.b]}
"
        .parse()
        .unwrap();
        for (event_type, priority, drivers) in [
            ("a.b", Priority::Info, &["messaging", "log"][..]),
            ("a.c", Priority::Warn, &["messaging", "log"]),
            ("a.c", Priority::Error, &["log"]),
            ("a.b", Priority::Error, &["log", "messaging"]),
            ("b", Priority::Sample, &["log"]),
            ("c", Priority::Info, &["log"]),
        ] {
            assert_eq!(rules.drivers(event_type, priority), drivers, "{event_type} {priority}");
        }
    }
}
