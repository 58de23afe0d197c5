//! Commands as they are written: arrays of byte strings.

/// Several commands that are sent at once.
#[derive(Default)]
pub(super) struct Commands {
    bytes: Vec<u8>,
    count: usize,
}

impl Commands {
    pub(super) fn add(&mut self, words: &[&[u8]]) {
        self.header(b'*', words.len());
        for word in words {
            self.header(b'$', word.len());
            self.bytes.extend_from_slice(word);
            self.bytes.extend_from_slice(b"\r\n");
        }
        self.count += 1;
    }

    /// With one.
    pub(super) fn one(words: &[&[u8]]) -> Self {
        let mut commands = Self::default();
        commands.add(words);
        commands
    }

    /// How many there are, each of which has a reply.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn header(&mut self, kind: u8, length: usize) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(length.to_string().as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_words() {
        let mut commands = Commands::one(&[b"SADD", b"k\r\n", b" "]);
        commands.add(&[b"GET", b""]);
        assert_eq!(commands.count(), 2);
        let written = b"*3\r\n$4\r\nSADD\r\n$3\r\nk\r\n\r\n$1\r\n \r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n";
        assert_eq!(commands.bytes(), written);
    }
}
