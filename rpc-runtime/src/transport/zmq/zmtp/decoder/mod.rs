//! From bytes to what a peer says.

use std::fmt;

use bytes::{Buf, Bytes, BytesMut};

use super::command::{Command, Phase};
use super::error::ProtocolError;
use super::frame::{Header, Kind, LONGEST_COMMAND};
use super::greeting::{self, Version};
use super::multipart::Multipart;
use super::socket::Socket;

/// For how many bytes there is room at a time. What is small shares such a block with what comes next to it, and keeps
/// it.
const BLOCK: usize = 32 << 10;

/// With less room than that in a block, the next one is taken.
const LEAST: usize = 4 << 10;

/// How many frames a message is expected to have.
const USUAL_FRAMES: usize = 6;

/// What a message of a peer may be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The bytes of all its frames together.
    pub(crate) bytes: usize,
    pub(crate) frames: usize,
}

/// Something whole that a peer has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Greeting(Version),
    Command(Command),
    Message(Multipart),
}

/// Takes bytes as they come in, however they are cut, and gives what they mean.
///
/// It never has room for more than twice what has come, but for one block, whatever is announced. What breaks the protocol
/// is told once; then there is nothing to go on with, and it is told again.
pub(crate) struct Decoder {
    ours: Socket,
    limits: Limits,
    stage: Stage,
    /// What has come and was not given yet.
    buffer: BytesMut,
    /// How many bytes the buffer has to have for what is at its front to be whole, as far as that is known.
    wanted: usize,
    /// The frames so far of a message that is not whole yet, and their bytes.
    begun: Multipart,
    bytes: usize,
    /// How often it has looked at what came, for tests: what is counted needs no clock.
    #[cfg(test)]
    looks: usize,
}

#[derive(Debug)]
enum Stage {
    Greeting,
    BeforeReady,
    AfterReady,
    Broken(ProtocolError),
}

impl Decoder {
    /// For what a peer says to a socket of ours.
    pub(crate) fn new(ours: Socket, limits: Limits) -> Self {
        Self {
            ours,
            limits,
            stage: Stage::Greeting,
            buffer: BytesMut::new(),
            wanted: 0,
            begun: Multipart(Vec::new()),
            bytes: 0,
            #[cfg(test)]
            looks: 0,
        }
    }

    /// Where the next bytes have to be put, behind what is there; it has room for some.
    pub(crate) fn room(&mut self) -> &mut BytesMut {
        let there = self.buffer.len();
        let missing = self.wanted.saturating_sub(there);
        let enough = if missing == 0 { LEAST } else { missing.min(LEAST) };
        if self.buffer.capacity() - there < enough {
            // Doubled, so that what was copied to get more is less than what has come.
            self.buffer.reserve(missing.min(there).max(BLOCK));
        }
        &mut self.buffer
    }

    /// How many bytes it keeps of what is not whole yet.
    pub(crate) fn kept(&self) -> usize {
        self.bytes + self.buffer.len()
    }

    /// Whether the peer may end here: neither within a message nor before it is ready.
    pub(crate) fn is_between(&self) -> bool {
        matches!(self.stage, Stage::AfterReady) && self.buffer.is_empty() && self.begun.0.is_empty()
    }

    /// The next thing that the peer has said; `None` until more has come.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, ProtocolError> {
        let next = match &self.stage {
            Stage::Greeting => self.greeting(),
            Stage::BeforeReady | Stage::AfterReady => self.frames(),
            Stage::Broken(error) => return Err(error.clone()),
        };
        if let Err(error) = &next {
            // What it has is of no use any more.
            self.buffer = BytesMut::new();
            self.begun = Multipart(Vec::new());
            self.stage = Stage::Broken(error.clone());
        }
        next
    }

    fn greeting(&mut self) -> Result<Option<Event>, ProtocolError> {
        let Some(version) = greeting::read(&self.buffer)? else { return Ok(None) };
        self.buffer.advance(greeting::LENGTH);
        self.stage = Stage::BeforeReady;
        Ok(Some(Event::Greeting(version)))
    }

    /// Takes frames until something is whole.
    fn frames(&mut self) -> Result<Option<Event>, ProtocolError> {
        loop {
            #[cfg(test)]
            {
                self.looks += 1;
            }
            let Some((header, length)) = Header::read(&self.buffer)? else { return Ok(None) };
            let body = self.check(header)?;
            self.wanted = length + body;
            if self.buffer.len() < self.wanted {
                return Ok(None);
            }
            self.wanted = 0;
            self.buffer.advance(length);
            let frame = self.buffer.split_to(body).freeze();
            match header.kind {
                Kind::Command => return self.command(frame).map(|command| Some(Event::Command(command))),
                Kind::Part { more } => {
                    if self.begun.0.is_empty() {
                        self.begun.0.reserve(USUAL_FRAMES.min(self.limits.frames));
                    }
                    self.begun.0.push(frame);
                    self.bytes += body;
                    if !more {
                        self.bytes = 0;
                        let whole = std::mem::replace(&mut self.begun, Multipart(Vec::new()));
                        return Ok(Some(Event::Message(whole)));
                    }
                }
            }
        }
    }

    /// Whether what a frame announces may come; its length if so.
    fn check(&self, Header { kind, body }: Header) -> Result<usize, ProtocolError> {
        let (before, limit) = match kind {
            Kind::Command => (0, LONGEST_COMMAND),
            Kind::Part { .. } if matches!(self.stage, Stage::BeforeReady) => {
                return Err(ProtocolError::BeforeReady);
            }
            Kind::Part { .. } if self.begun.0.len() >= self.limits.frames => {
                return Err(ProtocolError::ManyFrames { limit: self.limits.frames });
            }
            Kind::Part { .. } => (self.bytes, self.limits.bytes),
        };
        match usize::try_from(body) {
            // What came before is within the limit.
            Ok(body) if body <= limit - before => Ok(body),
            _ => {
                let bytes = body.saturating_add(u64::try_from(before).unwrap_or(u64::MAX));
                Err(match kind {
                    Kind::Command => ProtocolError::LongCommand { bytes, limit },
                    Kind::Part { .. } => ProtocolError::LongMessage { bytes, limit },
                })
            }
        }
    }

    fn command(&mut self, frame: Bytes) -> Result<Command, ProtocolError> {
        let phase = match self.stage {
            Stage::BeforeReady => Phase::BeforeReady,
            _ => Phase::AfterReady,
        };
        let command = Command::read(frame, phase)?;
        if let Command::Ready(ready) = &command {
            ready.check(self.ours)?;
            self.stage = Stage::AfterReady;
        }
        Ok(command)
    }
}

/// What has come may be secret: only its length is shown.
impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("stage", &self.stage)
            .field("buffer", &format_args!("{} bytes", self.buffer.len()))
            .field("begun", &self.begun)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
