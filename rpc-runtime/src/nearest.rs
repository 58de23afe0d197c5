//! Which name was meant by one that is none.

/// The name most like `name`, if one is alike enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (distance(name, known), known))
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many bytes have to be inserted, removed or replaced to make `a` of `b`.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn only_what_is_alike_is_suggested() {
        assert_eq!(nearest("sll", ["ssl", "ssl_ca_file"].into_iter()), Some("ssl"));
        assert_eq!(
            nearest("rabbit_quorum_queues", ["rabbit_quorum_queue"].into_iter()),
            Some("rabbit_quorum_queue")
        );
        assert_eq!(nearest("colour", ["ssl", "hostname"].into_iter()), None);
    }
}
