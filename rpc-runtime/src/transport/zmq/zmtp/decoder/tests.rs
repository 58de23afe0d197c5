use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::command::Ping;
use super::super::encoder::Encoder;
use super::super::ready::Ready;
use super::*;

const LIMITS: Limits = Limits { bytes: 1 << 20, frames: 16 };

fn decoder() -> Decoder {
    Decoder::new(Socket::Router, LIMITS)
}

fn put(decoder: &mut Decoder, bytes: &[u8]) {
    decoder.room().extend_from_slice(bytes);
}

/// All that it says to bytes that come in pieces of these lengths, in turn.
fn said(decoder: &mut Decoder, mut bytes: &[u8], pieces: &[usize]) -> Result<Vec<Event>, ProtocolError> {
    let mut events = Vec::new();
    let mut pieces = pieces.iter().copied().cycle();
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(pieces.next().unwrap_or(1).clamp(1, bytes.len()));
        put(decoder, piece);
        bytes = rest;
        while let Some(event) = decoder.next()? {
            events.push(event);
        }
    }
    Ok(events)
}

/// A decoder that has heard greeting and READY.
fn ready() -> Decoder {
    let mut decoder = decoder();
    let heard = said(&mut decoder, &beginning(), &[usize::MAX]).unwrap();
    assert_eq!(heard.len(), 2);
    decoder
}

fn beginning() -> Vec<u8> {
    let mut encoder = Encoder::default();
    encoder.greeting();
    encoder.command(&Command::Ready(Ready::default().of_socket(Socket::Dealer).with_identity("me")));
    written(encoder)
}

fn written(mut encoder: Encoder) -> Vec<u8> {
    encoder.copy_to_bytes(encoder.remaining()).into()
}

fn event() -> impl Strategy<Value = Event> {
    let length = prop_oneof![0..3_usize, 250..260_usize, 3000..5000_usize];
    let frame = (length, any::<u8>()).prop_map(|(length, byte)| Bytes::from(vec![byte; length]));
    let context = vec(any::<u8>(), 0..=16).prop_map(Bytes::from);
    prop_oneof![
        vec(frame, 1..=16).prop_map(|frames| Event::Message(Multipart(frames))),
        (any::<u16>(), context.clone()).prop_map(|(tenths, context)| {
            let ttl = Duration::from_millis(u64::from(tenths) * 100);
            Event::Command(Command::Ping(Ping { ttl, context }))
        }),
        context.prop_map(|context| Event::Command(Command::Pong(context))),
    ]
}

fn encode(encoder: &mut Encoder, event: &Event) {
    match event {
        Event::Greeting(_) => encoder.greeting(),
        Event::Command(command) => encoder.command(command),
        Event::Message(message) => encoder.message(message.clone()),
    }
}

proptest! {
    #[test]
    fn everything_comes_back_however_it_is_cut(events in vec(event(), 0..12), pieces in vec(1..6000_usize, 1..8)) {
        let mut encoder = Encoder::default();
        encode(&mut encoder, &Event::Greeting(Version::OURS));
        let ready = Event::Command(Command::Ready(Ready::default().of_socket(Socket::Dealer)));
        encode(&mut encoder, &ready);
        for event in &events {
            encode(&mut encoder, event);
        }
        let mut decoder = decoder();
        let heard = said(&mut decoder, &written(encoder), &pieces).unwrap();
        prop_assert_eq!(&heard[..2], &[Event::Greeting(Version::OURS), ready][..]);
        prop_assert_eq!(&heard[2..], &events);
        prop_assert!(decoder.is_between());
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        begun in any::<bool>(),
        bytes in vec(any::<u8>(), 0..1500),
        // Small ones are flags and lengths of more frames.
        mask in prop_oneof![Just(7), Just(15), any::<u8>()],
        pieces in vec(1..300_usize, 1..8),
    ) {
        let mut decoder = if begun { ready() } else { decoder() };
        let bytes: Vec<_> = bytes.into_iter().map(|byte| byte & mask).collect();
        if let Err(refused) = said(&mut decoder, &bytes, &pieces) {
            prop_assert_eq!(decoder.next(), Err(refused));
        }
        // However long a frame says that it is.
        prop_assert!(decoder.buffer.capacity() <= 2 * (bytes.len() + BLOCK), "{}", decoder.buffer.capacity());
    }

    #[test]
    fn a_beginning_with_one_byte_changed_is_read_or_refused(at in 0..200_usize, byte in any::<u8>()) {
        let mut bytes = beginning();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = said(&mut decoder(), &bytes, &[7]);
    }
}

