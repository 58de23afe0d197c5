use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

/// A connection, and the peer's end of it.
fn connection() -> (Tapped, Arc<Tap>, DuplexStream) {
    let (near, far) = duplex(1 << 20);
    let (tapped, tap) = Tapped::new(Box::new(near));
    (tapped, tap, far)
}

/// A frame of this channel that performs this with a list of fields.
fn frame(channel: u8, code: u8, fields: &[u8]) -> Vec<u8> {
    let body = [&[0, 0x53, code, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0], fields].concat();
    let size = (body.len() + 8) as u32;
    [&size.to_be_bytes()[..], &[2, 0, 0, channel], &body].concat()
}

/// A transfer of the delivery of this number.
fn transfer(channel: u8, number: u8, settled: bool) -> Vec<u8> {
    let settled = if settled { 0x41 } else { 0x42 };
    frame(channel, TRANSFER, &[0x43, 0x52, number, 0xa0, 1, number, 0x43, settled])
}

/// A receiver's verdict on the deliveries of these numbers.
fn verdict(channel: u8, first: u8, last: u8) -> Vec<u8> {
    frame(channel, DISPOSITION, &[0x41, 0x52, first, 0x52, last, 0x41])
}

async fn heard(tapped: &mut Tapped, far: &mut DuplexStream, bytes: &[u8]) -> io::Result<()> {
    far.write_all(bytes).await?;
    let mut read = vec![0; bytes.len()];
    tapped.read_exact(&mut read).await?;
    assert_eq!(read, bytes, "nothing is changed");
    Ok(())
}

#[tokio::test]
async fn what_a_peer_is_and_was_when_it_is_none() {
    let properties = b"\xc1\x1c\x04\xa3\x07version\xa1\x011\xa3\x07product\xa1\x04qpid";
    let fields = [&[0x40; 9][..], properties].concat();
    let (mut tapped, tap, mut far) = connection();
    heard(&mut tapped, &mut far, b"AMQP\0\x01\0\0").await.unwrap();
    assert_eq!((tap.product(), tap.beginning()), (None, b"AMQP\0\x01\0\0".to_vec()));
    heard(&mut tapped, &mut far, &frame(0, OPEN, &fields)).await.unwrap();
    assert_eq!((tap.product().as_deref(), tap.beginning().len()), (Some("qpid"), 0));
    for silent in [&[][..], &[0x40; 9], &[0x40; 10]] {
        let (mut tapped, tap, mut far) = connection();
        heard(&mut tapped, &mut far, &frame(0, OPEN, silent)).await.unwrap();
        assert_eq!((tap.product(), tap.beginning().len()), (None, 0));
    }
}

#[tokio::test]
async fn what_does_not_open_is_not_kept() {
    let (mut tapped, tap, mut far) = connection();
    // Of SASL, as what is none of it is not waited for at all.
    let endless = [&[0x7f, 0xff, 0xff, 0xff, 2, 1, 0, 0][..], &vec![0; 2 * LONGEST_OPEN]].concat();
    heard(&mut tapped, &mut far, &endless).await.unwrap();
    assert!(matches!(tap.state().opening, Opening::Open { product: None }));
}

#[tokio::test]
async fn frames_that_nobody_understands_end_the_connection_and_long_ones_of_sasl_do_not() {
    let mechanisms = [&[0, 0x53, 0x40, 0xc0, 200, 1, 0xe0, 197, 20, 0xa3][..], &[0; 195]].concat();
    let of = |kind: u8, body: &[u8]| {
        let size = (body.len() + 8) as u32;
        [&size.to_be_bytes()[..], &[2, kind, 0, 0], body].concat()
    };
    for (bytes, is_understood) in [
        (of(1, &mechanisms), true),
        (of(0, &[]), true),
        (of(0, b"\xa1\x03abc"), false),
        (of(0, &[0; 100]), false),
    ] {
        let (mut tapped, tap, mut far) = connection();
        let after = [&bytes[..], b"AMQP\0\x01\0\0"].concat();
        assert_eq!(heard(&mut tapped, &mut far, &after).await.is_ok(), is_understood, "{:?}", tap.why_cut());
    }
}

#[tokio::test]
async fn verdicts_count_once_they_are_flushed_each_for_its_session() {
    let (mut tapped, tap, mut far) = connection();
    tapped.write_all(&frame(3, BEGIN, &[0x40])).await.unwrap();
    let followed = tap.follow();
    let flushed = followed.flushed();
    for bytes in [verdict(3, 5, 5), verdict(4, 1, 9), verdict(3, 7, 9)] {
        // A sender's are no verdicts of this side.
        let of_sender = frame(3, DISPOSITION, &[0x42, 0x52, 1]);
        tapped.write_all(&[bytes, of_sender].concat()).await.unwrap();
    }
    assert_eq!(*flushed.borrow(), 0);
    tapped.flush().await.unwrap();
    assert_eq!(*flushed.borrow(), 4);
    // The number of a session is used again.
    tapped.write_all(&frame(3, BEGIN, &[0x40])).await.unwrap();
    let next = tap.follow();
    drop(followed);
    tapped.write_all(&verdict(3, 1, 1)).await.unwrap();
    tapped.flush().await.unwrap();
    assert_eq!((*flushed.borrow(), *next.flushed().borrow()), (4, 1));
    assert_eq!(far.read_u8().await.unwrap(), 0);
}

#[tokio::test]
async fn what_came_settled_is_known_by_its_session() {
    let (mut tapped, tap, mut far) = connection();
    tapped.write_all(&frame(2, BEGIN, &[0x40])).await.unwrap();
    let followed = tap.follow();
    // The peer has another number for it.
    let begin = frame(7, BEGIN, &[0x60, 0, 2]);
    let came = [begin, transfer(7, 1, true), transfer(7, 2, false), transfer(2, 3, true)].concat();
    heard(&mut tapped, &mut far, &came).await.unwrap();
    assert_eq!([1, 2, 3, 1].map(|number| followed.came_settled(number)), [true, false, false, false]);
    drop(followed);
    heard(&mut tapped, &mut far, &transfer(7, 4, true)).await.unwrap();
    assert!(tap.state().followed.is_empty());
}

#[tokio::test]
async fn who_settles_more_than_there_can_be_is_cut_off() {
    let (mut tapped, tap, mut far) = connection();
    let all = frame(0, DISPOSITION, &[0x41, 0x43, 0x70, 0xff, 0xff, 0xff, 0xff, 0x41]);
    heard(&mut tapped, &mut far, &verdict(0, 0, 255)).await.unwrap();
    assert_eq!(tap.why_cut(), None);
    assert!(heard(&mut tapped, &mut far, &all).await.is_err());
    assert!(tap.why_cut().unwrap().contains("more at once"), "{:?}", tap.why_cut());
}

#[tokio::test(start_paused = true)]
async fn a_cut_ends_reads_and_writes_that_wait() {
    let (mut tapped, tap, far) = connection();
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(tap.silence(), Duration::from_secs(3));
    let cut = Arc::clone(&tap);
    let cutting = tokio::spawn(async move { cut.cut("enough") });
    assert!(tapped.read_u8().await.is_err());
    cutting.await.unwrap();
    tap.cut("too late");
    assert_eq!(tap.why_cut().as_deref(), Some("enough"));
    assert!(tapped.write_u8(1).await.is_err() && tapped.shutdown().await.is_ok());
    let (mut full, tap, _far) = connection();
    let cutting = tokio::spawn(async move { tap.cut("enough") });
    assert!(full.write_all(&vec![0; 2 << 20]).await.is_err());
    cutting.await.unwrap();
    drop(far);
}
