//! READY: what each side says of itself after the greetings.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::error::{ProtocolError, quoted};
use super::frame::LONGEST_COMMAND;
use super::socket::Socket;

/// How many bytes the name of the command takes.
const NAME_LENGTH: usize = 1 + "READY".len();

const SOCKET_TYPE: &str = "Socket-Type";
const IDENTITY: &str = "Identity";

/// How many properties a peer may have. Far fewer are known, and each is compared with all others.
const MOST_PROPERTIES: usize = 64;

/// The longest identity that the protocol lets be.
const LONGEST_IDENTITY: usize = 255;

/// What one side says of itself.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Ready {
    /// The kind of its socket.
    pub(crate) socket_type: String,
    /// What a ROUTER that is connected to calls it; empty if it leaves that to the other side.
    pub(crate) identity: Bytes,
    /// All else that it says; a name has 1 to 255 letters, digits and `-_.+`, and `X-` first if it is nobody else's.
    pub(crate) properties: Vec<(String, Bytes)>,
}

impl Ready {
    /// The same as what a socket of ours says.
    #[must_use]
    pub(crate) fn of_socket(mut self, socket: Socket) -> Self {
        self.socket_type = socket.name().to_owned();
        self
    }

    #[cfg(test)]
    #[must_use]
    pub(crate) fn with_identity(mut self, identity: impl Into<Bytes>) -> Self {
        self.identity = identity.into();
        self
    }

    #[must_use]
    pub(crate) fn with_property(mut self, name: &str, value: impl Into<Bytes>) -> Self {
        self.properties.push((name.to_owned(), value.into()));
        self
    }

    /// What it says of a name, whose letters may be small or not.
    pub(crate) fn property(&self, name: &str) -> Option<&Bytes> {
        self.properties.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether such a peer can speak to `ours`.
    pub(super) fn check(&self, ours: Socket) -> Result<(), ProtocolError> {
        if ours.peers().contains(&&*self.socket_type) {
            return Ok(());
        }
        Err(ProtocolError::SocketType {
            theirs: quoted(self.socket_type.as_bytes()),
            ours: ours.name(),
            allowed: ours.peers_in_words(),
        })
    }

    /// Whether a peer like this one takes it; what is wrong if not.
    pub(crate) fn fits(&self) -> Result<(), ProtocolError> {
        let mut written = BytesMut::new();
        self.write(&mut written);
        let bytes = NAME_LENGTH + written.len();
        if bytes > LONGEST_COMMAND {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            return Err(ProtocolError::LongCommand { bytes, limit: LONGEST_COMMAND });
        }
        Self::read(written.freeze()).map(drop)
    }

    /// Reads what follows the name of the command.
    pub(super) fn read(mut rest: Bytes) -> Result<Self, ProtocolError> {
        let (mut socket_type, mut identity) = (None, None);
        let mut properties: Vec<(String, Bytes)> = Vec::new();
        while !rest.is_empty() {
            let (name, value) = read_property(&mut rest)?;
            let known = if name.eq_ignore_ascii_case(SOCKET_TYPE) {
                socket_type.replace(String::from_utf8_lossy(&value).into_owned()).is_some()
            } else if name.eq_ignore_ascii_case(IDENTITY) {
                if value.len() > LONGEST_IDENTITY {
                    return Err(ProtocolError::LongIdentity { bytes: value.len(), limit: LONGEST_IDENTITY });
                }
                identity.replace(value).is_some()
            } else if properties.len() == MOST_PROPERTIES {
                return Err(ProtocolError::ManyProperties { limit: MOST_PROPERTIES });
            } else {
                let known = properties.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name));
                properties.push((name.clone(), value));
                known
            };
            if known {
                return Err(ProtocolError::Twice(quoted(name.as_bytes())));
            }
        }
        let socket_type = socket_type.ok_or(ProtocolError::NoSocketType)?;
        Ok(Self { socket_type, identity: identity.unwrap_or_default(), properties })
    }

    /// Writes what follows the name of the command.
    pub(super) fn write(&self, to: &mut BytesMut) {
        write_property(SOCKET_TYPE, self.socket_type.as_bytes(), to);
        write_property(IDENTITY, &self.identity, to);
        for (name, value) in &self.properties {
            write_property(name, value, to);
        }
    }
}

/// What peers say may be long: of values only the lengths are shown.
impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { socket_type, identity, properties } = self;
        let properties = properties.iter().map(|(name, value)| (quoted(name.as_bytes()), value.len()));
        f.debug_struct("Ready")
            .field("socket_type", &quoted(socket_type.as_bytes()))
            .field("identity", &format_args!("{} bytes", identity.len()))
            .field("properties", &properties.collect::<Vec<_>>())
            .finish()
    }
}

/// Takes one property off: its name with the length in one byte, its value with the length in four.
fn read_property(rest: &mut Bytes) -> Result<(String, Bytes), ProtocolError> {
    const CUT: ProtocolError = malformed("a property is cut off");
    let length = usize::from(rest.try_get_u8().map_err(|_| CUT)?);
    if rest.len() < length {
        return Err(CUT);
    }
    let name = rest.split_to(length);
    let name = match std::str::from_utf8(&name) {
        Ok(name) if !name.is_empty() && name.bytes().all(is_of_name) => name.to_owned(),
        _ => {
            return Err(malformed("the name of a property is empty or has other characters than names have"));
        }
    };
    let length = usize::try_from(rest.try_get_u32().map_err(|_| CUT)?).map_err(|_| CUT)?;
    if rest.len() < length {
        return Err(CUT);
    }
    Ok((name, rest.split_to(length)))
}

