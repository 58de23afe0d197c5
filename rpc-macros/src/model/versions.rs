//! The versions that an interface has, and what can be said in terms of them.

use syn::LitStr;

use super::version::Version;
use crate::errors::Errors;
use crate::parse::AliasKey;

/// Where something is there that can change: not before `start`, and not from `end` on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    pub(super) start: Option<Version>,
    pub(super) end: Option<Version>,
}

/// The last version of each major that is sent and served, the current one first; none if the
/// trait's own are missing or wrong.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    served: Vec<Version>,
}

impl Versions {
    /// The value of `version = ..` or `version(..)`.
    pub(super) fn read(texts: &[LitStr], errors: &mut Errors) -> Self {
        let before = errors.count();
        let mut served: Vec<Version> = Vec::new();
        for text in texts {
            let Some(version) = Version::read(text, errors) else { continue };
            match served.last() {
                Some(newer) if version.major == newer.major => {
                    errors.at(
                        text,
                        format!("\"{newer}\" and \"{version}\" are of one major: list its last version"),
                    );
                }
                Some(newer) if version > *newer => {
                    errors.at(
                        text,
                        format!("the current version comes first: version(\"{version}\", \"{newer}\")"),
                    );
                }
                _ => served.push(version),
            }
        }
        if errors.count() > before {
            served.clear();
        }
        Self { served }
    }

    /// The version that the trait is at.
    pub(crate) fn current(&self) -> Version {
        self.served.first().copied().unwrap_or(Version::UNKNOWN)
    }

    /// The last version of each major but the current one.
    pub(crate) fn older(&self) -> &[Version] {
        self.served.get(1..).unwrap_or_default()
    }

    /// The first version of the oldest major.
    pub(crate) fn oldest(&self) -> Version {
        self.served.last().copied().unwrap_or(Version::UNKNOWN).start()
    }

    /// The first version of each major: where everything is that does not say since when.
    pub(super) fn starts(&self) -> Vec<Version> {
        self.served.iter().map(|version| version.start()).collect()
    }

    /// The value of `since`, as the first version in each major that has one.
    ///
    /// A major newer than the newest listed has everything of the older ones, so it starts with
    /// it; one older than the oldest listed never had it.
    pub(super) fn since(&self, texts: &[LitStr], errors: &mut Errors) -> Option<Vec<Version>> {
        let before = errors.count();
        let listed: Vec<Version> = texts.iter().filter_map(|text| self.one_since(text, errors)).collect();
        if errors.count() > before {
            return None;
        }
        if self.served.is_empty() {
            // The error is elsewhere; the method stays there for whoever calls it.
            return Some(listed);
        }
        if !listed.windows(2).all(|pair| matches!(pair, [newer, older] if newer.major > older.major)) {
            let mut sorted = listed;
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            sorted.dedup_by_key(|version| version.major);
            let sorted: Vec<String> = sorted.iter().map(|version| format!("\"{version}\"")).collect();
            errors.at(
                texts.last(),
                format!("list one version per major, newest major first: since({})", sorted.join(", ")),
            );
            return None;
        }
        let oldest = listed.last()?.major;
        let in_major = |major: u32| listed.iter().find(|version| version.major == major).copied();
        let starts = self.starts().into_iter().filter(|start| start.major >= oldest);
        Some(starts.map(|start| in_major(start.major).unwrap_or(start)).collect())
    }

    fn one_since(&self, text: &LitStr, errors: &mut Errors) -> Option<Version> {
        let since = Version::read(text, errors)?;
        let Some(&current) = self.served.first() else { return Some(since) };
        let Some(last) = self.last_of(since.major) else {
            errors.at(text, self.not_served("since", since));
            return None;
        };
        if since > current {
            errors.at(text, newer("since", since, current));
            return None;
        }
        if since > last {
            errors.at(text, never(since, last));
            return None;
        }
        if self.starts().last() == Some(&since) {
            errors.at(text, format!("\"{since}\" is where this API starts: everything has it; drop `since`"));
            return None;
        }
        Some(since)
    }

    /// The value of `until`: a version that changed something which is there within `bounds`.
    pub(super) fn until(
        &self,
        text: &LitStr,
        bounds: Bounds,
        what: &str,
        errors: &mut Errors,
    ) -> Option<Version> {
        let until = Version::read(text, errors)?;
        let (current, oldest) = (*self.served.first()?, self.starts().last().copied()?);
        if until > current {
            errors.at(text, newer("until", until, current));
        } else if until.major < oldest.major {
            errors.at(
                text,
                format!(
                    "compatibility with versions below {until} is unreachable: the oldest served version is \
                     {oldest}; delete it"
                ),
            );
        } else if until == oldest {
            errors.at(
                text,
                format!("until \"{until}\" is the oldest version served: {what} can never be used"),
            );
        } else if let Some(start) = bounds.start.filter(|start| until <= *start) {
            errors.at(
                text,
                format!("it is there since {start}, so until \"{until}\" {what} can never be used"),
            );
        } else if let Some(end) = bounds.end.filter(|end| until >= *end) {
            errors.at(text, format!("the method is gone since {end}: nothing of it changed in {until}"));
        } else {
            match self.last_of(until.major) {
                Some(last) if until > last => errors.at(text, never(until, last)),
                Some(_) => return Some(until),
                None => errors.at(text, self.not_served("until", until)),
            }
        }
        None
    }