#[test]
fn each_cut_of_a_conversation_says_the_same() {
    let mut encoder = Encoder::default();
    encoder.message(Multipart(vec!["".into(), "1.0".into(), Bytes::from(vec![7; 300])]));
    encoder.command(&Command::Pong("x".into()));
    let bytes = [beginning(), written(encoder)].concat();
    let whole = said(&mut decoder(), &bytes, &[usize::MAX]).unwrap();
    assert_eq!(whole.len(), 4);
    for cut in 1..bytes.len() {
        assert_eq!(said(&mut decoder(), &bytes, &[cut]).unwrap(), whole, "{cut}");
    }
}

#[test]
fn commands_may_come_between_the_frames_of_a_message() {
    // As libzmq sends its heartbeats.
    let heard = said(&mut ready(), b"\x01\x01a\x04\x05\x04PONG\x00\x01b", &[usize::MAX]).unwrap();
    let message = Event::Message(Multipart(vec!["a".into(), "b".into()]));
    assert_eq!(heard, [Event::Command(Command::Pong(Bytes::new())), message]);
}

#[test]
fn the_end_is_expected_between_messages_only() {
    assert!(!decoder().is_between());
    let mut decoder = ready();
    assert!(decoder.is_between());
    for (bytes, between) in [(&b"\x00"[..], false), (b"\x01", false), (b"a", true), (b"\x01\x00", false)] {
        assert!(said(&mut decoder, bytes, &[1]).is_ok());
        assert_eq!(decoder.is_between(), between, "{bytes:?}");
    }
}

#[test]
fn what_is_announced_is_refused_before_it_comes() {
    let long = |flags: u8, length: u64| [&[flags][..], &length.to_be_bytes()].concat();
    for (bytes, refused) in [
        (long(2, (1 << 20) + 1), ProtocolError::LongMessage { bytes: (1 << 20) + 1, limit: 1 << 20 }),
        (long(3, u64::MAX), ProtocolError::LongMessage { bytes: u64::MAX, limit: 1 << 20 }),
        (long(6, 65_537), ProtocolError::LongCommand { bytes: 65_537, limit: 65_536 }),
        (b"\x01\x00".repeat(17), ProtocolError::ManyFrames { limit: 16 }),
        // Of the frames of a message it is the sum that counts.
        (
            [&b"\x01\x01a"[..], &long(2, 1 << 20)].concat(),
            ProtocolError::LongMessage { bytes: (1 << 20) + 1, limit: 1 << 20 },
        ),
        (
            [&b"\x01\x01a"[..], &long(2, u64::MAX)].concat(),
            ProtocolError::LongMessage { bytes: u64::MAX, limit: 1 << 20 },
        ),
    ] {
        let mut decoder = ready();
        assert_eq!(said(&mut decoder, &bytes, &[1]), Err(refused.clone()));
        assert_eq!(said(&mut decoder, b"\x00\x01a", &[1]), Err(refused));
    }
    let mut decoder = ready();
    assert_eq!(said(&mut decoder, &long(2, 1 << 20), &[1]), Ok(vec![]));
    assert_eq!(said(&mut decoder, &vec![7; 1 << 20], &[100_000]).unwrap().len(), 1);
    // What was counted for one message is not for the next.
    assert_eq!(said(&mut decoder, &long(2, 1 << 20), &[1]), Ok(vec![]));
}

#[test]
fn what_is_announced_takes_no_memory_before_it_comes() {
    let mut decoder = ready();
    let announced = [&[2][..], &(1_u64 << 20).to_be_bytes()].concat();
    assert_eq!(said(&mut decoder, &announced, &[1]), Ok(vec![]));
    for come in 0..500 {
        assert_eq!(said(&mut decoder, &[7; 1000], &[300]), Ok(vec![]));
        let room = decoder.room().capacity();
        assert!(room <= 2 * (come * 1000 + 2 * BLOCK), "{room} after {come}");
    }
}

