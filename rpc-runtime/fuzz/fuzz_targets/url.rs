//! Transport URLs: what is printed reads back, and nothing that is said has the password.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpc_runtime::TransportUrl;

const PASSWORD: &str = "correct-horse";

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    printed_reads_back(&text);
    // The password is where passwords are: between a `:` and an `@`.
    let (before, behind) = text.split_once('@').unwrap_or((&text, ""));
    let said = match format!("{before}:{PASSWORD}@{behind}").parse::<TransportUrl>() {
        Ok(url) => format!("{url} {url:?} {:?}", url.hosts()),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!said.contains(PASSWORD), "{said}");
});

fn printed_reads_back(text: &str) {
    let Ok(url) = text.parse::<TransportUrl>() else { return };
    let printed = url.to_string();
    let again: TransportUrl = printed.parse().unwrap();
    assert_eq!(again.to_string(), printed);
    assert_eq!(again.vhost(), url.vhost());
    assert!(again.options().eq(url.options()));
    assert_eq!(again.hosts().len(), url.hosts().len());
    for (again, host) in again.hosts().iter().zip(url.hosts()) {
        assert_eq!((again.name(), again.port(), again.user()), (host.name(), host.port(), host.user()));
    }
}
