//! Replies of Redis, version 2 of its protocol, read with bounds on what they may hold.

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use super::error::RedisError;

/// The longest line: of an error, as a rule.
const LONGEST_LINE: usize = 4096;

/// The longest byte string that is kept: no address is longer.
const LONGEST_BYTES: u64 = 512;

/// What an array may hold. Redis gives some more members of a set than it is asked for, and all of a small one.
const MOST: u64 = 16 << 10;

/// How deep arrays are within each other.
const DEEPEST: u8 = 2;

/// One reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Status(String),
    /// The command has failed; nothing is wrong with the connection.
    Error(String),
    Integer(i64),
    Bytes(Vec<u8>),
    /// Byte strings that are too long to be of use, and were not kept.
    Long,
    Nothing,
    Array(Vec<Reply>),
}

impl Reply {
    /// The reply, unless the command has failed.
    pub(super) fn ok(self) -> Result<Self, RedisError> {
        match self {
            Self::Error(text) => Err(RedisError::refused(&text)),
            reply => Ok(reply),
        }
    }
}

/// Reads one reply.
pub(super) async fn read<S: AsyncBufRead + Unpin + Send>(stream: &mut S) -> Result<Reply, RedisError> {
    nested(stream, DEEPEST).await
}

fn nested<S>(stream: &mut S, deeper: u8) -> BoxFuture<'_, Result<Reply, RedisError>>
where
    S: AsyncBufRead + Unpin + Send,
{
    async move {
        let line = line(stream).await?;
        let Some((kind, rest)) = line.split_first() else {
            return Err(RedisError::Foreign("a reply is an empty line"));
        };
        let text = || String::from_utf8_lossy(rest).into_owned();
        match kind {
            b'+' => Ok(Reply::Status(text())),
            b'-' => Ok(Reply::Error(text())),
            b':' => Ok(Reply::Integer(number(rest)?)),
            b'$' => match length(rest)? {
                None => Ok(Reply::Nothing),
                Some(length) => bytes(stream, length).await,
            },
            b'*' => match length(rest)? {
                None => Ok(Reply::Nothing),
                Some(_) if deeper == 0 => Err(RedisError::Foreign("an array is too deep within others")),
                Some(length) if length > MOST => Err(RedisError::Foreign("an array is too long")),
                Some(length) => {
                    let mut array = Vec::new();
                    for _ in 0..length {
                        array.push(nested(stream, deeper - 1).await?);
                    }
                    Ok(Reply::Array(array))
                }
            },
            _ => Err(RedisError::Foreign("a reply begins with none of the signs that it has")),
        }
    }
    .boxed()
}

/// A line without its end.
async fn line<S: AsyncBufRead + Unpin>(stream: &mut S) -> Result<Vec<u8>, RedisError> {
    let mut line = Vec::new();
    loop {
        let some = some(stream).await?;
        let (taken, ends) = match some.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (some.len(), false),
        };
        if line.len() + taken > LONGEST_LINE {
            return Err(RedisError::Foreign("a line is too long"));
        }
        line.extend_from_slice(&some[..taken]);
        stream.consume(taken);
        if ends {
            return match line.strip_suffix(b"\r\n") {
                Some(line) => Ok(line.to_vec()),
                None => Err(RedisError::Foreign("a line has no carriage return at its end")),
            };
        }
    }
}

async fn bytes<S: AsyncBufRead + Unpin>(stream: &mut S, length: u64) -> Result<Reply, RedisError> {
    let mut kept = Vec::new();
    let mut left = length;
    while left > 0 {
        let some = some(stream).await?;
        let taken = some.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if length <= LONGEST_BYTES {
            kept.extend_from_slice(&some[..taken]);
        }
        stream.consume(taken);
        left -= taken as u64;
    }
    if !line(stream).await?.is_empty() {
        return Err(RedisError::Foreign("bytes are longer than they say"));
    }
    Ok(if length <= LONGEST_BYTES { Reply::Bytes(kept) } else { Reply::Long })
}

