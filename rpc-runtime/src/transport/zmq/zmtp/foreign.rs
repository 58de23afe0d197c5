//! Other protocols, by the bytes that they begin with: what comes to a wrong port is told by its name.

/// What comes first, from either side, and who says so.
const FIRST_BYTES: &[(&[u8], &str)] = &[
    (b"AMQP", "AMQP"),
    (b"\x16\x03", "TLS"),
    (b"\x15\x03", "TLS"),
    (b"HTTP/", "HTTP"),
    (b"GET ", "HTTP"),
    (b"PUT ", "HTTP"),
    (b"HEAD ", "HTTP"),
    (b"POST ", "HTTP"),
    (b"PATCH ", "HTTP"),
    (b"TRACE ", "HTTP"),
    (b"DELETE ", "HTTP"),
    (b"CONNECT ", "HTTP"),
    (b"OPTIONS ", "HTTP"),
    (b"PRI * HTTP/2", "HTTP/2"),
    (b"SSH-", "SSH"),
    (b"-ERR ", "the protocol of Redis"),
    (b"*1\r\n", "the protocol of Redis"),
    (b"*2\r\n", "the protocol of Redis"),
    (b"*3\r\n", "the protocol of Redis"),
];

/// What begins with these bytes, which are no greeting of ZMTP; `None` if more of them may tell.
pub(super) fn recognised(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = FIRST_BYTES.iter().find(|(first, _)| bytes.starts_with(first)) {
        return Some(name);
    }
    let may_become_one = FIRST_BYTES.iter().any(|(first, _)| first.starts_with(bytes));
    (!may_become_one).then_some("something else")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_known_once_its_first_bytes_are_there_and_not_before() {
        for (first, name) in FIRST_BYTES {
            for end in 1..first.len() {
                assert_eq!(recognised(&first[..end]), None, "{name}");
            }
            assert_eq!(recognised(first), Some(*name));
        }
        assert_eq!(recognised(b"GEX"), Some("something else"));
        assert_eq!(recognised(&[0]), Some("something else"));
    }
}
