//! `#[derive(RpcException)]`: what a Python caller gets, and what comes back from it.

use std::collections::HashMap;
use std::error::Error as _;

use rpc_runtime::{Cause, RemoteError, RpcException};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

#[derive(Debug, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "cinder.exception")]
enum VolumeError {
    #[error("Volume {volume_id} could not be found.")]
    VolumeNotFound { volume_id: u64 },
    #[error("{kind} is refused")]
    #[exception(class = "InvalidVolumeType")]
    InvalidType {
        #[exception(name = "type")]
        kind: String,
        reason: Option<String>,
    },
    #[error("{0}")]
    #[exception(module = "builtins", class = "ValueError")]
    Invalid(String),
    #[error("{0} of {1:?}")]
    Quota(u32, Vec<String>),
    #[error("the backend is full")]
    Full,
}

/// The same classes, and a place for all others.
#[derive(Debug, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "cinder.exception")]
enum AnyError {
    #[error("Volume {volume_id} could not be found.")]
    VolumeNotFound { volume_id: u64 },
    #[error(transparent)]
    #[exception(other)]
    Other(RemoteError),
}

#[derive(Debug, PartialEq, thiserror::Error, RpcException)]
#[error("{name} has no {}", missing.join(", "))]
#[exception(module = "shop.exception", class = "Incomplete")]
struct IncompleteOrder {
    name: String,
    missing: Vec<String>,
}

fn remote(module: &str, class: &str, args: Vec<Value>, kwargs: Value) -> RemoteError {
    let mut remote = RemoteError::new(module, class, "text");
    remote.args = args;
    remote.kwargs = kwargs.as_object().cloned().unwrap_or_default();
    remote
}

#[test]
fn every_value_survives_the_way() {
    for error in [
        VolumeError::VolumeNotFound { volume_id: 7 },
        VolumeError::InvalidType { kind: "ssd".to_owned(), reason: None },
        VolumeError::InvalidType { kind: "ssd".to_owned(), reason: Some("gone".to_owned()) },
        VolumeError::Invalid("size".to_owned()),
        VolumeError::Quota(3, vec!["a".to_owned()]),
        VolumeError::Full,
    ] {
        let remote = error.to_remote();
        assert_eq!(remote.message, error.to_string());
        assert_eq!(VolumeError::from_remote(&remote), Some(error));
    }
    let order = IncompleteOrder { name: "o1".to_owned(), missing: vec!["apples".to_owned()] };
    assert_eq!(IncompleteOrder::from_remote(&order.to_remote()), Some(order));
}

#[test]
fn what_python_is_told() {
    let remote = VolumeError::VolumeNotFound { volume_id: 7 }.to_remote();
    assert!(remote.is("cinder.exception", "VolumeNotFound"));
    assert_eq!(remote.args, [json!("Volume 7 could not be found.")]);
    assert_eq!(Value::Object(remote.kwargs), json!({"volume_id": 7}));

    let remote = VolumeError::InvalidType { kind: "ssd".to_owned(), reason: None }.to_remote();
    assert!(remote.is("cinder.exception", "InvalidVolumeType"));
    assert_eq!(Value::Object(remote.kwargs), json!({"type": "ssd", "reason": null}));
    let absent = self::remote("cinder.exception", "InvalidVolumeType", vec![], json!({"type": "ssd"}));
    let error = VolumeError::InvalidType { kind: "ssd".to_owned(), reason: None };
    assert_eq!(VolumeError::from_remote(&absent), Some(error));

    let remote = VolumeError::Quota(3, vec![]).to_remote();
    assert_eq!((remote.args, remote.kwargs), (vec![json!(3), json!([])], Map::new()));

    let remote = VolumeError::Full.to_remote();
    assert_eq!((remote.args, remote.kwargs), (vec![json!("the backend is full")], Map::new()));

    let order = IncompleteOrder { name: "o1".to_owned(), missing: vec![] };
    assert!(order.to_remote().is("shop.exception", "Incomplete"));
}

