//! Generated parts of a text that is written by hand.

use anyhow::{Context, Result};

/// Puts `content` between the lines `<!-- begin NAME -->` and `<!-- end NAME -->`, in place of what is there.
///
/// # Errors
/// The text does not have both lines, in this order.
pub fn replace_section(text: &str, name: &str, content: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let (before, rest) = text.split_once(&begin).with_context(|| format!("there is no line {begin:?}"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("there is no line {end:?} after it"))?;
    Ok(format!("{before}{begin}\n{}\n\n{end}{after}", content.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_lines_changes() {
        let text = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n";
        let new = replace_section(text, "x", "| new |\n").unwrap();
        assert_eq!(new, "a\n<!-- begin x -->\n\n| new |\n\n<!-- end x -->\nb\n");
        assert_eq!(replace_section(&new, "x", "| new |\n").unwrap(), new);
    }

    #[test]
    fn a_text_without_the_lines_is_refused() {
        assert!(replace_section("a\n", "x", "new").is_err());
        assert!(replace_section("<!-- end x -->\n<!-- begin x -->\n", "x", "new").is_err());
    }
}
