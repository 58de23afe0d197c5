//! Finds objects that are too new in a value, in one pass.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fault::ObjectError;
use super::read::{is_too_new, unsupported};
use crate::class::ObjectClass;

/// An object that is newer than its class.
#[derive(Debug)]
pub(crate) struct TooNew {
    pub(crate) class: &'static ObjectClass,
    version: String,
    /// Where it is in the text.
    pub(crate) place: Range<usize>,
}

impl TooNew {
    /// What is wrong with it.
    pub(crate) fn error(&self) -> ObjectError {
        unsupported(self.class, &self.version)
    }
}

/// The outermost objects in `text` that are newer than their class, which is `class` or one below it; in order.
///
/// They are looked for once a value could not be read: what is newer may be wrong in some other way first, where its head
/// comes after its data.
pub(crate) fn too_new(text: &str, class: &'static ObjectClass) -> Vec<TooNew> {
    let (classes, mut found) = (class.with_all_below(), Vec::new());
    let search = Search { text, classes: &classes, found: &mut found };
    // Where it is no JSON, nothing is found after that.
    let _ = serde_json::Deserializer::from_str(text).deserialize_any(search);
    let with_ends = found.into_iter().filter_map(|found| {
        let start = found.place.start;
        Some(TooNew { place: start..start + length(&text[start..])?, ..found })
    });
    with_ends.collect()
}

/// The length of the value that `text` begins with.
fn length(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

/// Passes over a value and notes where objects begin.
struct Search<'t, 'f> {
    text: &'t str,
    classes: &'f [&'static ObjectClass],
    /// Each without its end.
    found: &'f mut Vec<TooNew>,
}

impl<'de> DeserializeSeed<'de> for Search<'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! passed_over {
    ($($method:ident($ty:ty),)*) => {
        $(fn $method<E>(self, _: $ty) -> Result<(), E> {
            Ok(())
        })*
    };
}

impl<'de> Visitor<'de> for Search<'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    passed_over! { visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str), }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Search { found: &mut *self.found, ..self })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let before = self.found.len();
        let (mut start, mut is_first) = (None, true);
        let (mut name, mut version) = (None, None);
        while let Some(key) = members.next_key_seed(Name)? {
            if std::mem::take(&mut is_first) {
                // The object begins at the last brace before its first name, with nothing but blanks between. Where that
                // name is not a part of the text, as nobody writes one, it is not known where the object begins.
                start = offset(self.text, &key).and_then(|at| self.text[..at].rfind('{'));
            }
            let mut projects = self.classes.iter().map(|class| class.project);
            if projects.clone().any(|project| project.name_key() == key) {
                name = text_of(members.next_value()?).map(|name| (key, name));
            } else if projects.any(|project| project.version_key() == key) {
                version = text_of(members.next_value()?);
            } else {
                members.next_value_seed(Search { found: &mut *self.found, ..self })?;
            }
        }
        let (Some((key, name)), Some(version), Some(start)) = (name, version, start) else { return Ok(()) };
        let mut classes = self.classes.iter().copied();
        let class = classes.find(|class| class.name == name && class.project.name_key() == key);
        if let Some(class) = class.filter(|class| is_too_new(class, &version)) {
            // What is in it becomes older with it.
            self.found.truncate(before);
            self.found.push(TooNew { class, version, place: start..start });
        }
        Ok(())
    }
}

/// Where in `text` a name is, if it is a part of that.
fn offset(text: &str, name: &str) -> Option<usize> {
    let at = name.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    (at <= text.len()).then_some(at)
}

fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// A name, borrowed where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::{ObjectField, Project};

    const NOVA: Project = Project::new("nova").with_prefix("nova_object");
    static OUTER: ObjectClass = ObjectClass::new(&NOVA, "Outer", "1.2", &[HOLDS]);
    static INNER: ObjectClass = ObjectClass::new(&NOVA, "Inner", "1.5", &[]);
    const HOLDS: ObjectField = ObjectField::new("x", "Vec<Inner>", Some(|| &INNER));

    fn object(name: &str, version: &str, data: &str) -> String {
        format!(
            r#"{{ "nova_object.name": "{name}", "nova_object.data": {{{data}}}, "nova_object.version": "{version}"}}"#
        )
    }

    #[test]
    fn outermost_objects_are_found_where_they_are() {
        let new = object("Inner", "1.6", r#""a": 1"#);
        let old = object("Inner", "1.5", r#""é}": "{", "b": "\u007b""#);
        let holding = |version: &str| object("Outer", version, &format!(r#""x": [{old}, {new}]"#));
        let value = format!(
            r#"{{"\u0061": [{new}, 1e9, null, {{"c": {}}}], "d": {}, "e": {}}}"#,
            holding("1.3"),
            holding("1.2"),
            object("Other", "9.9", "")
        );
        let found = too_new(&value, &OUTER);
        let shown: Vec<_> = found.iter().map(|it| (it.class.name, &value[it.place.clone()])).collect();
        assert_eq!(shown, [("Inner", new.as_str()), ("Outer", &holding("1.3")), ("Inner", &new)]);
        let error = found[1].error().to_string();
        assert_eq!(error, "Version 1.3 of Outer is not supported, supported version is 1.2");
        assert_eq!(too_new(&value, &INNER).len(), 3, "each in its place, as nobody knows what holds them");
        assert!(too_new("[1, 2", &OUTER).is_empty());
        let within = format!(r#"{{"host.name": {new}, "api.version": {{"x": {new}}}}}"#);
        assert_eq!(too_new(&within, &INNER).len(), 2, "what looks like a part of an object's head");
    }

    #[test]
    fn nothing_is_taken_for_an_object_because_of_names_with_escapes() {
        let value = r#"[{"\u0061": {"x": 1}, "nova_object.name": "Inner", "nova_object.version": "1.6"}]"#;
        assert!(too_new(value, &INNER).is_empty());
    }
}
