//! Versions of dependencies.

use anyhow::{Context, Result};

/// The version of a dependency in the text of a lock file.
///
/// # Errors
/// The file does not have it.
pub fn locked<'a>(lock: &'a str, dependency: &str) -> Result<&'a str> {
    let entry = format!("\nname = \"{dependency}\"\nversion = \"");
    let (_, rest) = lock.split_once(&entry).with_context(|| format!("{dependency} is not locked"))?;
    Ok(rest.split('"').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_dependency_is_read() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.1\"\n";
        assert_eq!(locked(lock, "b").unwrap(), "2.0.1");
        assert!(locked(lock, "a").is_err());
    }
}
