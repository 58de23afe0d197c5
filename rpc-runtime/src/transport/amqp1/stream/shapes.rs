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
    /// A frame begins that there is nothing to be known of.
    pub(super) fn none(&mut self) {
        self.finish();
        self.frame = Shape::default();
    }

    /// A frame begins with these bytes, which say this.
    pub(super) fn begin(&mut self, frame: &[u8], head: &Head<'_>) -> Result<(), &'static str> {
        self.none();
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
        if let Some(Part { link, message, more: true }) = self.part.take() {
            self.messages.insert(link, message);
        }
    }
}
