//! Generated code is thin, and it names the runtime by the path that it was given.

use std::fmt::Write as _;

use super::{expand_valid, notifications, objects};

/// A trait with this many plain methods of two arguments each.
fn plain(methods: usize) -> String {
    let mut source =
        "/// A manager.\n#[rpc_manager(client = Api, topic = \"topic\", version = \"1.0\", error = Error)]\npub trait Manager {"
            .to_owned();
    for n in 0..methods {
        writeln!(
            source,
            "/// Does something.\n#[rpc(call)]\nasync fn method{n:02}(&self, ctx: Context, id: u32, name: String) \
             -> Result<u32, Error>;"
        )
        .unwrap();
    }
    source + "}"
}

fn lines(text: &str) -> usize {
    text.lines().filter(|line| !line.trim().is_empty()).count()
}

#[test]
fn a_plain_method_expands_to_at_most_45_lines() {
    let (few, many) = (lines(&expand_valid(&plain(3))), lines(&expand_valid(&plain(13))));
    let per_method = (many - few).div_ceil(10);
    assert!(per_method <= 45, "{per_method} lines for each method");
}

/// An object with this many plain fields.
fn object(fields: usize) -> String {
    let mut source =
        "#[object(project = CINDER, version = \"1.0\")] pub struct Object { #[object(origin)] origin: Origin,".to_owned();
    for n in 0..fields {
        writeln!(source, "/// Something.\npub field{n:02}: Field<Option<String>>,").unwrap();
    }
    source + "}"
}

#[test]
fn a_plain_field_expands_to_at_most_12_lines() {
    let expand = |fields| lines(&objects::expand_valid(&object(fields)));
    let per_field = (expand(13) - expand(3)).div_ceil(10);
    assert!(per_field <= 12, "{per_field} lines for each field");
}

/// A set with this many plain events.
fn set(events: usize) -> String {
    let mut source = "pub enum Set {".to_owned();
    for n in 0..events {
        writeln!(
            source,
            "/// Something.\n#[event(type = \"event.{n:02}\", priority = info)] Event{n:02}(Payload),"
        )
        .unwrap();
    }
    source + "}"
}

#[test]
fn a_plain_event_expands_to_at_most_20_lines() {
    let expand = |events| lines(&notifications::expand_valid(&set(events)));
    let per_event = (expand(13) - expand(3)).div_ceil(10);
    assert!(per_event <= 20, "{per_event} lines for each event");
}

#[test]
fn a_renamed_runtime_is_never_called_by_its_own_name() {
    for (source, expansion) in [
        (include_str!("../../tests/expansion/every_key.rs"), expand_valid as fn(&str) -> String),
        (include_str!("../../tests/expansion/object_every_key.rs"), objects::expand_valid),
        (include_str!("../../tests/expansion/notification_every_key.rs"), notifications::expand_valid),
    ] {
        assert!(source.contains("crate = crate::facade"));
        assert!(!expansion(source).contains("rpc_runtime"));
    }
}