#[test]
fn other_exceptions_are_not_taken() {
    for remote in [
        remote("nova.exception", "VolumeNotFound", vec![], json!({"volume_id": 7})),
        remote("cinder.exception", "VolumeNotFoundInDatabase", vec![], json!({"volume_id": 7})),
        remote("cinder.exception", "VolumeNotFound", vec![json!("text")], json!({})),
        remote("cinder.exception", "VolumeNotFound", vec![], json!({"volume_id": "seven"})),
        remote("cinder.exception", "InvalidVolumeType", vec![], json!({"kind": "ssd", "reason": null})),
        remote("cinder.exception", "Quota", vec![json!(3)], json!({})),
        remote("builtins", "ValueError", vec![], json!({})),
    ] {
        assert_eq!(VolumeError::from_remote(&remote), None, "{remote:?}");
        assert_eq!(AnyError::from_remote(&remote), Some(AnyError::Other(remote.clone())));
        assert_eq!(AnyError::Other(remote.clone()).to_remote(), remote);
    }
}

#[test]
fn what_python_adds_does_not_matter() {
    let from_python = remote(
        "cinder.exception",
        "VolumeNotFound",
        vec![json!("text"), json!(1)],
        json!({"volume_id": 7, "code": 404}),
    );
    assert_eq!(VolumeError::from_remote(&from_python), Some(VolumeError::VolumeNotFound { volume_id: 7 }));
    assert_eq!(AnyError::from_remote(&from_python), Some(AnyError::VolumeNotFound { volume_id: 7 }));
    let python_2 = remote("exceptions", "ValueError", vec![json!("size")], json!({}));
    assert_eq!(VolumeError::from_remote(&python_2), Some(VolumeError::Invalid("size".to_owned())));
}

/// Keys that JSON does not have.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
struct Unencodable;

impl Serialize for Unencodable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no form"))
    }
}

#[derive(Debug, PartialEq, thiserror::Error, RpcException)]
#[error("odd")]
#[exception(module = "odd")]
struct Odd {
    fields: HashMap<String, Unencodable>,
}

#[test]
fn a_field_without_json_form_does_not_hide_the_exception() {
    let odd = Odd { fields: HashMap::from([("a".to_owned(), Unencodable)]) };
    let remote = odd.to_remote();
    assert!(remote.is("odd", "Odd"));
    assert_eq!(remote.kwargs["fields"], json!("<not encodable: no form>"));
    assert_eq!(Odd::from_remote(&remote), None);
}

/// With the texts that cinder has.
#[derive(Debug, Clone, PartialEq, RpcException)]
#[exception(module = "cinder.exception", code = 500)]
enum Formatted {
    #[exception(message = "Invalid volume: %(reason)s", code = 400)]
    InvalidVolume { reason: Option<String>, message: Option<String> },
    #[exception(message = "Volume driver reported an error: %(message)s (%(backend)r)")]
    VolumeDriverException { backend: String, message: String },
    #[exception(message = "Volume attachment could not be found with filter: %(filter)s.", code = 404)]
    VolumeAttachmentNotFound { filter: HashMap<String, String> },
    #[exception(message = "Quota exceeded: code=%(code)s", code = 413)]
    QuotaError,
    #[exception(message = "Invalid input received: %(reason)s", code = 400)]
    InvalidInput {
        #[exception(cause)]
        reason: Option<Cause>,
    },
    #[exception(module = "builtins", class = "ValueError")]
    Value(String, u32),
    #[exception(module = "builtins")]
    KeyError(String),
    #[exception(module = "builtins", message = "")]
    StopIteration,
    #[exception(other)]
    Other(RemoteError),
}

