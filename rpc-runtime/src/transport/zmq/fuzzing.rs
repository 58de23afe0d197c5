//! What reads the bytes of peers, for the fuzz targets.

use bytes::Buf;

use super::message::{Address, Message, Taken};
use super::served::Served;
use super::zmtp::{Command, Decoder, Encoder, Event, Limits, Ready, Socket};

/// Hears what one peer says by ZMTP.
#[derive(Debug)]
pub struct Zmtp(Decoder);

/// Something whole that a peer has said.
#[derive(Debug, PartialEq, Eq)]
pub struct Heard(Event);

impl Zmtp {
    /// For who was connected to, or who has connected, with the most bytes and frames of a message.
    #[must_use]
    pub fn new(is_server: bool, bytes: usize, frames: usize) -> Self {
        let socket = if is_server { Socket::Router } else { Socket::Dealer };
        Self(Decoder::new(socket, Limits { bytes, frames }))
    }

    /// What a peer begins with that does all right.
    #[must_use]
    pub fn beginning() -> Vec<u8> {
        let mut encoder = Encoder::default();
        encoder.greeting();
        encoder.command(&Command::Ready(Ready::default().of_socket(Socket::Dealer)));
        written(encoder)
    }

    /// Takes more bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        self.0.room().extend_from_slice(bytes);
    }

    /// The next thing that the peer has said, if it is whole.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn hear(&mut self) -> Result<Option<Heard>, String> {
        self.0.next().map(|event| event.map(Heard)).map_err(|error| error.to_string())
    }

    /// How many bytes it keeps of what is not whole.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.0.kept()
    }
}

impl Heard {
    /// The bytes of the same thing, if they say all of it.
    #[must_use]
    pub fn written(&self) -> Option<Vec<u8>> {
        let mut encoder = Encoder::default();
        match &self.0 {
            Event::Message(message) => encoder.message(message.clone()),
            Event::Command(command @ (Command::Ping(_) | Command::Pong(_))) => encoder.command(command),
            Event::Command(Command::Ready(_) | Command::Error(_)) | Event::Greeting(_) => return None,
        }
        Some(written(encoder))
    }

    /// What is wrong with it as a message of oslo.messaging, or of this project, if anything is.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        let Event::Message(message) = &self.0 else { return None };
        let message = match Message::try_from(message.clone()) {
            Ok(message) => message,
            Err(bad) => return Some(bad.to_string()),
        };
        if let Some(extra) = &message.extra {
            if let Some(address) = Address::read(extra) {
                assert_eq!(Address::read(&address.written()), Some(address));
            }
            if let Some(taken) = Taken::read(extra) {
                assert_eq!(Taken::read(&taken.written()), Some(taken));
            }
        }
        match Served::read(&message.body) {
            Ok(served) => {
                assert_eq!(Served::read(&served.written()), Ok(served));
                None
            }
            Err(why) => Some(why),
        }
    }
}

fn written(mut encoder: Encoder) -> Vec<u8> {
    encoder.copy_to_bytes(encoder.remaining()).into()
}
