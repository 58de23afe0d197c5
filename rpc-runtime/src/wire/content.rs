use std::borrow::Cow;
use std::io::{self, Read, Write};

use super::error::DecodeError;
use crate::text::shortened;

/// What the properties of a message say about its body. The default is a message without properties.
///
/// ```
/// use rpc_runtime::wire::{Compression, Content};
///
/// let packed = Content::JSON.with_compression(Compression::Gzip.header());
/// assert_eq!(packed.content_type, Some(Content::CONTENT_TYPE));
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Content<'a> {
    /// The property `content_type`.
    pub content_type: Option<&'a str>,
    /// The header `compression`, if it is a string.
    pub compression: Option<&'a str>,
}

impl<'a> Content<'a> {
    /// The same with this property `content_type`, or none.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<Option<&'a str>>) -> Self {
        self.content_type = content_type.into();
        self
    }

    /// The same with this header `compression`, or none.
    #[must_use]
    pub fn with_compression(mut self, compression: impl Into<Option<&'a str>>) -> Self {
        self.compression = compression.into();
        self
    }
}

impl Content<'_> {
    /// Whether the body has to be unpacked to be read.
    pub(super) fn is_compressed(&self) -> bool {
        self.compression.and_then(Compression::of_header).is_some()
    }

    /// JSON without compression, as it is written by default.
    pub const JSON: Content<'static> = Content { content_type: Some(Self::CONTENT_TYPE), compression: None };

    /// The one `content_type` that Python writes and reads.
    pub const CONTENT_TYPE: &'static str = "application/json";
}

/// The largest messages that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The size of a body in bytes, before and after decompression. Default: 16 MiB.
    pub max_body: usize,
    /// How deep arrays and objects may be nested in each other, those of the message itself
    /// included. Default: 128 levels.
    pub max_depth: usize,
    /// How many times larger a body may become by decompression, if it becomes larger than 128 KiB.
    /// Default: 100 times.
    pub max_ratio: usize,
}

/// Up to this many bytes, it does not matter how much was compressed.
const ANY_RATIO: usize = 128 << 10;

impl Default for Limits {
    fn default() -> Self {
        Self { max_body: 16 << 20, max_depth: 128, max_ratio: 100 }
    }
}

impl Limits {
    /// How large a body may become by decompression, in bytes.
    fn decompressed(&self, body: &[u8]) -> usize {
        self.max_body.min(ANY_RATIO.max(body.len().saturating_mul(self.max_ratio)))
    }
}

/// How a sender may compress its bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// What kombu calls gzip, although it is zlib.
    Gzip,
    /// Bzip2.
    Bzip2,
    /// Lzma, in the form of xz. With the feature `lzma`.
    #[cfg(feature = "lzma")]
    Lzma,
}

/// How much memory a body in lzma may take to be read beside what it holds; it says so itself. Python's own level of
/// compression takes 9 MiB.
#[cfg(feature = "lzma")]
const LZMA_MEMORY: u64 = 16 << 20;

