//! The configuration of one try.

use std::collections::BTreeMap;

use super::session::Place;
use super::table::{COMMON, DEFAULT, RABBIT};
use super::verdict::{Set, Try};

/// Where an option is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Url,
    File,
}

/// The text of the file for a try of the option of this group and name, or of none at all, by way of `url`.
///
/// In values `URL` stands for that, and `HOST` and `LOCKS` for those of the place.
pub(super) fn file(
    option: Option<(&str, &str)>,
    tried: &Try,
    way: Way,
    place: &Place,
    url: &str,
    topic: &str,
) -> String {
    let locks = place.locks.display().to_string();
    let mut groups = BTreeMap::<_, BTreeMap<_, _>>::new();
    let mut set = |group: &str, name: &str, value: &str| {
        groups.entry(group.to_owned()).or_default().insert(
            name.to_owned(),
            value.replace("URL", url).replace("HOST", &place.host).replace("LOCKS", &locks),
        );
    };
    set(DEFAULT, "control_exchange", &format!("{topic}-exchange"));
    set(DEFAULT, "transport_url", url);
    if let Some((group, name)) = option {
        let common = COMMON.iter().filter(|(common, other, _)| (*common, *other) != (group, name));
        let with = tried.with.iter();
        common.chain(with).for_each(|(group, name, value): &Set| set(group, name, value));
        match way {
            Way::Url => set(DEFAULT, "transport_url", &format!("{url}?{name}={}", tried.value)),
            Way::File => set(group, name, tried.value),
        }
    }
    let group = |(group, options): (String, BTreeMap<String, String>)| {
        let lines = options.into_iter().map(|(name, value)| format!("{name} = {value}\n"));
        format!("[{group}]\n{}", lines.collect::<String>())
    };
    groups.into_iter().map(group).collect()
}

/// The ways in which options of a group can be set.
pub(super) fn ways(group: &str) -> &'static [Way] {
    if group == RABBIT { &[Way::Url, Way::File] } else { &[Way::File] }
}
