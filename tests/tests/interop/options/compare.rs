//! Compares what came of one value on both sides.

use std::collections::HashMap;

use super::configuration::Way;
use super::facts::Facts;
use super::table::{Kind, RABBIT};
use super::verdict::{Try, Verdict};

/// What came of one value, set in one way.
pub(super) struct Compared<'a> {
    /// Its group and name; none is that of no option.
    pub(super) option: Option<(&'a str, &'a str)>,
    pub(super) tried: &'a Try,
    pub(super) way: Way,
    pub(super) ours: Result<Facts, String>,
    pub(super) theirs: Result<Facts, String>,
}

/// All that is not as the table has it.
pub(super) fn problems(compared: &Compared<'_>) -> Vec<String> {
    let Compared { option, tried, way, ours, theirs } = compared;
    let (group, name) = option.unwrap_or_default();
    let what = format!("[{group}] {name}={:?} ({way:?})", tried.value);
    let mut problems = Vec::new();
    let mut problem = |text: String| problems.push(format!("{what}: {text}"));
    match (tried.verdict, ours, theirs) {
        (Verdict::Same, Ok(ours), Ok(theirs)) => {
            ours.difference(theirs).for_each(|fact| problem(format!("only ours: {fact}")));
            theirs.difference(ours).for_each(|fact| problem(format!("only Python's: {fact}")));
        }
        (Verdict::Differs { ours: explained, theirs: of_theirs, .. }, Ok(ours), Ok(theirs)) => {
            for (side, found, other, explained) in
                [("ours", ours, theirs, explained), ("Python's", theirs, ours, of_theirs)]
            {
                let explained: Facts = explained.iter().map(|fact| (*fact).to_owned()).collect();
                let found: Facts = found.difference(other).cloned().collect();
                found.difference(&explained).for_each(|fact| problem(format!("only {side}: {fact}")));
                explained
                    .difference(&found)
                    .for_each(|fact| problem(format!("no longer only {side}: {fact}")));
            }
        }
        (Verdict::Refused(_), Err(why), Ok(_)) | (Verdict::Neither, Err(why), Err(_)) => {
            // A notifier speaks of one topic.
            let named = why.contains(name.trim_end_matches('s'));
            // Of other groups the value may be secret. Or it is not the value, but another option beside it.
            let by_another =
                ["need each other", "cannot be mirrored", " needs "].iter().any(|words| why.contains(words));
            let told = group != RABBIT || why.contains(tried.value) || by_another;
            if !named || !told {
                problem(format!("the error does not say what is wrong: {why}"));
            }
        }
        (Verdict::OnlyOurs(_), Ok(_), Err(_)) => {}
        (verdict, ours, theirs) => {
            let came = |side: &Result<Facts, String>| match side {
                Ok(_) => "taken".to_owned(),
                Err(why) => format!("refused: {why}"),
            };
            problem(format!("not {verdict:?}: ours {}; Python's {}", came(ours), came(theirs)));
        }
    }
    problems
}

/// All that has an effect although it should have none: what comes of it is not what comes of defaults.
pub(super) fn effects(compared: &[Compared<'_>], kinds: &HashMap<(&str, &str), Kind>) -> Vec<String> {
    // That of this option is `false`.
    let of_default = |one: &&Compared<'_>| one.option == Some((RABBIT, "ssl")) && one.tried.value == "false";
    let defaults = compared.iter().find(of_default).unwrap().ours.as_ref().ok();
    let without = compared.iter().filter(|one| {
        let kind = one.option.and_then(|option| kinds.get(&option));
        kind == Some(&Kind::NoEffect) && one.tried.verdict == Verdict::Same
    });
    let other = without.filter(|one| one.ours.as_ref().ok() != defaults);
    other.map(|one| format!("{:?} has an effect: {:?}", one.option, one.ours)).collect()
}
