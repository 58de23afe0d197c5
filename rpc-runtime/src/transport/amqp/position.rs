//! How far a listener has come in a stream: nothing else knows it, as all listeners of a topic read the same stream and
//! take nothing from it.

use std::sync::Mutex;

use super::topology::Argument;
use crate::lock::lock;

/// Where one listener goes on, on whatever channel. What was handed on is not read again, even if its channel is lost
/// before it is acknowledged: nobody else could have got it instead.
#[derive(Debug, Default)]
pub(super) struct Position(Mutex<Place>);

/// A place in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    /// The chunk that was written last: what was sent together with the last message, and so before this listener.
    #[default]
    LastChunk,
    /// The beginning of a stream that is newer than this listener.
    First,
    At(u64),
}

impl Position {
    /// Notes that the message at `offset` is handed on.
    pub(super) fn passed(&self, offset: u64) {
        *lock(&self.0) = Place::At(offset.saturating_add(1));
    }

    /// The offset that comes next, if one was passed.
    pub(super) fn next(&self) -> Option<u64> {
        match *lock(&self.0) {
            Place::At(offset) => Some(offset),
            Place::LastChunk | Place::First => None,
        }
    }

    /// Begins with the chunk that was written last, as at first: the stream may be another one now.
    pub(super) fn forget(&self) {
        *lock(&self.0) = Place::LastChunk;
    }

    /// Begins with the first message, as the stream is a new one.
    pub(super) fn restart(&self) {
        *lock(&self.0) = Place::First;
    }

    /// What a consumer is told.
    pub(super) fn argument(&self) -> Argument {
        match *lock(&self.0) {
            Place::LastChunk => Argument::Text("last".into()),
            Place::First => Argument::Text("first".into()),
            // In the type that Python has for it.
            Place::At(offset) => match i32::try_from(offset) {
                Ok(offset) => Argument::Number(offset),
                Err(_) => Argument::Long(i64::try_from(offset).unwrap_or(i64::MAX)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_behind_what_was_passed() {
        let position = Position::default();
        assert_eq!((position.next(), position.argument()), (None, Argument::Text("last".into())));
        position.passed(0);
        assert_eq!((position.next(), position.argument()), (Some(1), Argument::Number(1)));
        position.passed(i32::MAX as u64);
        assert_eq!(position.argument(), Argument::Long(1 << 31));
        position.passed(u64::MAX);
        assert_eq!(position.argument(), Argument::Long(i64::MAX));
        position.restart();
        assert_eq!((position.next(), position.argument()), (None, Argument::Text("first".into())));
        position.forget();
        assert_eq!(position.argument(), Argument::Text("last".into()));
    }
}
