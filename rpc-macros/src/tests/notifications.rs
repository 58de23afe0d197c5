//! The derive of events: what it expands to and where its errors point.

use super::pretty;
use super::snapshots::compare;

/// Expands a set without errors.
pub(super) fn expand_valid(source: &str) -> String {
    let (expansion, errors) = crate::notification::expand(source.parse().expect("test sources are tokens"));
    assert!(errors.found().is_empty(), "{:?}", errors.found());
    pretty(expansion)
}

#[test]
fn expansion() {
    for (name, source) in [
        ("notification", include_str!("../../tests/expansion/notification.rs")),
        ("notification_every_key", include_str!("../../tests/expansion/notification_every_key.rs")),
        ("notification_struct", include_str!("../../tests/expansion/notification_struct.rs")),
    ] {
        compare(name, &expand_valid(source));
    }
}