impl Compression {
    /// The value of the header `compression` that goes with such a body.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Compression::Gzip => "application/x-gzip",
            Compression::Bzip2 => "application/x-bz2",
            #[cfg(feature = "lzma")]
            Compression::Lzma => "application/x-lzma",
        }
    }

    /// Compresses a body.
    ///
    /// # Errors
    ///
    /// Those of the compressor, which has none when it writes to memory.
    pub fn compress(self, body: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Compression::Gzip => {
                let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(body)?;
                encoder.finish()
            }
            Compression::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
                encoder.write_all(body)?;
                encoder.finish()
            }
            #[cfg(feature = "lzma")]
            Compression::Lzma => {
                // Python's own level.
                let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
                encoder.write_all(body)?;
                encoder.finish()
            }
        }
    }

    /// The compression that a header names, aliases of kombu included.
    fn of_header(name: &str) -> Option<Self> {
        match name {
            "application/x-gzip" | "gzip" | "zlib" => Some(Compression::Gzip),
            "application/x-bz2" | "bzip2" | "bzip" => Some(Compression::Bzip2),
            #[cfg(feature = "lzma")]
            "application/x-lzma" | "lzma" | "xz" => Some(Compression::Lzma),
            _ => None,
        }
    }

    /// The first `len` bytes of a compressed body.
    fn decompress(self, body: &[u8], len: usize) -> io::Result<Vec<u8>> {
        let len = u64::try_from(len).unwrap_or(u64::MAX);
        let mut plain = Vec::new();
        match self {
            Compression::Gzip => flate2::read::ZlibDecoder::new(body).take(len).read_to_end(&mut plain),
            Compression::Bzip2 => bzip2::read::MultiBzDecoder::new(body).take(len).read_to_end(&mut plain),
            #[cfg(feature = "lzma")]
            Compression::Lzma => {
                let stream = liblzma::stream::Stream::new_stream_decoder(LZMA_MEMORY, 0)?;
                liblzma::read::XzDecoder::new_stream(body, stream).take(len).read_to_end(&mut plain)
            }
        }?;
        Ok(plain)
    }
}

