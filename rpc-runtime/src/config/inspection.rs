//! Looks for options that do not have the effect that somebody may expect.

use std::collections::HashMap;
use std::sync::Arc;

use super::files::ReadFile;
use super::known::{DEFAULT, KNOWN, OF_LIBRARIES, Use, known, renamed};
use super::place::Place;
use super::remark::{Remark, RemarkKind};
use super::values::{Values, variable};
use crate::nearest::{distance, nearest};

/// How many options are compared with those that may have been meant.
const COMPARED: usize = 100;
/// How much a name of `[DEFAULT]`, where services have options of their own, may differ from the one that was meant.
const ALIKE: usize = 2;

/// All that is to be said, in the order of places.
pub(super) fn remarks(values: &Values) -> Vec<Remark> {
    let mut compared = 0;
    let mut remarks = Vec::new();
    for file in &values.files {
        let first = remarks.len();
        for group in [DEFAULT].iter().chain(&OF_LIBRARIES) {
            of_group(file, group, &mut compared, &mut remarks);
        }
        remarks[first..].sort_by_key(|remark| match &remark.place {
            Place::File { line, .. } => *line,
            Place::Environment { .. } | Place::Default => 0,
        });
    }
    of_environment(&values.environment, &mut compared, &mut remarks);
    remarks
}

fn of_group(file: &ReadFile, group: &str, compared: &mut usize, remarks: &mut Vec<Remark>) {
    for (name, written) in file.groups.get(group).into_iter().flatten() {
        let (Some(kind), Some(last)) = (kind(group, name, compared), written.last()) else { continue };
        let place = Place::File { path: Arc::clone(&file.path), line: last.line };
        remarks.push(Remark { group: group.to_owned(), name: name.clone(), place, kind });
    }
}

/// Variables of the groups whose options are all known.
fn of_environment(environment: &HashMap<String, String>, compared: &mut usize, remarks: &mut Vec<Remark>) {
    let first = remarks.len();
    for group in OF_LIBRARIES {
        let prefix = variable(group, "");
        for name in environment.keys() {
            let Some(option) = name.strip_prefix(&prefix) else { continue };
            let option = option.to_lowercase();
            // A name of old has no effect there.
            let kind = match kind(group, &option, compared) {
                Some(RemarkKind::Renamed { to }) => RemarkKind::Unknown { nearest: Some(to) },
                Some(kind) => kind,
                None => continue,
            };
            let place = Place::Environment { variable: name.clone() };
            remarks.push(Remark { group: group.to_owned(), name: option, place, kind });
        }
    }
    remarks[first..].sort_by(|one, other| one.name.cmp(&other.name));
}

fn kind(group: &str, name: &str, compared: &mut usize) -> Option<RemarkKind> {
    if let Some(known) = known(group, name) {
        return match known.becomes {
            Use::Taken | Use::Own => None,
            Use::None(why) => Some(RemarkKind::WithoutEffect { why }),
        };
    }
    if let Some(known) = renamed(group, name) {
        return Some(RemarkKind::Renamed { to: known.name });
    }
    let names = KNOWN.iter().filter(|known| known.group == group).map(|known| known.name);
    let lower = name.to_lowercase();
    if group == DEFAULT {
        // Others are options of the service.
        let alike =
            |known: &&str| known.len().abs_diff(lower.len()) <= ALIKE && distance(&lower, known) <= ALIKE;
        return names.into_iter().find(alike).map(|known| RemarkKind::Unknown { nearest: Some(known) });
    }
    *compared += 1;
    let alike = (*compared <= COMPARED && lower.len() <= 100).then(|| nearest(&lower, names)).flatten();
    Some(RemarkKind::Unknown { nearest: alike })
}