#[test]
fn texts_are_those_of_python() {
    let filter = HashMap::from([("volume_id".to_owned(), "it's".to_owned())]);
    let cause = Formatted::Value("bad".to_owned(), 5);
    for (error, text, args, kwargs) in [
        (
            Formatted::InvalidVolume { reason: Some("gone".to_owned()), message: None },
            "Invalid volume: gone",
            json!(["Invalid volume: gone"]),
            json!({"reason": "gone", "code": 400}),
        ),
        (
            Formatted::InvalidVolume { reason: None, message: None },
            "Invalid volume: None",
            json!(["Invalid volume: None"]),
            json!({"reason": null, "code": 400}),
        ),
        (
            Formatted::InvalidVolume { reason: None, message: Some("own text".to_owned()) },
            "own text",
            json!(["own text"]),
            json!({"code": 400}),
        ),
        (
            Formatted::InvalidVolume {
                reason: Some("gone".to_owned()),
                message: Some("own text".to_owned()),
            },
            "own text",
            json!(["own text"]),
            json!({"reason": "gone", "code": 400}),
        ),
        (
            Formatted::VolumeDriverException { backend: "lvm".to_owned(), message: "boom".to_owned() },
            "Volume driver reported an error: boom ('lvm')",
            json!(["Volume driver reported an error: boom ('lvm')"]),
            json!({"backend": "lvm", "code": 500}),
        ),
        (
            Formatted::VolumeAttachmentNotFound { filter },
            r#"Volume attachment could not be found with filter: {'volume_id': "it's"}."#,
            json!([r#"Volume attachment could not be found with filter: {'volume_id': "it's"}."#]),
            json!({"filter": {"volume_id": "it's"}, "code": 404}),
        ),
        (
            Formatted::QuotaError,
            "Quota exceeded: code=413",
            json!(["Quota exceeded: code=413"]),
            json!({"code": 413}),
        ),
        (
            Formatted::InvalidInput { reason: Some(Cause::new(cause)) },
            "Invalid input received: ('bad', 5)",
            json!(["Invalid input received: ('bad', 5)"]),
            json!({"reason": "('bad', 5)", "code": 400}),
        ),
        (Formatted::Value("bad".to_owned(), 5), "('bad', 5)", json!(["bad", 5]), json!({})),
        (Formatted::KeyError("missing".to_owned()), "'missing'", json!(["missing"]), json!({})),
        (
            Formatted::Other(RemoteError::builtin("OSError", "gone")),
            "remote error builtins.OSError: gone",
            json!(["gone"]),
            json!({}),
        ),
    ] {
        assert_eq!(error.to_string(), text);
        let remote = error.to_remote();
        assert_eq!((json!(remote.args), Value::Object(remote.kwargs.clone())), (args, kwargs), "{error:?}");
        assert_eq!(error.code().map(Value::from), remote.kwargs.get("code").cloned());
        assert_eq!(Formatted::from_remote(&remote), Some(error));
    }
    assert_eq!(Formatted::StopIteration.to_string(), "");
}

#[test]
fn what_python_was_given_is_found() {
    let from_python = |class: &str, text: &str, kwargs: Value| {
        let mut remote = remote("cinder.exception", class, vec![], kwargs);
        remote.message = text.to_owned();
        Formatted::from_remote(&remote).unwrap()
    };
    assert_eq!(
        from_python("InvalidVolume", "own text", json!({"code": 400})),
        Formatted::InvalidVolume { reason: None, message: Some("own text".to_owned()) }
    );
    // What another service passed on has its traceback in the text.
    let passed_on = from_python("VolumeDriverException", "reported\nTraceback", json!({"backend": "lvm"}));
    let message = "reported\nTraceback".to_owned();
    assert_eq!(passed_on, Formatted::VolumeDriverException { backend: "lvm".to_owned(), message });
    let caused = from_python("InvalidInput", "Invalid input received: gone", json!({"reason": "gone"}));
    assert_eq!(caused.source().unwrap().to_string(), "gone");
    assert!(from_python("InvalidInput", "Invalid input received: None", json!({})).source().is_none());
}
