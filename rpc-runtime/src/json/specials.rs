//! The bytes of a text that stand for something else in a JSON string, found 64 bytes at a time.

use super::literal::is_special;

/// How many bytes are looked at together: as many as a mask has bits.
const BLOCK: usize = u64::BITS as usize;

/// Finds special bytes from the start of a text to its end.
///
/// What was found in a block is kept until all of it was asked for: to look again after each string, eight
/// bytes at a time, takes 10 % of the time of decoding 16 KiB.
pub(super) struct Specials<'a> {
    text: &'a [u8],
    /// Where the block begins.
    start: usize,
    /// A bit for each special byte of the block, the first byte's lowest.
    found: u64,
}

impl<'a> Specials<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let mut specials = Self { text, start: 0, found: 0 };
        specials.look(0);
        specials
    }

    /// Where the first special byte is from `from` on, which is not before what was found last; the length of
    /// the text if there is none.
    #[inline]
    pub(super) fn next(&mut self, mut from: usize) -> usize {
        loop {
            let ahead = from - self.start;
            if ahead < BLOCK {
                let found = self.found >> ahead;
                if found != 0 {
                    return from + found.trailing_zeros() as usize;
                }
                from = self.start + BLOCK;
            }
            if from >= self.text.len() {
                return self.text.len();
            }
            self.look(from);
        }
    }

    fn look(&mut self, start: usize) {
        let rest = &self.text[start..];
        self.start = start;
        self.found = match rest.first_chunk() {
            Some(block) => special(block),
            None => {
                let mut block = [b' '; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                special(&block)
            }
        };
    }
}

/// Comparing bytes without branches is vectorised, which takes about one instruction for each of them.
fn special(block: &[u8; BLOCK]) -> u64 {
    let marks = block.map(|byte| if is_special(byte) { 0xff } else { 0 });
    let (words, _) = marks.as_chunks::<8>();
    words.iter().rev().fold(0, |mask, word| mask << 8 | bits(u64::from_le_bytes(*word)))
}

/// One bit of each byte of a word whose bytes have either all bits or none.
fn bits(word: u64) -> u64 {
    // A different bit of each byte; the product has their sum in its highest byte.
    const DIFFERENT: u64 = u64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]);
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    (word & DIFFERENT).wrapping_mul(ONES) >> 56
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_are_found(text in vec(prop_oneof![20 => b' '..=255, 1 => 0..=255_u8], 0..300)) {
            let expected: Vec<_> = (0..text.len()).filter(|at| is_special(text[*at])).collect();
            let mut specials = Specials::new(&text);
            let mut found = Vec::new();
            let mut from = 0;
            while from < text.len() {
                found.push(specials.next(from));
                from = found[found.len() - 1] + 1;
            }
            found.retain(|at| *at < text.len());
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn what_is_skipped_is_not_found(gaps in vec(0..100_usize, 0..20)) {
            let text = [b'"'; 700];
            let mut specials = Specials::new(&text);
            let mut from = 0;
            for gap in gaps {
                from = (from + gap).min(text.len());
                prop_assert_eq!(specials.next(from), from);
            }
        }
    }
}