    /// Names of releases, oldest first.
    pub(super) fn aliases(&self, keys: &[AliasKey], errors: &mut Errors) -> Vec<(String, Version)> {
        let mut aliases: Vec<(String, Version)> = Vec::new();
        for AliasKey { name, at, version: text } in keys {
            if aliases.iter().any(|(known, _)| known == name) {
                errors.at(at, format!("alias {name} given twice"));
                continue;
            }
            if name.is_empty() || name.trim() != name {
                errors.at(at, format!("alias {name:?} is no name: it is empty, or has blanks around it"));
                continue;
            }
            if let Some(version) = Version::parse(name).filter(|it| self.last_of(it.major).is_some()) {
                errors.at(at, format!("alias {name} reads as the version {version} of this API"));
                continue;
            }
            let Some(version) = self.known(&format!("alias {name}"), text, errors) else { continue };
            match aliases.last() {
                Some((last, newer)) if *newer > version => {
                    errors.at(
                        text,
                        format!(
                            "alias {last} (\"{newer}\") is newer than the following {name} (\"{version}\")"
                        ),
                    );
                }
                _ => aliases.push((name.clone(), version)),
            }
        }
        aliases
    }

    /// Versions that brought something other than methods and arguments, as they are listed.
    pub(super) fn history(&self, keys: &[(LitStr, LitStr)], errors: &mut Errors) -> Vec<(Version, String)> {
        let entry =
            |(text, what): &(LitStr, LitStr)| Some((self.known("history", text, errors)?, what.value()));
        keys.iter().filter_map(entry).collect()
    }

    /// A version that was or is one of this interface.
    fn known(&self, what: &str, text: &LitStr, errors: &mut Errors) -> Option<Version> {
        let version = Version::read(text, errors)?;
        self.served.first()?;
        match self.last_of(version.major) {
            Some(last) if version > last => {
                errors.at(text, format!("{what} = {}", never(version, last)));
                None
            }
            Some(_) => Some(version),
            None => {
                let majors = self.majors();
                errors.at(text, format!("{what} = \"{version}\": this API serves {majors} only"));
                None
            }
        }
    }

    /// The last version of a major, if it is served.
    fn last_of(&self, major: u32) -> Option<Version> {
        self.served.iter().find(|version| version.major == major).copied()
    }

    /// Why there cannot be the version `version` after `key`: its major is not served.
    fn not_served(&self, key: &str, version: Version) -> String {
        let majors = self.majors();
        format!("{key} \"{version}\" has major {}, this API serves {majors}", version.major)
    }

    /// `major 3`, `majors 6 and 5`
    fn majors(&self) -> String {
        let majors: Vec<String> = self.served.iter().map(|version| version.major.to_string()).collect();
        let plural = if majors.len() == 1 { "" } else { "s" };
        format!("major{plural} {}", majors.join(" and "))
    }
}

/// Why there cannot be the version `version` after `key`: the trait is only at `current`.
fn newer(key: &str, version: Version, current: Version) -> String {
    format!(
        "{key} \"{version}\" is newer than the API version \"{current}\"; raise `version` on #[rpc_manager]"
    )
}

/// Why there is no version `version`: its major ended with `last`.
fn never(version: Version, last: Version) -> String {
    format!("\"{version}\" was never an API version of major {} (last is {last})", last.major)
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn texts(versions: &[&str]) -> Vec<LitStr> {
        versions.iter().map(|version| LitStr::new(version, Span::call_site())).collect()
    }

    #[test]
    fn since_in_each_major() {
        let mut errors = Errors::default();
        let versions = Versions::read(&texts(&["7.1", "6.5", "5.13"]), &mut errors);
        for (since, expected) in [
            (&["6.1"][..], "7.0 6.1"),
            (&["5.8"], "7.0 6.0 5.8"),
            (&["6.1", "5.8"], "7.0 6.1 5.8"),
            (&["7.1", "5.8"], "7.1 6.0 5.8"),
            (&["7.0"], "7.0"),
        ] {
            let resolved = versions.since(&texts(since), &mut errors).unwrap();
            let resolved: Vec<String> = resolved.iter().map(Version::to_string).collect();
            assert_eq!(resolved.join(" "), expected, "{since:?}");
        }
        assert!(errors.found().is_empty());
    }

    #[test]
    fn what_has_an_error_is_none() {
        for wrong in [&["6.5", "6.3"][..], &["5.13", "6.5"], &["6.5", "5"]] {
            let mut errors = Errors::default();
            let versions = Versions::read(&texts(wrong), &mut errors);
            assert_eq!((versions.current(), errors.count()), (Version::UNKNOWN, 1), "{wrong:?}");
        }
        let mut errors = Errors::default();
        let versions = Versions::read(&texts(&["7.1", "6.5"]), &mut errors);
        assert_eq!(versions.since(&texts(&["7.1", "6.6"]), &mut errors), None);
        assert_eq!(errors.count(), 1);
    }

    #[test]
    fn until_the_last_version_of_a_major() {
        let mut errors = Errors::default();
        let versions = Versions::read(&texts(&["7.1", "6.5"]), &mut errors);
        for (until, there) in [("7.1", true), ("6.5", true), ("6.6", false), ("7.2", false)] {
            let [text] = &texts(&[until])[..] else { unreachable!("one") };
            let found = versions.until(text, Bounds::default(), "the method", &mut errors);
            assert_eq!(found.is_some(), there, "{until}");
        }
        assert_eq!(errors.count(), 2);
    }
}