#[test]
fn before_ready_only_that_may_come() {
    let mut encoder = Encoder::default();
    encoder.greeting();
    let greeting = written(encoder);
    let begun = |bytes: &[u8]| said(&mut decoder(), &[&greeting[..], bytes].concat(), &[usize::MAX]);
    assert_eq!(begun(b"\x00\x01a"), Err(ProtocolError::BeforeReady));
    let refused = begun(b"\x04\x07\x04PING\0\0").unwrap_err();
    assert!(matches!(refused, ProtocolError::Unexpected { .. }), "{refused}");
    let refused = begun(&[&[6][..], &(64_u64 << 20).to_be_bytes()].concat()).unwrap_err();
    assert_eq!(refused, ProtocolError::LongCommand { bytes: 64 << 20, limit: 64 << 10 });
    assert_eq!(
        begun(b"\x04\x09\x05ERROR\x02no").unwrap()[1],
        Event::Command(Command::Error("no".to_owned()))
    );

    let again = said(&mut ready(), &beginning()[greeting.len()..], &[usize::MAX]).unwrap_err();
    assert_eq!(again.to_string(), "the command READY came a second time");
}

#[test]
fn sockets_that_do_not_go_together_are_refused() {
    let mut decoder = Decoder::new(Socket::Dealer, LIMITS);
    let mut encoder = Encoder::default();
    encoder.greeting();
    encoder.command(&Command::Ready(Ready { socket_type: "PUB".to_owned(), ..Ready::default() }));
    let refused = said(&mut decoder, &written(encoder), &[usize::MAX]).unwrap_err();
    assert!(matches!(refused, ProtocolError::SocketType { .. }), "{refused}");
}

#[test]
fn the_work_grows_with_the_bytes_alone() {
    /// How often the decoder looks at a message of so many bytes, and how many bytes it copies to make room.
    fn work(length: usize) -> (usize, usize) {
        let mut decoder = Decoder::new(Socket::Router, Limits { bytes: length, frames: 1 });
        said(&mut decoder, &beginning(), &[usize::MAX]).unwrap();
        let mut encoder = Encoder::default();
        encoder.message(Multipart(vec![Bytes::from(vec![1; length])]));
        let (bytes, mut copied) = (written(encoder), 0);
        let looks = decoder.looks;
        for piece in bytes.chunks(512) {
            let (place, there) = (decoder.buffer.as_ptr(), decoder.buffer.len());
            let room = decoder.room();
            if room.as_ptr() != place {
                copied += there;
            }
            room.extend_from_slice(piece);
            let whole = decoder.next().unwrap();
            assert!(whole.is_none() || decoder.is_between());
        }
        assert!(decoder.is_between());
        (decoder.looks - looks, copied)
    }
    let (looks, copied) = work(1 << 20);
    assert!(looks <= (1 << 20) / 512 + 2, "{looks}");
    assert!(copied <= 2 << 20, "{copied}");
    let (more_looks, more_copied) = work(8 << 20);
    assert!(more_looks <= 8 * looks && more_copied <= 16 << 20, "{more_looks}, {more_copied}");
}

#[test]
fn small_messages_share_a_block_and_large_ones_are_not_copied() {
    let mut decoder = ready();
    for _ in 0..10_000 {
        put(&mut decoder, b"\x00\x01a");
        drop(decoder.next());
    }
    assert!(decoder.buffer.capacity() <= BLOCK);

    let length = 1 << 20;
    put(&mut decoder, &[&[2][..], &(length as u64).to_be_bytes()].concat());
    assert_eq!(decoder.next(), Ok(None));
    while decoder.buffer.len() < length + 9 {
        let there = decoder.buffer.len();
        let room = decoder.room();
        let free = (room.capacity() - there).min(length + 9 - there);
        room.extend_from_slice(&vec![1; free]);
    }
    let place = decoder.buffer[9..].as_ptr();
    let Ok(Some(Event::Message(message))) = decoder.next() else { panic!() };
    assert_eq!(message.0[0].as_ptr(), place);
}

#[test]
fn what_is_shown_of_a_message_is_how_long_it_is() {
    let shown = format!("{:?}", Event::Message(Multipart(vec!["".into(), "hunter2".into()])));
    assert_eq!(shown, "Message(Multipart [0, 7])");
    let mut decoder = ready();
    put(&mut decoder, b"\x00\x09hunter2");
    assert!(decoder.next().is_ok());
    assert!(!format!("{decoder:?}").contains("hunter2"));
}
