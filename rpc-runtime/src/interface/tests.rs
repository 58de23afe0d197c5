//! An interface as JSON.

use serde_json::json;

use super::*;
use crate::RemoteError;

const fn v(major: u32, minor: u32) -> Version {
    Version::new(major, minor)
}

const METHODS: &[Method] = &[
    Method::call::<Result<u32, RemoteError>>(
        "attach",
        &[v(6, 0), v(5, 2)],
        &[
            Arg::new("flavor", "u32").with_was("instance_type", v(6, 0)),
            Arg::new("force", "bool")
                .with_since(&[v(6, 1)], Old::ErrorIfSet)
                .with_default("false")
                .as_required()
                .with_fixed("true"),
        ],
    )
    .with_was("connect", v(5, 4))
    .with_legacy(&[Legacy::new("gone", v(6, 0))])
    .with_result("u32")
    .with_to("host")
    .with_params(&[("host", "&str")])
    .with_timeout(|| std::time::Duration::from_secs(5))
    .with_expected(&["Failed::NotFound"])
    .with_downgrade(v(5, 9), |args| args)
    .with_doc("Attaches."),
    Method::call_or_cast::<Result<(), RemoteError>>("stop", &[v(6, 0)], &[]).with_until(v(6, 1)).as_manual(),
];

const COMPUTE: Interface = Interface::new("Compute", "compute", v(6, 1), METHODS)
    .with_older(&[v(5, 13)])
    .with_aliases(&[("zed", v(6, 0))])
    .with_history(&[(v(6, 1), "faster")])
    .with_route(|_| Err(String::new()))
    .with_doc("Instances.");

#[test]
fn json() {
    let expected = json!({
        "name": "Compute",
        "topic": "compute",
        "namespace": null,
        "version": "6.1",
        "older": ["5.13"],
        "aliases": [["zed", "6.0"]],
        "history": [["6.1", "faster"]],
        "methods": [
            {
                "name": "attach",
                "was": {"name": "connect", "until": "5.4"},
                "kind": "call",
                "since": ["6.0", "5.2"],
                "until": null,
                "args": [
                    {
                        "name": "flavor",
                        "was": {"name": "instance_type", "until": "6.0"},
                        "ty": "u32",
                        "since": [],
                        "old": "keep",
                        "default": null,
                        "required": false,
                        "fixed": null,
                        "rest": false,
                        "objects": [],
                    },
                    {
                        "name": "force",
                        "was": null,
                        "ty": "bool",
                        "since": ["6.1"],
                        "old": "error_if_set",
                        "default": "false",
                        "required": true,
                        "fixed": "true",
                        "rest": false,
                        "objects": [],
                    },
                ],
                "legacy": [{"name": "gone", "until": "6.0"}],
                "result": "u32",
                "objects": [],
                "errors": [],
                "other_errors": true,
                "to": "host",
                "params": [["host", "&str"]],
                "expected": ["Failed::NotFound"],
                "downgrade": {"until": "5.9"},
                "manual": false,
                "doc": "Attaches.",
            },
            {
                "name": "stop",
                "was": null,
                "kind": "call_or_cast",
                "since": ["6.0"],
                "until": "6.1",
                "args": [],
                "legacy": [],
                "result": "()",
                "objects": [],
                "errors": [],
                "other_errors": true,
                "to": null,
                "params": [],
                "expected": [],
                "downgrade": null,
                "manual": true,
                "doc": "",
            },
        ],
        "doc": "Instances.",
    });
    assert_eq!(serde_json::to_value(COMPUTE).unwrap(), expected);
    assert_eq!(format!("{:>6}|{}", Kind::Call, Kind::CallOrCast), "  call|call or cast");
}