/// The body as JSON text in bytes, decompressed if it has to be.
///
/// A body that does not decompress, or whose compression is unknown, is taken as it is, because
/// Python does so; in the latter case only if it looks like JSON, so that the error names the compression.
pub(super) fn plain<'a>(
    body: &'a [u8],
    content: &Content<'_>,
    limits: &Limits,
) -> Result<Cow<'a, [u8]>, DecodeError> {
    match content.content_type {
        Some(Content::CONTENT_TYPE) => {}
        Some(other) => return Err(DecodeError::ContentType(format!("{:?}", shortened(other)))),
        None => return Err(DecodeError::ContentType("missing".to_owned())),
    }
    let too_large = DecodeError::TooLarge { limit: limits.max_body };
    if body.len() > limits.max_body {
        return Err(too_large);
    }
    let Some(name) = content.compression else { return Ok(Cow::Borrowed(body)) };
    let Some(compression) = Compression::of_header(name) else {
        return match body.trim_ascii_start().first() {
            Some(b'{' | b'[') | None => Ok(Cow::Borrowed(body)),
            Some(_) => Err(DecodeError::Compression(format!("{:?}", shortened(name)))),
        };
    };
    let limit = limits.decompressed(body);
    match compression.decompress(body, limit.saturating_add(1)) {
        Ok(plain) if plain.len() > limits.max_body => Err(too_large),
        Ok(plain) if plain.len() > limit => {
            Err(DecodeError::TooDense { bytes: body.len(), ratio: limits.max_ratio })
        }
        Ok(plain) => Ok(Cow::Owned(plain)),
        Err(_) => Ok(Cow::Borrowed(body)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8], compression: &str) -> Result<Vec<u8>, DecodeError> {
        let content = Content { compression: Some(compression), ..Content::JSON };
        plain(body, &content, &Limits::default()).map(Cow::into_owned)
    }

    #[test]
    fn both_compressions_under_all_names() {
        for (compression, names) in [
            (Compression::Gzip, ["application/x-gzip", "gzip", "zlib"]),
            (Compression::Bzip2, ["application/x-bz2", "bzip2", "bzip"]),
        ] {
            let body = compression.compress(b"[1, 2]").unwrap();
            assert_ne!(body, b"[1, 2]");
            assert_eq!(compression.header(), names[0]);
            for name in names {
                assert_eq!(read(&body, name).unwrap(), b"[1, 2]", "{name}");
            }
            for name in ["bz2", "GZIP", "application/zstd", ""] {
                let error = read(&body, name).unwrap_err();
                assert_eq!(
                    error.to_string(),
                    format!("the body is compressed by {name:?}, which is not read")
                );
                assert_eq!(read(b" [1, 2]", name).unwrap(), b" [1, 2]", "{name}");
            }
        }
    }

    #[cfg(feature = "lzma")]
    #[test]
    fn lzma_as_python_writes_it() {
        // lzma.compress(b"[1, 2]") of Python.
        let body = b"\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4F\x02\x00!\x01\x16\x00\x00\x00t/\xe5\xa3\x01\x00\x05[1, 2]\x00\x00\x00\xc7\x90{\x99\x82\x8d\x9a\xba\x00\x01\x1e\x06\xc1/\xa4\x1d\x1f\xb6\xf3}\x01\x00\x00\x00\x00\x04YZ";
        for name in ["application/x-lzma", "lzma", "xz"] {
            assert_eq!(read(body, name).unwrap(), b"[1, 2]", "{name}");
        }
        let limits = Limits { max_body: 1000, ..Limits::default() };
        let content = Content { compression: Some("xz"), ..Content::JSON };
        let bomb = Compression::Lzma.compress(&vec![b' '; 1 << 20]).unwrap();
        assert_eq!(plain(&bomb, &content, &limits), Err(DecodeError::TooLarge { limit: 1000 }));
        // What asks for more memory than it may have is not read.
        let mut greedy = liblzma::write::XzEncoder::new(Vec::new(), 9);
        greedy.write_all(b"[1, 2]").unwrap();
        let greedy = greedy.finish().unwrap();
        assert_eq!(read(&greedy, "xz").unwrap(), greedy);
    }

    #[test]
    fn what_does_not_decompress_is_plain() {
        for compression in [Compression::Gzip, Compression::Bzip2] {
            assert_eq!(read(b"{}", compression.header()).unwrap(), b"{}");
            let body = compression.compress(&[7; 1000]).unwrap();
            let cut = &body[..body.len() - 6];
            assert_eq!(read(cut, compression.header()).unwrap(), cut);
        }
    }

    #[test]
    fn bombs_are_refused_at_the_limit() {
        let limits = Limits { max_body: 1000, ..Limits::default() };
        for compression in [Compression::Gzip, Compression::Bzip2] {
            let content = Content { compression: Some(compression.header()), ..Content::JSON };
            let fits = compression.compress(&[b' '; 1000]).unwrap();
            assert_eq!(plain(&fits, &content, &limits).unwrap().len(), 1000);
            let bomb = compression.compress(&vec![b' '; 1 << 20]).unwrap();
            assert!(bomb.len() < limits.max_body * 2);
            assert_eq!(plain(&bomb, &content, &limits), Err(DecodeError::TooLarge { limit: 1000 }));
        }
        assert!(plain(&[b' '; 1000], &Content::JSON, &limits).is_ok());
        assert!(plain(&[b' '; 1001], &Content::JSON, &limits).is_err());
    }

    #[test]
    fn little_may_become_much_only_up_to_a_limit() {
        let limits = Limits { max_ratio: 2, ..Limits::default() };
        // Noise that is nearly as long when it is compressed.
        let noise: Vec<_> =
            (0_u32..300_000).flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_be_bytes()).collect();
        for compression in [Compression::Gzip, Compression::Bzip2] {
            let content = Content { compression: Some(compression.header()), ..Content::JSON };
            let read = |body: &[u8]| {
                plain(&compression.compress(body).unwrap(), &content, &limits).map(|it| it.len())
            };
            assert_eq!(read(&vec![b' '; ANY_RATIO]), Ok(ANY_RATIO));
            assert_eq!(read(&noise), Ok(noise.len()));
            let error = read(&vec![b' '; ANY_RATIO + 1]).unwrap_err();
            assert!(error.to_string().contains("more than max_ratio=2 times"), "{error}");
        }
    }

    #[test]
    fn one_content_type() {
        for (content_type, said) in [(None, "missing"), (Some("Application/JSON"), "\"Application/JSON\"")] {
            let content = Content { content_type, compression: None };
            let error = plain(b"{}", &content, &Limits::default()).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
        }
    }
}