fn write_property(name: &str, value: &[u8], to: &mut BytesMut) {
    // What is longer than can be said is refused by `fits`.
    to.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
    to.put_slice(name.as_bytes());
    to.put_u32(u32::try_from(value.len()).unwrap_or(u32::MAX));
    to.put_slice(value);
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte)
}

const fn malformed(why: &'static str) -> ProtocolError {
    ProtocolError::Malformed { name: "READY", why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(properties: &[(&str, &[u8])]) -> Bytes {
        let mut written = BytesMut::new();
        for (name, value) in properties {
            write_property(name, value, &mut written);
        }
        written.freeze()
    }

    #[test]
    fn what_a_side_says_of_itself_comes_back() {
        let ready = Ready::default()
            .of_socket(Socket::Dealer)
            .with_identity(&[0, 255][..])
            .with_property("X-Rpc", "1")
            .with_property("X-Rpc-Serves", Bytes::from(vec![b'a'; 1000]));
        let mut written = BytesMut::new();
        ready.write(&mut written);
        let read = Ready::read(written.freeze()).unwrap();
        assert_eq!(read, ready);
        assert_eq!(read.property("x-rpc").map(|value| &**value), Some(&b"1"[..]));
        assert_eq!(read.property("X-Other"), None);
    }

    #[test]
    fn names_are_the_same_in_small_letters() {
        let read = Ready::read(written(&[("SOCKET-TYPE", b"ROUTER"), ("identity", b"me")])).unwrap();
        assert_eq!(read, Ready::default().of_socket(Socket::Router).with_identity("me"));
    }

    #[test]
    fn what_is_said_twice_is_refused() {
        for twice in ["Socket-Type", "Identity", "X-Rpc"] {
            let said = [("Socket-Type", &b"ROUTER"[..]), ("Identity", b""), ("X-Rpc", b"1")];
            let again = twice.to_lowercase();
            let refused = Ready::read(written(&[&said[..], &[(&*again, b"")]].concat()));
            assert_eq!(refused, Err(ProtocolError::Twice(again)));
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let identity =
            |length| Ready::read(written(&[("Socket-Type", b"REQ"), ("Identity", &vec![1; length])]));
        assert_eq!(identity(255).unwrap().identity.len(), 255);
        assert_eq!(identity(256), Err(ProtocolError::LongIdentity { bytes: 256, limit: 255 }));

        let names: Vec<_> = (0..65).map(|n| format!("X-{n}")).collect();
        let mut all: Vec<_> = names.iter().map(|name| (&**name, &b""[..])).collect();
        all.push(("Socket-Type", b"REQ"));
        assert_eq!(Ready::read(written(&all[1..])).unwrap().properties.len(), 64);
        assert_eq!(Ready::read(written(&all)), Err(ProtocolError::ManyProperties { limit: 64 }));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        assert_eq!(Ready::read(Bytes::new()), Err(ProtocolError::NoSocketType));
        assert_eq!(Ready::read(written(&[("X-Rpc", b"1")])), Err(ProtocolError::NoSocketType));
        let whole = written(&[("Socket-Type", b"DEALER")]);
        for end in 1..whole.len() {
            assert_eq!(Ready::read(whole.slice(..end)), Err(malformed("a property is cut off")));
        }
        for name in [&b"\0"[..], b"\x01\n", b"\x02\xc3\xa9"] {
            let bytes = [name, &[0; 4]].concat();
            let refused = Ready::read(bytes.into()).unwrap_err();
            assert!(refused.to_string().contains("the name of a property"), "{refused}");
        }
    }

    #[test]
    fn only_some_sockets_go_together() {
        let check =
            |theirs: &str, ours| Ready { socket_type: theirs.to_owned(), ..Ready::default() }.check(ours);
        for theirs in ["ROUTER", "DEALER", "REP"] {
            assert_eq!(check(theirs, Socket::Dealer), Ok(()));
        }
        for theirs in ["ROUTER", "DEALER", "REQ"] {
            assert_eq!(check(theirs, Socket::Router), Ok(()));
        }
        for (theirs, ours) in [("REQ", Socket::Dealer), ("PUB", Socket::Router), ("", Socket::Dealer)] {
            assert!(matches!(check(theirs, ours), Err(ProtocolError::SocketType { .. })), "{theirs}");
        }
        let refused = check("P\u{1b}B", Socket::Router).unwrap_err().to_string();
        let said = r#"its socket is of the type "P\u{1b}B", and to ROUTER speak only DEALER, ROUTER and REQ"#;
        assert_eq!(refused, said);
    }

    #[test]
    fn what_a_peer_would_refuse_is_known_before() {
        let ready = || Ready::default().of_socket(Socket::Router);
        let value = |length: usize| Bytes::from(vec![b'a'; length]);
        // The rest of it has 6 + 22 + 13 + 6 bytes.
        assert_eq!(ready().with_property("X", value((64 << 10) - 47)).fits(), Ok(()));
        let long = ready().with_property("X", value((64 << 10) - 46)).fits();
        assert_eq!(long, Err(ProtocolError::LongCommand { bytes: (64 << 10) + 1, limit: 64 << 10 }));
        assert!(matches!(ready().with_identity(value(256)).fits(), Err(ProtocolError::LongIdentity { .. })));
        let twice = ready().with_property("X", "1").with_property("x", "2").fits();
        assert_eq!(twice, Err(ProtocolError::Twice("x".to_owned())));
        for name in ["", "a b", &"n".repeat(256)] {
            assert!(ready().with_property(name, "1").fits().is_err(), "{name}");
        }
    }

    #[test]
    fn values_are_not_shown() {
        let shown =
            format!("{:?}", Ready::default().of_socket(Socket::Dealer).with_property("X-Token", "hunter2"));
        assert!(shown.contains("X-Token") && !shown.contains("hunter2"), "{shown}");
    }
}
