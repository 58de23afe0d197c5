//! The shapes of what comes by a connection: of each frame, and of messages that come in several.

use std::collections::HashMap;

use super::frames::{Field, Head, TRANSFER};
use super::shape::{Shape, TooDeep};

/// How many messages may come at a time, each by a link of its own.
const MOST: usize = 1024;

const DEEP: &str = "the peer sends values that are nested too deeply";

/// Looks at the frames of a connection in their order.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    frame: Shape,
    /// Whether it has nothing to look at.
    is_passed: bool,
    /// The part of a message that the frame has, if it has one.
    part: Option<Part>,
    /// Those that have begun, by channel and link.
    messages: HashMap<(u16, u32), Shape>,
}

#[derive(Debug)]
struct Part {
    link: (u16, u32),
    message: Shape,
    more: bool,
}

impl Shapes {
    /// A frame begins with these bytes that performs nothing: a protocol header, one of SASL, or an empty one.
    pub(super) fn other(&mut self, frame: &[u8]) -> Result<(), &'static str> {
        self.finish();
        self.is_passed = true;
        match *frame {
            [b'A', b'M', b'Q', b'P', ..] => Ok(()),
            [_, _, _, _, offset, 0, ..]
                if frame.get(usize::from(offset) * 4..).is_some_and(|it| !it.is_empty()) =>
            {
                Err("the peer sends a frame that nobody understands")
            }
            _ => Ok(()),
        }
    }

    /// A frame begins with these bytes, which say this.
    pub(super) fn begin(&mut self, frame: &[u8], head: &Head<'_>) -> Result<(), &'static str> {
        self.finish();
        self.is_passed = false;
        if head.code == TRANSFER {
            let mut fields = head.fields;
            let link = (head.channel, fields.number().unwrap_or_default());
            // A number, a tag, a format, and whether it is settled, are in between.
            let more = fields.nth(4) == Some(Field::Bool(true));
            let message = self.messages.remove(&link).unwrap_or_default();
            if self.messages.len() >= MOST {
                return Err("the peer sends more messages at a time than there are links");
            }
            self.part = Some(Part { link, message, more });
        }
        self.go_on(frame.get(head.begins..).unwrap_or_default())
    }

    /// Takes what follows of the frame.
    pub(super) fn go_on(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        if self.is_passed {
            return Ok(());
        }
        self.walk(bytes).map_err(|TooDeep| DEEP)
    }

    fn walk(&mut self, bytes: &[u8]) -> Result<(), TooDeep> {
        let performed = self.frame.feed(bytes, Some(1))?;
        match &mut self.part {
            Some(part) => part.message.feed(&bytes[performed..], None).map(drop),
            // What follows is part of nothing.
            None => Ok(()),
        }
    }

    /// The frame before is over.
    fn finish(&mut self) {
        self.frame = Shape::default();
        if let Some(Part { link, message, more: true }) = self.part.take() {
            self.messages.insert(link, message);
        }
    }
}
