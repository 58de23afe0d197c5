//! Options as text: how oslo.messaging's configuration files and URLs spell values.

use std::path::PathBuf;
use std::time::Duration;

use crate::wire::Compression;

/// A type that an option can have.
pub(super) trait OptionValue: Sized {
    /// The value of a text, or what was expected instead.
    fn read(text: &str) -> Result<Self, &'static str>;
}

impl OptionValue for bool {
    /// oslo.config's words, in any case.
    fn read(text: &str) -> Result<Self, &'static str> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Ok(true),
            "false" | "0" | "off" | "no" => Ok(false),
            _ => Err("true or false"),
        }
    }
}

impl OptionValue for u16 {
    fn read(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| "a whole number from 0 to 65535")
    }
}

impl OptionValue for i32 {
    fn read(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| "a whole number from -1 to 2147483647")
    }
}

impl OptionValue for u32 {
    fn read(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| "a whole number from 0 to 4294967295")
    }
}

impl OptionValue for usize {
    fn read(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| "a whole number, not negative")
    }
}

impl OptionValue for Duration {
    fn read(text: &str) -> Result<Self, &'static str> {
        let expected = "a number of seconds, not negative";
        text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or(expected)
    }
}

impl OptionValue for Option<String> {
    /// Python's names may be empty, too.
    fn read(text: &str) -> Result<Self, &'static str> {
        Ok(Some(text.to_owned()))
    }
}

impl OptionValue for Option<PathBuf> {
    fn read(text: &str) -> Result<Self, &'static str> {
        Ok(Some(text).filter(|text| !text.is_empty()).map(PathBuf::from))
    }
}

impl OptionValue for Option<Compression> {
    /// The names of kombu.
    fn read(text: &str) -> Result<Self, &'static str> {
        match text {
            "" => Ok(None),
            "gzip" | "zlib" | "application/x-gzip" => Ok(Some(Compression::Gzip)),
            "bzip2" | "bzip" | "application/x-bz2" => Ok(Some(Compression::Bzip2)),
            #[cfg(feature = "lzma")]
            "lzma" | "xz" | "application/x-lzma" => Ok(Some(Compression::Lzma)),
            #[cfg(not(feature = "lzma"))]
            "lzma" | "xz" | "application/x-lzma" => {
                Err("gzip or bzip2, or lzma with the feature of that name")
            }
            _ => Err("gzip or bzip2"),
        }
    }
}
