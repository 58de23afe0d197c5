//! Notifications: what was read and is written again, with the envelope or without, says the same.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use rpc_runtime::wire::{Content, Format, Limits, Notification, NotificationHead};
use rpc_runtime_fuzz::{bounded, check_same, limits, raw, resent, sealed};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let message = String::from_utf8_lossy(data);
    for body in [sealed(&message), Bytes::from(message.clone().into_owned())] {
        let read = bounded(&body, &Content::JSON, || Notification::decode(&body, &Content::JSON, &limits()));
        let Ok(read) = read else { continue };
        for format in [Format::Enveloped, Format::Bare] {
            written_again(&read, format);
        }
    }
});

fn written_again(read: &Notification, format: Format) {
    fn text(member: &Option<String>) -> &str {
        member.as_deref().unwrap_or_default()
    }
    let head = NotificationHead::default()
        .with_message_id(text(&read.message_id))
        .with_publisher_id(text(&read.publisher_id))
        .with_event_type(text(&read.event_type))
        .with_priority(text(&read.priority))
        .with_timestamp(text(&read.timestamp))
        .with_unique_id(text(&read.unique_id));
    let body = head.encode(&raw(read.payload_text()), &resent(&read.context), format).unwrap();
    assert!(body.is_ascii());
    let again = match Notification::decode(&body, &Content::JSON, &Limits::default()) {
        Ok(again) => again,
        // Without an envelope, objects may be what kombu writes for its types.
        Err(_) if format == Format::Bare => return,
        Err(error) => panic!("{error}"),
    };
    for (one, other) in [
        (&read.message_id, &again.message_id),
        (&read.publisher_id, &again.publisher_id),
        (&read.event_type, &again.event_type),
        (&read.priority, &again.priority),
        (&read.timestamp, &again.timestamp),
        (&read.unique_id, &again.unique_id),
    ] {
        assert_eq!(text(one), text(other));
    }
    if format == Format::Enveloped {
        check_same(&read.context, &again.context);
        // A number may be too large for any type.
        assert_eq!(read.decode_payload::<Value>().ok(), again.decode_payload::<Value>().ok());
    }
}