/// What has come, at least one byte.
async fn some<S: AsyncBufRead + Unpin>(stream: &mut S) -> Result<&[u8], RedisError> {
    match stream.fill_buf().await {
        Ok([]) => Err(RedisError::Lost("it has closed the connection".to_owned())),
        Ok(some) => Ok(some),
        Err(error) => Err(RedisError::lost(&error)),
    }
}

/// A length; -1 is that there is nothing.
fn length(digits: &[u8]) -> Result<Option<u64>, RedisError> {
    match number(digits)? {
        -1 => Ok(None),
        length => Ok(Some(u64::try_from(length).map_err(|_| RedisError::Foreign("a length is negative"))?)),
    }
}

fn number(digits: &[u8]) -> Result<i64, RedisError> {
    let text = std::str::from_utf8(digits).ok();
    text.and_then(|text| text.parse().ok()).ok_or(RedisError::Foreign("a number is none"))
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::*;

    /// What is read of these bytes, with a buffer of so many of them.
    async fn read_by(room: usize, bytes: &[u8]) -> Result<Vec<Reply>, RedisError> {
        let mut stream = BufReader::with_capacity(room, bytes);
        let mut replies = Vec::new();
        while !stream.fill_buf().await.unwrap().is_empty() {
            replies.push(read(&mut stream).await?);
        }
        Ok(replies)
    }

    #[tokio::test]
    async fn each_kind_is_read_however_it_comes() {
        let said = b"+OK\r\n-ERR no\r\n:-12\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n*2\r\n$1\r\n0\r\n*1\r\n:3\r\n";
        for room in [1, 2, 3, 7, 1024] {
            let replies = read_by(room, said).await.unwrap();
            assert_eq!(
                replies,
                [
                    Reply::Status("OK".to_owned()),
                    Reply::Error("ERR no".to_owned()),
                    Reply::Integer(-12),
                    Reply::Bytes(b"a\r\nbc".to_vec()),
                    Reply::Bytes(Vec::new()),
                    Reply::Nothing,
                    Reply::Nothing,
                    Reply::Array(Vec::new()),
                    Reply::Array(vec![Reply::Bytes(b"0".to_vec()), Reply::Array(vec![Reply::Integer(3)])]),
                ]
            );
        }
    }

    #[tokio::test]
    async fn what_is_long_is_passed_over() {
        for (length, kept) in [(512, true), (513, false), (1 << 20, false)] {
            let said = [format!("${length}\r\n").as_bytes(), &vec![7; length], b"\r\n:1\r\n"].concat();
            let expected = if kept { Reply::Bytes(vec![7; length]) } else { Reply::Long };
            assert_eq!(read_by(4096, &said).await.unwrap(), [expected, Reply::Integer(1)]);
        }
    }

    #[tokio::test]
    async fn what_is_no_reply_is_refused() {
        let foreign = |why| Err(RedisError::Foreign(why));
        let sign = foreign("a reply begins with none of the signs that it has");
        let long = [b"+".to_vec(), vec![b'a'; 4096], b"\r\n".to_vec()].concat();
        for (said, expected) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], sign),
            (b"\r\n", foreign("a reply is an empty line")),
            (b"+OK\n", foreign("a line has no carriage return at its end")),
            (&long, foreign("a line is too long")),
            (b":\r\n", foreign("a number is none")),
            (b":9223372036854775808\r\n", foreign("a number is none")),
            (b"$x\r\n", foreign("a number is none")),
            (b"$-2\r\n", foreign("a length is negative")),
            (b"$1\r\nab\r\n", foreign("bytes are longer than they say")),
            (b"*16385\r\n", foreign("an array is too long")),
            (b"*1\r\n*1\r\n*1\r\n", foreign("an array is too deep within others")),
            (b"$9223372036854775807\r\nab", Err(RedisError::Lost("it has closed the connection".to_owned()))),
            (b"*2\r\n:1\r\n", Err(RedisError::Lost("it has closed the connection".to_owned()))),
        ] {
            assert_eq!(read_by(1024, said).await, expected, "{}", String::from_utf8_lossy(said));
        }
    }
}
