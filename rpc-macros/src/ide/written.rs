//! Finds what is written where a key can be, in tokens that need not be right: somebody is typing.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::lists::{Attributes, List};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Each token in the place of a key, if there is one yet, and the module that has the constants of that place.
    pub(super) keys: Vec<(&'static str, Option<Ident>)>,
    /// The path that `crate = path` names.
    pub(super) runtime: Option<TokenStream>,
}

/// Finds all in the attributes within `item`, however deep.
pub(super) fn attributes(known: Attributes, item: TokenStream, found: &mut Written) {
    let mut after_hash = false;
    for token in item {
        if let TokenTree::Group(group) = &token {
            let attribute = after_hash && group.delimiter() == Delimiter::Bracket;
            match attribute.then(|| list_of(known, group.stream())).flatten() {
                Some((list, inside)) => keys(list, inside, found),
                None => attributes(known, group.stream(), found),
            }
        }
        after_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
    }
}

/// The list of an attribute, and what is in its parentheses.
fn list_of(known: Attributes, attribute: TokenStream) -> Option<(&'static List, TokenStream)> {
    let mut tokens = attribute.into_iter();
    let TokenTree::Ident(name) = tokens.next()? else { return None };
    let (_, list) = known.iter().find(|(known, _)| name == known)?;
    let TokenTree::Group(group) = tokens.next()? else { return None };
    Some((list, group.stream()))
}

/// Finds those of one list: the first token between two commas, what is in the parentheses after it, and its value.
pub(super) fn keys(list: &'static List, tokens: TokenStream, found: &mut Written) {
    for entry in entries(tokens) {
        let key = match entry.first() {
            Some(TokenTree::Ident(key)) => key,
            Some(_) => continue,
            None => {
                found.keys.extend(list.only.is_none().then_some((list.module, None)));
                continue;
            }
        };
        // No constant can be called so.
        if key == "crate" {
            found.runtime = Some(entry.into_iter().skip(2).collect());
            continue;
        }
        if list.only.is_none_or(|only| only.iter().any(|ours| key == ours)) {
            found.keys.push((list.module, Some(key.clone())));
        }
        match entry.get(1) {
            Some(TokenTree::Group(group)) => {
                if let Some((_, within)) = list.within.iter().find(|(of, _)| *of == "*" || key == of) {
                    keys(within, group.stream(), found);
                }
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
                if let Some((_, values)) = list.values.iter().find(|(of, _)| key == of) {
                    match entry.get(2) {
                        Some(TokenTree::Ident(word)) => found.keys.push((values.module, Some(word.clone()))),
                        Some(_) => {}
                        None => found.keys.push((values.module, None)),
                    }
                }
            }
            _ => {}
        }
    }
}

/// What is between commas.
fn entries(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut entries = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => entries.push(Vec::new()),
            _ => {
                // There is at least one.
                if let Some(last) = entries.last_mut() {
                    last.push(token);
                }
            }
        }
    }
    entries
}
