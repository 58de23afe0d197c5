//! JSON to values; what is wrong is told with its place and without the value, which may be secret.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::text::{printable, shortened, without_value};

/// The value of a JSON text that is the member `within` of another one, or all there is if that is empty.
///
/// # Errors
/// Where it is no `T`, and why: `volumes[2].size: invalid type: string, expected u64`.
pub(crate) fn decode<T: DeserializeOwned>(text: &str, within: &str) -> Result<T, String> {
    // To note the way to each value takes longer, so it is done once something is known to be wrong.
    serde_json::from_str(text).or_else(|_| {
        let read = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text));
        read.map_err(|error| located(within, error.path().iter(), &said(error.inner())))
    })
}

/// What an error says, without a value and without lines and columns of a text that nobody sees.
pub(crate) fn said(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let said = without_value(error);
    said.strip_suffix(&place).map_or_else(|| said.clone(), str::to_owned)
}

/// A text with the way to where it is true; of a long way the innermost steps.
fn located<'s>(within: &str, way: impl DoubleEndedIterator<Item = &'s Segment>, said: &str) -> String {
    const LONGEST: usize = 200;
    let mut steps = Vec::new();
    let (mut len, mut is_cut) = (0, false);
    for segment in way.rev() {
        let step = match segment {
            Segment::Seq { index } => format!("[{index}]"),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                format!(".{}", printable(&shortened(key)))
            }
            Segment::Unknown => ".?".to_owned(),
        };
        len += step.len();
        is_cut = len > LONGEST && !steps.is_empty();
        if is_cut {
            break;
        }
        steps.push(step);
    }
    let inner = steps.into_iter().rev().collect::<String>();
    let place = if is_cut { format!("...{inner}") } else { format!("{within}{inner}") };
    match place.strip_prefix('.').filter(|_| !is_cut).unwrap_or(&place) {
        "" => said.to_owned(),
        place => format!("{place}: {said}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is read only")]
    struct Volume {
        size: u8,
        port: Option<Port>,
        mode: Option<Mode>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Port;

    impl TryFrom<String> for Port {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            Err(format!("no port is called `{text}`"))
        }
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is read only")]
    enum Mode {
        Thin { pool: u8 },
    }

    fn why<T: DeserializeOwned>(text: &str, within: &str) -> String {
        decode::<T>(text, within).err().unwrap_or_default()
    }

    #[test]
    fn the_place_is_told_and_the_value_is_not() {
        for (why, expected) in [
            (why::<u8>(r#""hunter2""#, ""), "invalid type: string, expected u8"),
            (why::<u8>(r#""hunter2""#, "size"), "size: invalid type: string, expected u8"),
            (why::<Volume>(r#"{"size": "hunter2"}"#, ""), "size: invalid type: string, expected u8"),
            (
                why::<Volume>(r#"{"size": "hunter2"}"#, "volume"),
                "volume.size: invalid type: string, expected u8",
            ),
            (why::<Volume>("{}", ""), "missing field `size`"),
            (
                why::<Vec<Volume>>(r#"[{"size": 1}, {"size": {}}]"#, "volumes"),
                "volumes[1].size: invalid type: map, expected u8",
            ),
            (why::<Vec<u8>>("[1, 4711]", ""), "[1]: invalid value: integer, expected u8"),
            (why::<Volume>(r#"{"size": 1, "port": "hunter2"}"#, ""), "port: no port is called"),
            (
                why::<Volume>(r#"{"size": 1, "mode": {"Thin": {"pool": "hunter2"}}}"#, ""),
                "mode.Thin.pool: invalid type: string, expected u8",
            ),
            (why::<BTreeMap<String, u8>>(r#"{"a\nb": null}"#, ""), r"a\nb: invalid type: null, expected u8"),
            (
                why::<BTreeMap<String, BTreeMap<u8, u8>>>(r#"{"a": {"1": null}}"#, ""),
                "a.1: invalid type: null, expected u8",
            ),
        ] {
            assert_eq!(why, expected);
        }
    }

    #[test]
    fn long_names_and_long_ways_are_cut() {
        let name = "n".repeat(1000);
        let text = format!(r#"{{"{name}": {{"{name}": {{"{name}": "hunter2"}}}}}}"#);
        let why = why::<BTreeMap<String, BTreeMap<String, BTreeMap<String, u8>>>>(&text, "within");
        assert!(
            why.starts_with("....nnn") && why.ends_with("n...: invalid type: string, expected u8"),
            "{why}"
        );
        assert!(why.len() < 300, "{why}");
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused() {
        let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let why = why::<serde_json::Value>(&text, "");
        assert!(why.ends_with("recursion limit exceeded") && why.len() < 300, "{why}");
    }
}
