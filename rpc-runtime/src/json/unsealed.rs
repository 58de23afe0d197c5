/// A text without the backslashes that a string around it puts into it, built while they are found.
#[derive(Default)]
pub(super) struct Unsealed {
    text: Vec<u8>,
    /// Up to where the sealed text is copied.
    copied: usize,
}

impl Unsealed {
    pub(super) fn with_room_for(sealed: &[u8]) -> Self {
        Self { text: Vec::with_capacity(sealed.len() + STEP), copied: 0 }
    }

    /// Leaves out the byte at `at`.
    #[inline]
    pub(super) fn leave_out(&mut self, sealed: &[u8], at: usize) {
        let part = &sealed[self.copied..];
        let len = at - self.copied;
        match part.first_chunk::<STEP>() {
            // There always is room; to say so keeps what makes more of it out of here.
            Some(step) if len <= STEP && self.text.capacity() - self.text.len() >= STEP => {
                self.text.extend_from_slice(step);
                self.text.truncate(self.text.len() - STEP + len);
            }
            _ => self.copy(&part[..len]),
        }
        self.copied = at + 1;
    }

    #[inline(never)]
    fn copy(&mut self, part: &[u8]) {
        self.text.extend_from_slice(part);
    }

    /// Where in the text is what is at `at` in the sealed one.
    #[inline]
    pub(super) fn place(&self, at: usize) -> usize {
        self.text.len() + at - self.copied
    }

    /// The text, if it is one.
    pub(super) fn finish(mut self, sealed: &[u8]) -> Option<String> {
        self.text.extend_from_slice(&sealed[self.copied..]);
        String::from_utf8(self.text).ok()
    }
}

/// How much is copied at once, whatever comes after it, because most parts are shorter: to copy as many
/// bytes as there are takes a call.
const STEP: usize = 16;
