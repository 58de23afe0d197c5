//! Bytes of a peer that speaks ZeroMQ's protocol, or does not: they say the same however they are cut, and take no more memory
//! than grows with them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpc_runtime::fuzzing::{Heard, Zmtp};
use rpc_runtime_fuzz::within;

/// What a message may be like.
const BYTES: usize = 1 << 16;
const FRAMES: usize = 16;

/// What hearing takes besides what grows with the bytes: two blocks for what comes in, the list of a message's frames, and
/// what is said of a READY with all the properties that it may have.
const BASE: usize = 96 << 10;

/// What it takes at most for each byte: what is not whole is kept, in a block that may be twice as large, and copied to the
/// next one. A property of a few bytes is more as a value.
const PER_BYTE: usize = 16;

fuzz_target!(|data: &[u8]| {
    let [how, cut, bytes @ ..] = data else { return };
    let is_server = how & 1 == 0;
    // Most of what can be said comes after a beginning.
    let begun = how & 2 == 0;
    let beginning = if begun { Zmtp::beginning() } else { Vec::new() };
    let peer = || {
        let mut peer = Zmtp::new(is_server, BYTES, FRAMES);
        for heard in said(&mut peer, &beginning, usize::MAX).0 {
            assert!(heard.written().is_none());
        }
        peer
    };
    let at_once = said(&mut peer(), bytes, usize::MAX);
    let in_pieces = said(&mut peer(), bytes, usize::from(*cut).max(1));
    assert_eq!(at_once, in_pieces);
    bounded(&mut peer(), bytes, usize::from(*cut).max(1));
    at_once.0.iter().for_each(check);
});

/// All that it says to bytes that come in pieces of this length, and what is wrong with them.
fn said(peer: &mut Zmtp, bytes: &[u8], piece: usize) -> (Vec<Heard>, Option<String>) {
    let mut all = Vec::new();
    for piece in bytes.chunks(piece) {
        peer.put(piece);
        loop {
            match peer.hear() {
                Ok(Some(heard)) => all.push(heard),
                Ok(None) => break,
                Err(error) => {
                    assert!(error.len() < 1000, "{error}");
                    // It is told again, whatever comes.
                    peer.put(b"\0\0");
                    assert_eq!(peer.hear(), Err(error.clone()));
                    return (all, Some(error));
                }
            }
        }
    }
    (all, None)
}

/// Fails if it takes memory out of proportion to the bytes, whatever they announce.
fn bounded(peer: &mut Zmtp, bytes: &[u8], piece: usize) {
    let mut count = 0;
    within(BASE + PER_BYTE * bytes.len(), || {
        for piece in bytes.chunks(piece) {
            peer.put(piece);
            while let Ok(Some(_)) = peer.hear() {
                count += 1;
            }
            assert!(peer.kept() <= bytes.len());
        }
    });
    // Each thing has a header at least.
    assert!(count <= bytes.len() / 2);
}

/// What was heard can be said again, and is a message or told why it is none.
fn check(heard: &Heard) {
    if let Some(why) = heard.wrong() {
        assert!(why.len() < 1000, "{why}");
    }
    let Some(bytes) = heard.written() else { return };
    let mut peer = Zmtp::new(true, BYTES, FRAMES);
    said(&mut peer, &Zmtp::beginning(), usize::MAX);
    let (again, error) = said(&mut peer, &bytes, 7);
    assert_eq!(error, None);
    assert!(again.iter().eq([heard]));
}
