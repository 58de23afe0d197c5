//! Events of every shape.
#![deny(warnings)]

use rpc_runtime::notification::Notification;
use rpc_runtime::object::{Field, Origin, Project};
use rpc_runtime::{RpcNotification, VersionedObject};

const NOVA: Project = Project::new("nova").with_prefix("nova_object");

/// An object.
#[derive(Debug, Default, VersionedObject)]
#[object(project = NOVA, version = "1.0")]
pub struct Payload {
    host: Field<String>,
    #[object(origin)]
    origin: Origin,
}

/// There are none.
#[derive(Debug, RpcNotification)]
pub enum Empty {}

/// Nothing but others.
#[derive(Debug, RpcNotification)]
pub enum Others {
    /// All of them.
    #[event(other)]
    Other(Notification),
}

/// Nothing but patterns.
#[derive(Debug, RpcNotification)]
pub enum Patterns {
    #[event(type = "{a}", priority = info)]
    One { a: String },
    #[event(type = "{a}.{b}", priority = info)]
    Two { b: u8, a: String },
}

#[derive(Debug, RpcNotification)]
#[event(type = "unit", priority = warning)]
struct Unit;

#[derive(Debug, RpcNotification)]
#[event(type = "tuple", priority = audit, object)]
struct Tuple(Box<Payload>);

/// What is under `#[cfg]` is there, or not; whoever uses what is old is warned, the derive is not.
#[derive(Debug, RpcNotification)]
#[notification(topic = "conditional", version = "1.1")]
#[deprecated]
pub enum Conditional {
    #[cfg(any())]
    #[event(type = "a", priority = info)]
    Absent(NoSuchType),
    #[cfg_attr(not(any()), event(type = "a", priority = info))]
    #[cfg_attr(any(), event(type = "b", priority = info))]
    Present {
        #[cfg(any())]
        absent: NoSuchType,
        #[deprecated]
        present: u8,
    },
    #[deprecated]
    #[event(type = "b", priority = info, since = "1.1")]
    Old(#[deprecated] u8),
}

/// Words of the language, and of the derive.
#[derive(Debug, RpcNotification)]
pub enum Words {
    #[event(type = "{type}.{event}.{payload}.{notification}", priority = info)]
    Words {
        r#type: String,
        event: String,
        payload: String,
        notification: String,
        members: u8,
        #[event(name = "self")]
        self_: u8,
        r#match: u8,
    },
    #[event(type = "some", priority = info)]
    Some(Option<u8>),
    #[event(type = "none", priority = info)]
    None,
    #[event(type = "ok", priority = info)]
    Ok {
        #[event(payload)]
        event: Result<u8, u8>,
    },
}

/// Items with names that a careless expansion would import.
#[allow(dead_code)]
mod items {
    use rpc_runtime::RpcNotification;

    pub struct Notification;
    pub struct Option;
    pub struct Result;
    pub struct Box;
    pub struct String;

    #[derive(RpcNotification)]
    #[event(type = "{part}.priority", priority = debug)]
    pub struct Priority {
        part: u8,
    }
}

/// Within a function, with what is there.
fn local() -> usize {
    #[derive(RpcNotification)]
    enum Local {
        #[event(type = "local", priority = sample)]
        Local,
    }
    assert!(matches!(Local::read(&Local::Local.notification().unwrap()), Ok(Some(Local::Local))));
    Local::EVENTS.events.len()
}

fn main() {
    #[allow(deprecated)]
    const EVENTS: usize = Conditional::EVENTS.events.len();
    const { assert!(EVENTS == 2 && Others::EVENTS.open && !Empty::EVENTS.open) };
    assert_eq!((local(), Patterns::EVENTS.events.len()), (1, 2));
    assert!(Unit.notification().is_ok());
    assert_eq!(Tuple::EVENTS.events[0].class.map(|class| class.name), Some("Payload"));
}
